import type { EvidenceRow } from '@breakglass/core/evidence'
import { invariant } from '@breakglass/core/errors'
import { isDigest, type Json, parseStatement, type Statement } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import type { StatementTable } from '../../store/schema.ts'
import type { Rx } from '../../store/store.ts'
import { chunks, exportSealed } from '../../texts/seal.ts'

type StatementRow = Pick<
  Selectable<StatementTable>,
  'sid' | 'leaf' | 'subject' | 'seq' | 'kind' | 'jws' | 'proof' | 'ledger_index'
>

/** Everything that was ever said of these subjects, by subject, each in its order. */
export type Chains = ReadonlyMap<string, StatementRow[]>

export async function chainsOf(rx: Rx, subjects: readonly string[]): Promise<Chains> {
  const chains = new Map<string, StatementRow[]>()
  for (const part of chunks([...new Set(subjects)])) {
    const rows = await rx.db
      .selectFrom('statement')
      .select(['sid', 'leaf', 'subject', 'seq', 'kind', 'jws', 'proof', 'ledger_index'])
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
  const indexOf = ({ ledger_index }: StatementRow) => ledger_index ?? Number.POSITIVE_INFINITY
  const rows = subjects.flatMap(subject => chains.get(subject) ?? [])
  return [...rows]
    .sort((a, b) => (indexOf(a) === indexOf(b) ? 0 : indexOf(a) - indexOf(b)))
    .map(({ sid, kind, leaf, ledger_index }) => {
      invariant(isDigest(leaf), 'a stored leaf hash is one')
      return { sid, kind, leaf, ...(ledger_index !== null && { index: ledger_index }) }
    })
}

export interface Exported {
  entries: { statement: string; proof: string }[]
  texts: { commit: string; salt: string; text: string }[]
  documents: { digest: string; text: string }[]
}

/**
 * docs/formats/export.md: every statement that has its proof, and every text and document that one of them names, so that
 * a stranger finds all of it present, or erased. What is still on its way to the ledger proves nothing and is left out.
 */
export async function exportOf(rx: Rx, chains: Chains): Promise<Exported> {
  const proven = [...chains.values()].flat().flatMap(({ jws, proof }) => (proof === null ? [] : [{ jws, proof }]))
  const named: Named = { commits: new Set(), digests: new Set() }
  for (const { jws } of proven) noteNames(readStatement(jws).envelope.body, named)
  return {
    entries: proven.map(({ jws, proof }) => ({ statement: jws, proof })),
    texts: await exportSealed(rx, [...named.commits]),
    documents: await documentsOf(rx, [...named.digests]),
  }
}

/** A statement that this server signed and kept; one that cannot be read is damage. */
export function readStatement(jws: string): Statement {
  const parsed = parseStatement(jws)
  invariant(parsed.ok, 'a stored statement can be read')
  return parsed.value
}

interface Named {
  commits: Set<string>
  digests: Set<string>
}

/** docs/formats/statement.md "No personal data": `{commit}` is a text, `{digest, length}` a document. */
function noteNames(value: Json, named: Named): void {
  if (Array.isArray(value)) return value.forEach(item => noteNames(item, named))
  if (typeof value !== 'object') return
  const { commit, digest, length } = value
  const members = Object.keys(value).length
  if (members === 1 && typeof commit === 'string') return void named.commits.add(commit)
  if (members === 2 && typeof digest === 'string' && typeof length === 'number') return void named.digests.add(digest)
  for (const [name, item] of Object.entries(value)) {
    // A change names a commit of the repository in the very shape of a commitment.
    if (name !== 'change') noteNames(item, named)
  }
}

async function documentsOf(rx: Rx, digests: readonly string[]): Promise<Exported['documents']> {
  const found: Exported['documents'] = []
  for (const part of chunks(digests)) {
    found.push(...(await rx.db.selectFrom('document').select(['digest', 'text']).where('digest', 'in', part).execute()))
  }
  return found
}
