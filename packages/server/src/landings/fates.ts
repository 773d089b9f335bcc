import type { CheckRun, LandingFate } from '@breakglass/core/metrics'
import { changeKey } from '../facts/change.ts'
import type { Rx } from '../store/store.ts'

/** What runs of one change in one repository are found by. */
export const runKey = (repositoryKey: string, key: string): string => `${repositoryKey} ${key}`

/**
 * Landings that did not pass their gate by its check, with what the check had said of the very commit before, and what it said
 * when it was run after all. By gate. A deployment or an operation is not looked up.
 */
export async function skippedSince(
  rx: Rx,
  { fromMs, gate }: { fromMs: number; gate?: string },
  runs: ReadonlyMap<string, readonly CheckRun[]>,
): Promise<Map<string, LandingFate[]>> {
  const rows = await rx.db
    .selectFrom('passage')
    .innerJoin('landing', 'landing.id', 'passage.landing_id')
    .select(['passage.gate', 'passage.outcome', 'passage.at', 'landing.after', 'landing.ref', 'landing.repository_key'])
    .where('passage.at', '>=', fromMs)
    .where('passage.outcome', 'not in', ['passed', 'unknown'])
    .$if(gate !== undefined, query => query.where('passage.gate', '=', gate ?? ''))
    .execute()
  const byCommit = new Map([...runs].map(([name, of]) => [name, Map.groupBy(of, ({ commit }) => commit)]))
  const fates = rows.map((row): LandingFate => {
    const { gate: of, outcome, at: landedAt, after, ref } = row
    const key = ref.startsWith('refs/') && after !== '' ? runKey(row.repository_key, changeKey({ commit: after })) : ''
    return {
      gate: of,
      outcome,
      landedAt,
      causedIncident: false,
      unwatched: false,
      ...saidOf(byCommit.get(of)?.get(key) ?? [], landedAt),
    }
  })
  return Map.groupBy(fates, fate => fate.gate)
}

/** The last word before the landing, and the last one after it; a run that could not say anything is no word. */
function saidOf(runs: readonly CheckRun[], landedAt: number): Pick<LandingFate, 'stopped' | 'later'> {
  const told = runs
    .filter(({ end }) => end !== 'could_not_run')
    .map(({ end, startedAt, endedAt = startedAt }) => ({ end, endedAt }))
    .toSorted((a, b) => a.endedAt - b.endedAt)
  const before = told.findLast(({ endedAt }) => endedAt <= landedAt)
  const after = told.findLast(({ endedAt }) => endedAt > landedAt)
  return {
    ...(before !== undefined && { stopped: before.end === 'fail' }),
    ...(after !== undefined && { later: after.end }),
  }
}
