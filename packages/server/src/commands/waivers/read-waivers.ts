import type { WaiverView } from '@breakglass/core/contract'
import { formatCarried, msToInstant } from '@breakglass/verify'
import type { Edge } from '../../edge/edge.ts'
import type { Rx } from '../../store/store.ts'
import type { ReplyOf } from '../points/body-of.ts'
import { standingOf, waiverById, waiverViews } from './waiver-row.ts'

/** Enough for people to look through; evidence asks for a period instead. */
const waiversMax = 500

/** Those that hold or wait, oldest row first, because age is what rots; with `all`, what is over behind them, newest first. */
export function listWaivers(edge: Edge, { all }: { all?: '1' | undefined }): Promise<ReplyOf<'listWaivers'>> {
  return edge.store.read(async rx => {
    const nowMs = edge.nowMs()
    const rows = await rx.db
      .selectFrom('waiver')
      .selectAll()
      .$if(all === undefined, query => query.where('state', 'in', ['requested', 'granting', 'live']))
      .orderBy('requested_at', 'desc')
      .limit(waiversMax)
      .execute()
    const isCurrent = (standing: string) => ['requested', 'granting', 'live'].includes(standing)
    const current = rows.filter(row => isCurrent(standingOf(row, nowMs))).toSorted((a, b) => a.since_at - b.since_at)
    const over = all === undefined ? [] : rows.filter(row => !isCurrent(standingOf(row, nowMs)))
    return { now: msToInstant(nowMs), waivers: await waiverViews(rx, [...current, ...over], nowMs) }
  })
}

/** Throws `not_found`. */
export function showWaiver(edge: Edge, id: string): Promise<WaiverView> {
  return edge.store.read(async rx => {
    const [view] = await waiverViews(rx, [await waiverById(rx, id)], edge.nowMs())
    if (view === undefined) throw new Error(`invariant: ${id} can be shown`)
    return view
  })
}

/** A waiver that holds on a ref, as an enforcement point verifies it. */
export interface CarriedWaiver {
  id: string
  gate: string
  ref: string
  carried: string
}

/** All that hold in a repository at this instant, in carried form. They open nothing here: a point verifies every byte. */
export async function waiversHeld(
  rx: Rx,
  { repositoryKey, nowMs }: { repositoryKey: string; nowMs: number },
): Promise<CarriedWaiver[]> {
  const rows = await rx.db
    .selectFrom('waiver')
    .innerJoin('waiver_place', 'waiver_place.waiver_id', 'waiver.id')
    .innerJoin('statement', 'statement.sid', 'waiver_place.sid')
    .select(['waiver.id', 'waiver.gate', 'waiver_place.ref', 'statement.jws', 'statement.proof'])
    .where('waiver.state', '=', 'live')
    .where('waiver.expires_at', '>', nowMs)
    .where('waiver_place.repository_key', '=', repositoryKey)
    .orderBy('waiver.expires_at')
    .execute()
  return rows.flatMap(({ id, gate, ref, jws, proof }) =>
    proof === null ? [] : [{ id, gate, ref, carried: formatCarried({ jws, proof }) }],
  )
}
