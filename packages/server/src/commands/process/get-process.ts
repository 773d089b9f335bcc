import { invariant } from '@breakglass/core/errors'
import { processOf } from '@breakglass/core/metrics'
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
    invariant(reviews && waivers && followUps && path && disclosures, 'each of these lists is handed in')
    return {
      from: msToInstant(fromMs),
      to: msToInstant(toMs),
      reviews,
      waivers,
      followUps,
      path,
      disclosures,
      notRecorded: ['Drills are not recorded by this version.'],
    }
  })
}
