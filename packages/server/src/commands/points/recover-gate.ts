import { msToInstant } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import { type Act, say } from '../../edge/edge.ts'
import { repositoryByKey, repositoryIdOf } from '../../facts/repositories.ts'
import { cancelJob } from '../../jobs/queue.ts'
import type { UnavailableWindowTable } from '../../store/tables/points.ts'
import { endAlarm } from '../../tell/tell.ts'

export type WindowRow = Selectable<UnavailableWindowTable>

export const passingAlarmKind = 'passing_unavailable'
export const passingJob = 'point.passing_unavailable'

/**
 * The gate ran again: every window in which it passed because it could not is over. `ranAtMs`: a run from before a window,
 * told late, says nothing about it.
 */
export async function recoverGate(
  run: Act,
  { gate, repositoryKey, ranAtMs }: { gate: string; repositoryKey: string; ranAtMs: number },
): Promise<void> {
  const open = await run.tx.db
    .selectFrom('unavailable_window')
    .selectAll()
    .where('gate', '=', gate)
    .where('repository_key', '=', repositoryKey)
    .where('recovered_at', 'is', null)
    .where('from_at', '<', ranAtMs)
    .execute()
  for (const window of open) await endWindow(run, window, run.atMs)
}

/** Says once that a window is over, because the gate ran again or because its time is up. */
export async function endWindow(run: Act, window: WindowRow, atMs: number): Promise<void> {
  const { tx } = run
  const { numUpdatedRows } = await tx.db
    .updateTable('unavailable_window')
    .set({ recovered_at: atMs })
    .where('id', '=', window.id)
    .where('recovered_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) return
  const passes = await tx.db
    .selectFrom('unavailable_pass')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('window_id', '=', window.id)
    .executeTakeFirst()
  const review = await tx.db
    .selectFrom('review')
    .select('id')
    .where('of', '=', 'passed_unavailable')
    .where('subject', '=', window.id)
    .executeTakeFirst()
  await say(run, 'gate.recovered', window.id, {
    gate: window.gate,
    repository: repositoryIdOf(await repositoryByKey(tx, window.repository_key)),
    windowFrom: msToInstant(window.from_at),
    recoveredAt: msToInstant(atMs),
    passes: Number(passes?.count ?? 0),
    ...(review && { review: review.id }),
  })
  await endAlarm(run, passingAlarmKind, window.id)
  await cancelJob(tx, passingJob, window.id)
}
