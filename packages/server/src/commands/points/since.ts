import type { Rx } from '../../store/store.ts'

export interface ResultOf {
  gate: string
  repositoryKey: string
  changeKey: string
}

type Result = 'pass' | 'fail' | 'could_not_run'

/** The newest result of a gate on a change, whoever told of it. */
async function newestResult(
  rx: Rx,
  { gate, repositoryKey, changeKey }: ResultOf,
): Promise<{ result: Result; sinceMs: number; atMs: number } | undefined> {
  const tables = ['result', 'point_result'] as const
  const found = []
  for (const table of tables) {
    const row = await rx.db
      .selectFrom(table)
      .select(['result', 'since_at', 'at'])
      .where('gate', '=', gate)
      .where('repository_key', '=', repositoryKey)
      .where('change_key', '=', changeKey)
      .orderBy('at', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (row) found.push({ result: row.result, sinceMs: row.since_at, atMs: row.at })
  }
  return found.sort((a, b) => b.atMs - a.atMs)[0]
}

/** Since when a result has stood without a break: a safety net opens only after it could not run for a while. */
export async function sinceMsOf(rx: Rx, of: ResultOf, told: { result: Result; atMs: number }): Promise<number> {
  const newest = await newestResult(rx, of)
  return newest?.result === told.result ? Math.min(newest.sinceMs, told.atMs) : told.atMs
}
