import type { Rx } from '../store/store.ts'
import { chunks } from '../store/chunks.ts'

export interface LaterResult {
  result: 'pass' | 'fail' | 'could_not_run'
  atMs: number
}

export interface GateOnChange {
  gate: string
  repository_key: string
  change_key: string
}

/**
 * What the skipped check said of a very change when it ran again after `sinceMs`: the newest such run of a reporter or of
 * an enforcement point. `undefined`: nobody ran it again, which is not a pass.
 */
export type LaterResults = (asked: GateOnChange, sinceMs: number) => LaterResult | undefined

/** Looks all runs on these changes up once. */
export async function laterResults(rx: Rx, asked: readonly GateOnChange[]): Promise<LaterResults> {
  const runs = new Map<string, LaterResult[]>()
  for (const part of chunks([...new Set(asked.map(({ change_key }) => change_key))])) {
    for (const table of ['result', 'point_result'] as const) {
      const rows = await rx.db
        .selectFrom(table)
        .select(['gate', 'repository_key', 'change_key', 'result', 'at'])
        .where('change_key', 'in', part)
        .execute()
      for (const row of rows) {
        runs.set(keyOf(row), [...(runs.get(keyOf(row)) ?? []), { result: row.result, atMs: row.at }])
      }
    }
  }
  return (one, sinceMs) =>
    (runs.get(keyOf(one)) ?? []).filter(({ atMs }) => atMs > sinceMs).sort((a, b) => b.atMs - a.atMs)[0]
}

const keyOf = ({ gate, repository_key, change_key }: GateOnChange) => JSON.stringify([gate, repository_key, change_key])
