import { act, type Edge } from '../edge/edge.ts'
import type { PointRow } from '../facts/point.ts'
import type { Rx, Tx } from '../store/store.ts'

/** Nothing is written for a contact so soon after the last one. */
const notedMsMin = 60_000
/** A longer pause between two contacts is a time in which nobody is known to have watched. */
export const pauseMsMax = 15 * 60_000

/** A point was heard of: who watches asks for the newest of the ledger every minute, and a push asks too. */
export async function noteWatching(edge: Edge, point: string): Promise<void> {
  const nowMs = edge.nowMs()
  const last = await edge.store.read(rx => lastStretch(rx, point))
  if (last && nowMs - last.until_at < notedMsMin) return
  await act(edge, ({ tx, atMs }) => extend(tx, point, atMs))
}

async function extend(tx: Tx, point: string, atMs: number): Promise<void> {
  const last = await lastStretch(tx, point)
  if (last && atMs <= last.until_at) return
  if (last && atMs - last.until_at <= pauseMsMax) {
    await tx.db
      .updateTable('watch_stretch')
      .set({ until_at: atMs })
      .where('point_id', '=', point)
      .where('from_at', '=', last.from_at)
      .execute()
    return
  }
  await tx.db.insertInto('watch_stretch').values({ point_id: point, from_at: atMs, until_at: atMs }).execute()
}

const lastStretch = (rx: Rx, point: string) =>
  rx.db
    .selectFrom('watch_stretch')
    .selectAll()
    .where('point_id', '=', point)
    .orderBy('from_at', 'desc')
    .limit(1)
    .executeTakeFirst()

export interface Hook {
  point: PointRow
  stretches: { fromMs: number; untilMs: number }[]
}

/** The hooks of each repository with the times since then in which they were in contact. */
export async function hooksSince(rx: Rx, fromMs: number): Promise<Map<string, Hook[]>> {
  const points = await rx.db
    .selectFrom('point')
    .selectAll()
    .where('kind', '!=', 'ci')
    .where('ended_at', 'is', null)
    .orderBy('id')
    .execute()
  const rows = await rx.db
    .selectFrom('watch_stretch')
    .selectAll()
    .where('until_at', '>=', fromMs)
    .orderBy('from_at')
    .execute()
  const stretches = Map.groupBy(rows, row => row.point_id)
  const hooks = points.map(point => ({
    point,
    stretches: (stretches.get(point.id) ?? []).map(row => ({ fromMs: row.from_at, untilMs: row.until_at })),
  }))
  return Map.groupBy(hooks, ({ point }) => point.repository_key)
}

/** For what share of a time any of these hooks was in contact. */
export function watchedShare(hooks: readonly Hook[], { fromMs, untilMs }: { fromMs: number; untilMs: number }): number {
  const all = hooks.flatMap(({ stretches }) => stretches).toSorted((a, b) => a.fromMs - b.fromMs)
  let [covered, reached] = [0, fromMs]
  for (const stretch of all) {
    const begin = Math.max(stretch.fromMs, reached)
    const end = Math.min(stretch.untilMs, untilMs)
    if (end <= begin) continue
    covered += end - begin
    reached = end
  }
  return untilMs <= fromMs ? 0 : covered / (untilMs - fromMs)
}
