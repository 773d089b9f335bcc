import type { Act } from '../../edge/edge.ts'

/** Notes that an open alarm was told again; its words, or `undefined` where it has ended. */
export async function tellAlarmAgain({ tx, atMs }: Act, kind: string, key: string): Promise<string | undefined> {
  const row = await tx.db
    .updateTable('alarm')
    .set({ last_told_at: atMs })
    .where('kind', '=', kind)
    .where('key', '=', key)
    .where('ended_at', 'is', null)
    .returning('words')
    .executeTakeFirst()
  return row?.words
}
