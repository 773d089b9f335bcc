import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkInclusion, hashLeaf, openCheckpoint, parseTlogProof } from '@breakglass/verify'
import { onTestFinished } from 'vitest'
import { checkLedger, type LedgerReport } from '../check.ts'
import { ownPolicy } from '../config.ts'
import { initLedger, type NewLedger } from '../init.ts'
import { type Ledger, type LedgerOptions, openLedger } from '../ledger.ts'
import type { LoggedEntry } from '../sequencer.ts'

export { entriesFrom } from './temporary-entries.ts'

/** 2026-01-01T00:00:00.000Z */
export const startMs = 1_767_225_600_000

/** A directory of its own, gone when the test ends. */
export function temporaryDir(): string {
  const dir = fs.mkdtempSync(join(tmpdir(), 'breakglass-ledger-'))
  onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }))
  return dir
}

export async function newLedger(): Promise<NewLedger> {
  return await initLedger({ dir: join(temporaryDir(), 'ledger'), origin: 'log.example/test', now: () => startMs })
}

/** Closed when the test ends, if it was not before. */
export async function open(dir: string, options: Partial<LedgerOptions> = {}): Promise<Ledger> {
  const ledger = await openLedger({ dir, now: () => startMs, ...options })
  onTestFinished(() => ledger.close())
  return ledger
}

/** Through the verifier alone: the text parses, the checkpoint is the log's, the entry lies where it says. */
export function verifyLogged(entry: Uint8Array, logged: LoggedEntry, vkey: string): { size: number; root: Uint8Array } {
  const proof = parseTlogProof(logged.proof)
  if (!proof.ok) throw new Error(`the proof does not parse: ${JSON.stringify(proof.faults)}`)
  const checkpoint = openCheckpoint(proof.value.checkpoint, ownPolicy(vkey))
  if (!checkpoint.ok) throw new Error(`the checkpoint does not verify: ${JSON.stringify(checkpoint.faults)}`)
  const { size, root } = checkpoint.value
  const { index, path } = proof.value
  if (index !== logged.index) throw new Error(`the proof is of ${index}, the answer of ${logged.index}`)
  if (!checkInclusion(index, size, hashLeaf(entry), path, root)) throw new Error(`entry ${index} is not proven`)
  return { size, root }
}

/** fsck, and that it still holds what was signed before. */
export function checkSound(dir: string, previous?: { size: number; root: Uint8Array }): LedgerReport {
  const report = checkLedger(dir, previous === undefined ? {} : { previous })
  if (!report.ok) throw new Error(`the ledger is not sound: ${JSON.stringify(report.faults, null, 2)}`)
  return report
}

/** The code something failed with; assert codes, not prose. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'nothing was thrown'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}
