import { invariant } from '@breakglass/core/errors'
import { metaKeys, readMeta } from '../store/meta.ts'
import type { Rx } from '../store/store.ts'
import { readDocument } from '../texts/document.ts'

export interface BundleInForce {
  /** Where `program.published` stands in the ledger. */
  index: number
  /** docs/formats/program-bundle.md. */
  bundle: { v: 1; text: string; resolved: string; statement: string; proof: string }
}

/** The program in force as enforcement points cache it; `undefined` where there is none beyond `newerThan`. */
export async function bundleInForce(rx: Rx, newerThan = -1): Promise<BundleInForce | undefined> {
  const program = await readMeta(rx, metaKeys.program)
  if (program === undefined) return undefined
  const row = await rx.db
    .selectFrom('program_version')
    .innerJoin('statement', 'statement.sid', 'program_version.statement_sid')
    .select(['program_version.digest', 'program_version.resolved_digest'])
    .select(['statement.jws', 'statement.proof', 'statement.ledger_index'])
    .where('program_version.program_id', '=', program)
    .where('program_version.state', '=', 'in_force')
    .executeTakeFirst()
  if (!row) return undefined
  const { ledger_index: index, proof, jws: statement } = row
  invariant(index !== null && proof !== null, 'a program is in force from its proof on')
  if (index <= newerThan) return undefined
  const [text, resolved] = [await readDocument(rx, row.digest), await readDocument(rx, row.resolved_digest)]
  return { index, bundle: { v: 1, text, resolved, statement, proof } }
}
