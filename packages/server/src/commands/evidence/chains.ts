import type { EvidenceRow } from '@breakglass/core/evidence'
import { invariant } from '@breakglass/core/errors'
import { isDigest, parseStatement, type Statement } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import type { StatementTable } from '../../store/tables/statements.ts'
import type { Rx } from '../../store/store.ts'
import { chunks } from '../../store/chunks.ts'

/** What stands of a statement beside a row: where it is, without its bytes. */
type StatementPlace = Pick<Selectable<StatementTable>, 'sid' | 'leaf' | 'subject' | 'kind' | 'ledger_index'>

/** Everything that was ever said of these subjects, by subject, each in its order. */
export type Chains = ReadonlyMap<string, StatementPlace[]>

export async function chainsOf(rx: Rx, subjects: readonly string[]): Promise<Chains> {
  const chains = new Map<string, StatementPlace[]>()
  for (const part of chunks([...new Set(subjects)])) {
    const rows = await rx.db
      .selectFrom('statement')
      .select(['sid', 'leaf', 'subject', 'kind', 'ledger_index'])
      .where('subject', 'in', part)
      .orderBy('subject')
      .orderBy('seq')
      .execute()
    for (const row of rows) chains.set(row.subject, [...(chains.get(row.subject) ?? []), row])
  }
  return chains
}

/** Where the record of these subjects stands, in the order of the ledger; what is still on its way comes last. */
export function placesOf(chains: Chains, subjects: readonly string[]): EvidenceRow['statements'] {
  const indexOf = ({ ledger_index }: StatementPlace) => ledger_index ?? Number.POSITIVE_INFINITY
  const rows = subjects.flatMap(subject => chains.get(subject) ?? [])
  return [...rows]
    .sort((a, b) => (indexOf(a) === indexOf(b) ? 0 : indexOf(a) - indexOf(b)))
    .map(({ sid, kind, leaf, ledger_index }) => {
      invariant(isDigest(leaf), 'a stored leaf hash is one')
      return { sid, kind, leaf, ...(ledger_index !== null && { index: ledger_index }) }
    })
}

/** Statements by their sid, for the few whose own words a row needs. */
export async function statementsOf(rx: Rx, sids: readonly string[]): Promise<Map<string, Statement>> {
  const statements = new Map<string, Statement>()
  for (const part of chunks(sids)) {
    const rows = await rx.db.selectFrom('statement').select(['sid', 'jws']).where('sid', 'in', part).execute()
    for (const { sid, jws } of rows) statements.set(sid, readStatement(jws))
  }
  return statements
}

/** A statement that this server signed and kept; one that cannot be read is damage. */
export function readStatement(jws: string): Statement {
  const parsed = parseStatement(jws)
  invariant(parsed.ok, 'a stored statement can be read')
  return parsed.value
}
