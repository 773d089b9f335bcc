import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { Rx } from '../../store/store.ts'
import type { DisclosureTable } from '../../store/tables/disclosures.ts'

export type DisclosureRow = Selectable<DisclosureTable>

/** One landing: where a ref was moved to. */
export interface Landed {
  repositoryKey: string
  ref: string
  commit: string
}

const names = z.array(z.string())
export const gatesOf = ({ gates }: Pick<DisclosureRow, 'gates'>): string[] => names.parse(JSON.parse(gates))

/** What was told of one landing, the first first. */
export const disclosuresOf = (rx: Rx, { repositoryKey, ref, commit }: Landed): Promise<DisclosureRow[]> =>
  rx.db
    .selectFrom('disclosure')
    .selectAll()
    .where('commit_id', '=', commit)
    .where('repository_key', '=', repositoryKey)
    .where('ref', '=', ref)
    .orderBy('at')
    .orderBy('id')
    .execute()

/** The gates at which somebody told of it. */
export async function disclosedGates(rx: Rx, landed: Landed): Promise<ReadonlySet<string>> {
  return new Set((await disclosuresOf(rx, landed)).flatMap(gatesOf))
}
