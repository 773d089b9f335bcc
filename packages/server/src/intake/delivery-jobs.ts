import type { Edge } from '../edge/edge.ts'
import type { JobHandler } from '../jobs/runner.ts'
import { readDelivery } from '@breakglass/github/events'
import type { Reader } from '@breakglass/github/events'
import { readJob } from './intake.ts'
import { readDeliveries } from './read-deliveries.ts'

/** Reading what GitHub delivered: only where a server was told which API and app it belongs to. */
export const deliveryJobs = ({ store, nowMs }: Edge, reader: Reader): Readonly<Record<string, JobHandler>> => ({
  [readJob]: readDeliveries({
    store,
    nowMs,
    interpretDelivery: ({ event, body }) => readDelivery(event, body, reader),
  }),
})
