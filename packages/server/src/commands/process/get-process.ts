import { processOf, type Rate } from '@breakglass/core/metrics'
import { msToInstant } from '@breakglass/verify'
import type { Edge } from '../../edge/edge.ts'
import { spanOf } from '../forum/period.ts'
import type { ReplyOf } from '../points/body-of.ts'
import { gatherProcess } from './gather-process.ts'

type Reply = ReplyOf<'getProcess'>

interface Asked {
  from?: string | undefined
  to?: string | undefined
}

/** How the program is run in a period, as of its end. Throws `bad_input`, `no_program`. */
export function getProcess(edge: Edge, asked: Asked): Promise<Reply> {
  const nowMs = edge.nowMs()
  return edge.store.read(async rx => {
    const { fromMs, toMs } = await spanOf(rx, nowMs, asked)
    const period = { fromMs, toMs }
    const { reviews, waivers, followUps, path, disclosures } = processOf(await gatherProcess(rx, period), period)
    if (!reviews || !waivers || !followUps || !path || !disclosures)
      throw new Error('invariant: all of these are recorded')
    const { attention, signed, onTime, onTimeBefore, ...rest } = reviews
    return {
      from: msToInstant(fromMs),
      to: msToInstant(toMs),
      reviews: {
        ...rest,
        signed: rateView(signed),
        onTime: rateView(onTime),
        onTimeBefore: rateView(onTimeBefore),
        ...(attention && {
          attention: {
            atOnce: rateView(attention.atOnce),
            copied: rateView(attention.copied),
            reciprocalPairs: rateView(attention.reciprocalPairs),
            leaveOnHigh: rateView(attention.leaveOnHigh),
          },
        }),
      },
      waivers,
      followUps,
      path,
      disclosures: rateView(disclosures),
      notRecorded: ['Drills are not recorded by this version.'],
    }
  })
}

const rateView = ({ x, n, rate, interval }: Rate) => ({ x, n, ...(rate !== undefined && { rate }), interval })
