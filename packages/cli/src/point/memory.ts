import { type Journal, numberOf, textOf } from './journal.ts'

/** docs/formats/point-journal.md "Memory", but for the ledger's trees. It only ever moves forward. */
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
