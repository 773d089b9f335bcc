import { checkConsistency, encodeHex, type VerifiedCheckpoint } from '@breakglass/verify'
import { type Journal, numberOf, textOf } from './journal.ts'

/** docs/formats/point-journal.md "Memory". It only ever moves forward. */
export interface Memory {
  /** −1: no bundle was ever accepted. */
  bundleIndex: number
  /** When the server was last asked for a newer bundle, ms. */
  bundleAskedAtMs: number
  /** The latest time that something verified has named, ms. */
  verifiedAtMs: number
}

export function readMemory(journal: Journal): Memory {
  const row = journal.get('select * from memory')
  return {
    bundleIndex: numberOf(row, 'bundle_index'),
    bundleAskedAtMs: numberOf(row, 'bundle_asked_at'),
    verifiedAtMs: numberOf(row, 'verified_at'),
  }
}

/** The largest checkpoint that was seen of one log. */
export interface HeldCheckpoint {
  size: number
  /** Hex. */
  root: string
  /** Verbatim. */
  note: string
}

export function readCheckpoint(journal: Journal, origin: string): HeldCheckpoint | undefined {
  const row = journal.get('select size, root, note from checkpoint where origin = ?', origin)
  if (row === undefined) return undefined
  return { size: numberOf(row, 'size'), root: textOf(row, 'root'), note: textOf(row, 'note') }
}

export type Remembered = 'remembered' | 'same' | 'older' | 'inconsistent'

/**
 * Keeps the largest checkpoint. `inconsistent`: the same size with another root, or a consistency proof that does not hold;
 * that is a log with two faces, and the caller keeps its gates closed. Without a proof a larger tree is taken as it is:
 * each proof that opens a gate was verified under it already.
 */
export function rememberCheckpoint(
  journal: Journal,
  checkpoint: VerifiedCheckpoint,
  proof?: readonly Uint8Array[],
): Remembered {
  return journal.inTransaction(() => {
    const held = readCheckpoint(journal, checkpoint.origin)
    const verdict = held === undefined ? 'remembered' : compare(held, checkpoint, proof)
    if (verdict === 'remembered') write(journal, checkpoint)
    return verdict
  })
}

function compare(
  held: HeldCheckpoint,
  found: VerifiedCheckpoint,
  proof: readonly Uint8Array[] | undefined,
): Remembered {
  if (found.size < held.size) return 'older'
  if (found.size === held.size) return encodeHex(found.root) === held.root ? 'same' : 'inconsistent'
  if (proof === undefined) return 'remembered'
  const heldRoot = Buffer.from(held.root, 'hex')
  return checkConsistency(held.size, found.size, proof, heldRoot, found.root) ? 'remembered' : 'inconsistent'
}

function write(journal: Journal, { note, origin, size, root }: VerifiedCheckpoint): void {
  journal.run(
    `insert into checkpoint (origin, size, root, note) values (?, ?, ?, ?)
     on conflict (origin) do update set size = excluded.size, root = excluded.root, note = excluded.note`,
    origin,
    size,
    encodeHex(root),
    note,
  )
}

/** The latest verified time never falls. */
export function rememberVerifiedTime(journal: Journal, atMs: number): void {
  journal.run('update memory set verified_at = ? where verified_at < ?', atMs, atMs)
}

export function rememberAsked(journal: Journal, atMs: number): void {
  journal.run('update memory set bundle_asked_at = ?', atMs)
}

/** Digests of programs that were in force here: a grant decided under another one is not understood. */
export function knownPrograms(journal: Journal): Set<string> {
  return new Set(journal.all('select digest from program').map(row => textOf(row, 'digest')))
}

/** Within the caller's transaction, which has written the bundle's file already. */
export function rememberProgram(journal: Journal, index: number, digests: readonly string[]): void {
  journal.run('update memory set bundle_index = ? where bundle_index < ?', index, index)
  for (const digest of digests) {
    journal.run('insert into program (digest, at_index) values (?, ?) on conflict do nothing', digest, index)
  }
}
