import type { Act } from '../edge/edge.ts'
import { enqueue } from '../jobs/queue.ts'

export const labelJob = 'landing.labels'

/** All gates are labelled together, so there is one such job. */
export const askForLabels = (run: Act): Promise<void> =>
  enqueue(run.tx, { id: run.newId('job'), kind: labelJob, key: 'all', runAt: run.atMs, ifOpen: 'keep' })
