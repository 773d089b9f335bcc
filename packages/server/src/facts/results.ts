import type { GateResultFact } from '@breakglass/core/decide'
import type { Rx } from '../store/store.ts'

/**
 * The newest result of each gate on a change. Results of reporters and what enforcement points ran themselves both inform a
 * decision; only a reporter's receipt ever opens anything.
 */
export async function resultsOf(
  rx: Rx,
  { repositoryKey, changeKey }: { repositoryKey: string; changeKey: string },
): Promise<Record<string, GateResultFact>> {
  const reported = await rx.db
    .selectFrom('result')
    .select(['gate', 'result', 'since_at', 'at'])
    .where('repository_key', '=', repositoryKey)
    .where('change_key', '=', changeKey)
    .execute()
  const ran = await rx.db
    .selectFrom('point_result')
    .select(['gate', 'result', 'since_at', 'at'])
    .where('repository_key', '=', repositoryKey)
    .where('change_key', '=', changeKey)
    .execute()
  const newest = new Map<string, (typeof reported)[number]>()
  for (const row of [...reported, ...ran].sort((a, b) => a.at - b.at)) newest.set(row.gate, row)
  return Object.fromEntries(
    [...newest.values()].map(({ gate, result, since_at }) => [gate, { result, sinceMs: since_at }]),
  )
}
