import type { GateResultFact } from '@breakglass/core/decide'
import type { Rx } from '../store/store.ts'

interface ResultRow {
  gate: string
  result: GateResultFact['result']
  since_at: number
  at: number
}

/**
 * How each gate stands on a change. Results of reporters and what enforcement points ran themselves both inform a decision;
 * only a reporter's receipt ever opens anything. A gate that ran and failed stays failed until it ran and passed: that it
 * could not run afterwards takes nothing back, or a safety net could be opened by breaking its runner.
 */
export async function resultsOf(
  rx: Rx,
  { repositoryKey, changeKey }: { repositoryKey: string; changeKey: string },
): Promise<Record<string, GateResultFact>> {
  const rows: ResultRow[] = []
  for (const table of ['result', 'point_result'] as const) {
    const found = await rx.db
      .selectFrom(table)
      .select(['gate', 'result', 'since_at', 'at'])
      .where('repository_key', '=', repositoryKey)
      .where('change_key', '=', changeKey)
      .execute()
    rows.push(...found)
  }
  const byGate = Map.groupBy(
    rows.toSorted((a, b) => a.at - b.at),
    row => row.gate,
  )
  return Object.fromEntries([...byGate].map(([gate, results]) => [gate, standingOf(results)]))
}

function standingOf(oldestFirst: readonly ResultRow[]): GateResultFact {
  const lastRan = oldestFirst.findLast(({ result }) => result !== 'could_not_run')
  const decisive = lastRan?.result === 'fail' ? lastRan : oldestFirst.at(-1)
  if (!decisive) throw new Error('invariant: a group has a row')
  return { result: decisive.result, sinceMs: decisive.since_at }
}

/** Gates with a receipt that passes this change now: what opens them, as far as the server knows. */
export async function receiptsPassing(
  rx: Rx,
  { repositoryKey, changeKey, nowMs }: { repositoryKey: string; changeKey: string; nowMs: number },
): Promise<Set<string>> {
  const rows = await rx.db
    .selectFrom('result')
    .select(['gate', 'result', 'expires_at'])
    .where('repository_key', '=', repositoryKey)
    .where('change_key', '=', changeKey)
    .orderBy('at')
    .execute()
  const newest = new Map(rows.map(row => [row.gate, row]))
  const passing = [...newest.values()].filter(row => row.result === 'pass' && row.expires_at > nowMs)
  return new Set(passing.map(({ gate }) => gate))
}
