import type { Act } from '../edge/edge.ts'

/** Puts a notice before people: each once, and nobody twice. `subject` is what it is about, by id. */
export async function notify(
  { tx, atMs, newId }: Act,
  people: Iterable<string>,
  given: { words: string; subject: string },
): Promise<void> {
  for (const person of new Set(people)) {
    await tx.db
      .insertInto('notice')
      .values({ id: newId('notice'), person_id: person, at: atMs, ...given, seen_at: null })
      .execute()
  }
}

/** Something is wrong and somebody must look; one open alarm of a kind and key. Says whether it is new. */
export async function raiseAlarm(
  { tx, atMs, newId }: Act,
  alarm: { kind: string; key: string; words: string },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('alarm')
    .values({ id: newId('alarm'), ...alarm, since_at: atMs, last_told_at: atMs, ended_at: null })
    .onConflict(on => on.columns(['kind', 'key']).where('ended_at', 'is', null).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function endAlarm({ tx, atMs }: Act, kind: string, key: string): Promise<void> {
  await tx.db
    .updateTable('alarm')
    .set({ ended_at: atMs })
    .where('kind', '=', kind)
    .where('key', '=', key)
    .where('ended_at', 'is', null)
    .execute()
}
