import { BreakglassError } from '@breakglass/core/errors'
import { exportBytesMax, type Json } from '@breakglass/verify'
import type { Rx } from '../../store/store.ts'
import { chunks } from '../../store/chunks.ts'
import { exportSealed } from '../../texts/seal.ts'
import { type Chains, readStatement } from './chains.ts'

export interface Exported {
  entries: { statement: string; proof: string }[]
  texts: { commit: string; salt: string; text: string }[]
  documents: { digest: string; text: string }[]
}

/** What a verifier reads is 64 MiB; the rows themselves, which stand in the same file, get a quarter of it. */
const bytesMax = (exportBytesMax / 4) * 3

/**
 * docs/formats/export.md: every statement that has its proof, and every text and document that one of them names, so that
 * a stranger finds all of it present, or erased. What is still on its way to the ledger proves nothing and is left out.
 * Throws `too_large` before it holds more than a verifier would read.
 */
export async function exportOf(rx: Rx, chains: Chains, limit = bytesMax): Promise<Exported> {
  const room = roomFor(limit)
  const entries: Exported['entries'] = []
  const named: Named = { commits: new Set(), digests: new Set() }
  for (const part of chunks([...chains.values()].flat().map(({ sid }) => sid))) {
    const rows = await rx.db.selectFrom('statement').select(['sid', 'jws', 'proof']).where('sid', 'in', part).execute()
    const bySid = new Map(rows.map(row => [row.sid, row]))
    for (const { jws, proof } of part.flatMap(sid => bySid.get(sid) ?? [])) {
      if (proof === null) continue
      entries.push(room.take({ statement: jws, proof }))
      noteNames(readStatement(jws).envelope.body, named)
    }
  }
  const texts = (await exportSealed(rx, [...named.commits])).map(room.take)
  const documents: Exported['documents'] = []
  for (const part of chunks([...named.digests])) {
    const rows = await rx.db.selectFrom('document').select(['digest', 'text']).where('digest', 'in', part).execute()
    documents.push(...rows.map(room.take))
  }
  return { entries, texts, documents }
}

function roomFor(limit: number): { take: <T extends object>(item: T) => T } {
  let bytes = 0
  return {
    take(item) {
      bytes += Buffer.byteLength(JSON.stringify(item)) + 1
      if (bytes <= limit) return item
      throw new BreakglassError('too_large', {
        message: `With its proofs the period is larger than ${limit} bytes, more than a verifier reads at once; read it in shorter parts.`,
        data: { bytesMax: limit },
      })
    },
  }
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
