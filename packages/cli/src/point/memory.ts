import { checkConsistency, encodeHex, type VerifiedCheckpoint } from '@breakglass/verify'
import { type Journal, numberOf, textOf, textOrNothing } from './journal.ts'

/** docs/formats/point-journal.md "Memory". It only ever moves forward. */
export interface Memory {
  checkpoint?: { origin: string; size: number; root: string; note: string }
  /** −1: no bundle was ever accepted. */
  bundleIndex: number
  /** When the server was last asked for a newer bundle, ms. */
  bundleAskedAtMs: number
  /** The latest time that something verified has named, ms. */
  verifiedAtMs: number
}

export function readMemory(journal: Journal): Memory {
  const row = journal.get('select * from memory')
  const note = textOrNothing(row, 'checkpoint')
  return {
    ...(note !== undefined && {
      checkpoint: { origin: textOf(row, 'origin'), size: numberOf(row, 'size'), root: textOf(row, 'root'), note },
    }),
    bundleIndex: numberOf(row, 'bundle_index'),
    bundleAskedAtMs: numberOf(row, 'bundle_asked_at'),
    verifiedAtMs: numberOf(row, 'verified_at'),
  }
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
    const { checkpoint: held } = readMemory(journal)
    const verdict =
      held === undefined || held.origin !== checkpoint.origin ? 'remembered' : compare(held, checkpoint, proof)
    if (verdict === 'remembered') write(journal, checkpoint)
    return verdict
  })
}

function compare(
  held: NonNullable<Memory['checkpoint']>,
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
    'update memory set checkpoint = ?, origin = ?, size = ?, root = ? where id = 1',
    note,
    origin,
    size,
    encodeHex(root),
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
