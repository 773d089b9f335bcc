import {
  type Digest,
  encodeHex,
  formatDigest,
  formatTlogProof,
  hashLeaf,
  hashNode,
  msToInstant,
  parseNote,
  parseStatement,
  parseTrust,
  type TrustPolicy,
  type VerifiedCheckpoint,
  verifyStatement,
} from '@breakglass/verify'
import { LedgerError } from '../errors.ts'

/** One entry, in facts; `words.ts` makes the lines of it. */
export interface Explanation {
  index: number
  leaf: Digest
  length: number
  /** Absent when the entry is no statement of ours; the log takes any bytes. */
  statement?: StatementFacts
  path: Step[]
  checkpoint: { origin: string; size: number; root: string; logKey: string }
  cosigners: { name: string; at: string }[]
  /** Signature lines of nobody the policy knows, by the name they give. */
  strangers: string[]
}

export interface StatementFacts {
  kind: string
  sid: string
  subject: string
  seq: number
  prev?: string
  at: string
  organization: string
  kid: string
  /** `unchecked`: no trust.json was given. */
  signature: 'holds' | 'unchecked' | { faults: string[] }
}

/** One hash on the way from the leaf to the root. */
export interface Step {
  /** On which side of what was known the sibling stands. */
  side: 'left' | 'right'
  sibling: string
  /** What the two make; the last one is the root. */
  makes: string
}

export interface Explained {
  index: number
  entry: Uint8Array
  path: readonly Uint8Array[]
  checkpoint: VerifiedCheckpoint
  policy: TrustPolicy
  trustText: string | undefined
}

/** Pure. Code: `bad_usage` on a trust.json that cannot be read. */
export function explain({ index, entry, path, checkpoint, policy, trustText }: Explained): Explanation {
  const { origin, size, root, logKey, cosignatures, note } = checkpoint
  const proof = formatTlogProof({ index, path: [...path], checkpoint: note })
  const statement = statementFacts(entry, proof, trustText)
  return {
    index,
    leaf: formatDigest(hashLeaf(entry)),
    length: entry.length,
    ...(statement === undefined ? {} : { statement }),
    path: stepsOf(index, size, hashLeaf(entry), path),
    checkpoint: { origin, size, root: encodeHex(root), logKey: logKey.vkey },
    cosigners: cosignatures.map(({ name, timeSeconds }) => ({ name, at: msToInstant(timeSeconds * 1000) })),
    strangers: strangersIn(note, checkpoint, policy),
  }
}

function statementFacts(entry: Uint8Array, proof: string, trustText: string | undefined): StatementFacts | undefined {
  const jws = Buffer.from(entry).toString('latin1')
  const parsed = parseStatement(jws)
  if (!parsed.ok) return undefined
  const { envelope, log, kid } = parsed.value
  const { kind, sid, subject, seq, prev, at } = envelope
  const facts = { kind, sid, subject, seq, at, organization: log, kid, ...(prev === undefined ? {} : { prev }) }
  if (trustText === undefined) return { ...facts, signature: 'unchecked' }
  const trust = parseTrust(trustText)
  if (!trust.ok) throw new LedgerError('bad_usage', 'expected --trust to name a trust.json, found another file')
  const verdict = verifyStatement({ jws, proof }, trust.value)
  if (verdict.ok) return { ...facts, signature: 'holds' }
  return { ...facts, signature: { faults: verdict.faults.map(({ code, at: where }) => `${code} at ${where}`) } }
}

/** RFC 9162 §2.1.3.2, told step by step. */
function stepsOf(index: number, size: number, leaf: Uint8Array, path: readonly Uint8Array[]): Step[] {
  let [node, last, hash] = [index, size - 1, leaf]
  return path.map(sibling => {
    // At the right edge a node without a sibling rises until it has one on its left.
    while (node === last && node % 2 === 0 && node !== 0) [node, last] = [node / 2, last / 2]
    const isLeft = node % 2 === 1
    hash = isLeft ? hashNode(sibling, hash) : hashNode(hash, sibling)
    ;[node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
    return { side: isLeft ? 'left' : 'right', sibling: encodeHex(sibling), makes: encodeHex(hash) }
  })
}

function strangersIn(note: string, { logKey }: VerifiedCheckpoint, { witnesses }: TrustPolicy): string[] {
  const parsed = parseNote(note)
  if (!parsed.ok) return []
  const known = [logKey, ...witnesses.map(({ key }) => key)]
  return parsed.value.signatures
    .filter(({ name, keyId }) => !known.some(key => key.name === name && key.keyId === keyId))
    .map(({ name }) => name)
}
