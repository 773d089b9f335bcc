import type { ForumGate } from '@breakglass/core/forum'
import type { CheckRun } from '@breakglass/core/metrics'
import { runKey } from '../../landings/fates.ts'
import type { Rx } from '../../store/store.ts'
import { keptAnswer } from '../reviews/review-row.ts'

export type CheckRuns = ReadonlyMap<string, readonly CheckRun[]>
export type Tallies = ReadonlyMap<string, NonNullable<ForumGate['tally']>>

/** Runs of checks that were reported, by a job or by a point, with the change they ran on. */
export async function checkRunsSince(rx: Rx, fromMs: number, gate?: string): Promise<CheckRuns> {
  const runs = new Map<string, CheckRun[]>()
  for (const table of ['result', 'point_result'] as const) {
    const rows = await rx.db
      .selectFrom(table)
      .select(['gate', 'repository_key', 'change_key', 'result', 'at', 'took_ms'])
      .where('at', '>=', fromMs)
      .$if(gate !== undefined, query => query.where('gate', '=', gate ?? ''))
      .execute()
    for (const { gate, repository_key, change_key, result, at, took_ms } of rows) {
      const of = runs.get(gate) ?? []
      if (of.length === 0) runs.set(gate, of)
      const length = took_ms === null ? { startedAt: at } : { startedAt: at - took_ms, endedAt: at }
      of.push({ gate, commit: runKey(repository_key, change_key), ...length, end: result })
    }
  }
  return runs
}

/** What answers say made the safe path unusable, by gate; of each review its last answer. Nobody is named. */
export async function talliesSince(rx: Rx, fromMs: number): Promise<Tallies> {
  const rows = await rx.db
    .selectFrom('review_answer')
    .innerJoin('review', 'review.id', 'review_answer.review_id')
    .select(['review.gate', 'review_answer.review_id', 'review_answer.body'])
    .where('review_answer.at', '>=', fromMs)
    .orderBy('review_answer.at')
    .orderBy('review_answer.sid')
    .execute()
  const last = new Map(rows.map(row => [row.review_id, row]))
  const counts = new Map<string, Map<string, number>>()
  for (const { gate, body } of last.values()) {
    const { unusable } = keptAnswer.parse(JSON.parse(body))
    if (unusable === undefined) continue
    const of = counts.get(gate) ?? new Map<string, number>()
    counts.set(gate, of.set(unusable, (of.get(unusable) ?? 0) + 1))
  }
  return new Map([...counts].map(([gate, of]) => [gate, tallyOf(of)]))
}

function tallyOf(counts: ReadonlyMap<string, number>): NonNullable<ForumGate['tally']> {
  const reasons = [...counts].map(([reason, x]) => ({ reason, x }))
  reasons.sort((a, b) => b.x - a.x || (a.reason < b.reason ? -1 : 1))
  return { n: reasons.reduce((total, { x }) => total + x, 0), reasons }
}
