import {
  consistencyProof,
  encodeUtf8,
  formatCheckpoint,
  formatPrivateNoteKey,
  hashLeaf,
  type HashReader,
  type NoteSigner,
  parsePrivateNoteKey,
  rootOf,
  signNote,
} from '@breakglass/verify'

/** A log in memory that can lie: a fork is another history from one index on, under the same key. */
export interface ForkedLog {
  signer: NoteSigner
  root(size: number): Uint8Array
  checkpoint(size: number): string
  proof(from: number, to: number): Uint8Array[]
  /** The same up to `from` entries. */
  fork(from: number): ForkedLog
}

export function forkedLog(origin = 'log.example/test', seed = 1): ForkedLog {
  const key = parsePrivateNoteKey(formatPrivateNoteKey(origin, new Uint8Array(32).fill(seed)))
  if (!key.ok) throw new TypeError('expected a key just made to be read')
  return logOf(key.value, index => encodeUtf8(`entry ${index}`))
}

function logOf(signer: NoteSigner, entry: (index: number) => Uint8Array): ForkedLog {
  const leaves: Uint8Array[] = []
  const upTo = (size: number): Uint8Array[] => {
    while (leaves.length < size) leaves.push(hashLeaf(entry(leaves.length)))
    return leaves
  }
  const root = (size: number): Uint8Array => rootOf(upTo(size).slice(0, size))
  const read: HashReader = (level, index) =>
    rootOf(upTo((index + 1) * 2 ** level).slice(index * 2 ** level, (index + 1) * 2 ** level))
  return {
    signer,
    root,
    checkpoint: size => signNote(formatCheckpoint({ origin: signer.name, size, root: root(size) }), signer),
    proof: (from, to) => consistencyProof(from, to, read),
    fork: from => logOf(signer, index => (index < from ? entry(index) : encodeUtf8(`another ${index}`))),
  }
}
