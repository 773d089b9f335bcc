import type { Selectable } from 'kysely'
import type { Rx } from '../store/store.ts'
import type { LandingTable } from '../store/tables/landings.ts'
import type { Deriving } from './deriving.ts'
import type { KnownLanding } from './landing-id.ts'
import type { Place } from './observed.ts'
import { setPassages } from './set-passages.ts'

export type LandingRow = Selectable<LandingTable>

/** What is written of landings that were told to leave this commit. */
export const landingsLeaving = (rx: Rx, { repository, ref, commit }: Place): Promise<LandingRow[]> =>
  rx.db
    .selectFrom('landing')
    .selectAll()
    .where('repository_key', '=', repository)
    .where('ref', '=', ref)
    .where('before', '=', commit)
    .execute()

/** Writes a landing, or what is new of one; under the program that was in force then. */
export async function writeLanding(
  deriving: Deriving,
  { id, repository, ref, before, after, ordinal, atMs, seen, receivedMs }: KnownLanding,
  held: readonly LandingRow[],
): Promise<LandingRow> {
  const { db } = deriving.tx
  const program = await deriving.programAt(atMs)
  const row: LandingRow = {
    id,
    repository_key: repository,
    ref,
    before,
    after,
    ordinal,
    seen,
    program_digest: program?.digest ?? '',
    at: atMs,
    received_at: Math.max(receivedMs, atMs),
  }
  const same = held.find(each => each.id === id)
  if (same === undefined) await db.insertInto('landing').values(row).execute()
  else if (JSON.stringify(same) !== JSON.stringify({ ...same, ...row })) {
    await db.updateTable('landing').set(row).where('id', '=', id).execute()
  }
  return row
}

/** It turned out not to have landed. */
export async function dropLanding(deriving: Deriving, row: LandingRow): Promise<void> {
  await setPassages(deriving, row, [])
  await deriving.tx.db.deleteFrom('landing').where('id', '=', row.id).execute()
}
