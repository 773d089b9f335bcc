import { followedMs, type Harm, harmOf, type LandingFate } from '@breakglass/core/metrics'
import type { Rx } from '../store/store.ts'
import { type Hook, hooksSince, watchedShare } from './watching.ts'

const dayMs = 86_400_000
/** Less of the week watched than this, and a revert could have gone unseen. */
const watchedShareMin = 0.9

interface Window {
  fromMs: number
  nowMs: number
}

/** What became of a gate's landings, by how they landed (docs/landings.md "Harm"). */
export async function harmAt(rx: Rx, gate: string, { fromMs, nowMs }: Window): Promise<Harm> {
  const rows = await rx.db
    .selectFrom('passage')
    .innerJoin('landing', 'landing.id', 'passage.landing_id')
    .select(['passage.outcome', 'passage.at', 'landing.id'])
    .select(['landing.repository_key', 'landing.ref', 'landing.before', 'landing.after'])
    .where('passage.gate', '=', gate)
    .where('passage.at', '>=', fromMs)
    .where('landing.ref', 'like', 'refs/%')
    .execute()
  const [undone, causes] = [await undoneSince(rx, fromMs), await causesKnown(rx)]
  const watched = watchedFrom(await revertsToldOf(rx, fromMs))
  const fates = rows.map((row): LandingFate => {
    const { outcome, at: landedAt, repository_key: repository, after } = row
    const revertedAt = undone.get(moveKey(row))?.find(at => at >= landedAt)
    const causedIncident = causes.has(`${repository} ${after}`)
    const unwatched = nowMs - landedAt >= followedMs && watched(repository, landedAt) < watchedShareMin
    return { gate, outcome, landedAt, causedIncident, unwatched, ...(revertedAt !== undefined && { revertedAt }) }
  })
  return harmOf(fates, nowMs)
}

/** Only the watcher of a git server tells what was taken back; what a forge does not tell is not followed. */
async function revertsToldOf(rx: Rx, fromMs: number): Promise<Map<string, Hook[]>> {
  const all = await hooksSince(rx, fromMs)
  return new Map(
    [...all].map(([repository, hooks]) => [repository, hooks.filter(({ point }) => point.kind === 'git_hook')]),
  )
}

interface MoveOf {
  repository_key: string
  ref: string
  before: string
  after: string
}

const moveKey = ({ repository_key, ref, before, after }: MoveOf): string =>
  JSON.stringify([repository_key, ref, before, after])

/** When each move was taken back, the earliest first: a ref can make the same move again. */
async function undoneSince(rx: Rx, fromMs: number): Promise<Map<string, number[]>> {
  const rows = await rx.db.selectFrom('landing_undone').selectAll().where('at', '>=', fromMs).orderBy('at').execute()
  const moves = Map.groupBy(rows, moveKey)
  return new Map([...moves].map(([key, of]) => [key, of.map(({ at }) => at)]))
}

async function causesKnown(rx: Rx): Promise<Set<string>> {
  const rows = await rx.db.selectFrom('incident_cause').select(['repository_key', 'commit_id']).execute()
  return new Set(rows.map(({ repository_key, commit_id }) => `${repository_key} ${commit_id}`))
}

/** The share of the week after an instant in which somebody was in contact; by day, because landings are many. */
function watchedFrom(hooks: ReadonlyMap<string, readonly Hook[]>): (repository: string, atMs: number) => number {
  const known = new Map<string, number>()
  return (repository, atMs) => {
    const from = Math.floor(atMs / dayMs) * dayMs
    const key = `${repository} ${from}`
    const share =
      known.get(key) ?? watchedShare(hooks.get(repository) ?? [], { fromMs: atMs, untilMs: atMs + followedMs })
    known.set(key, share)
    return share
  }
}
