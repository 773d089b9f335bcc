import { readFileSync, statSync } from 'node:fs'
import {
  type Fault,
  formatProgramBundle,
  instantToMs,
  type ProgramBundle,
  parseProgramBundle,
  programBundleBytesMax,
  type VerifiedProgramBundle,
  verifyProgramBundle,
} from '@breakglass/verify'
import { clockSkewMsMax } from './clock.ts'
import { type PointHome, pointPath, writePointFile } from './home.ts'
import { takeTree } from './join-trees.ts'
import type { Journal } from './journal.ts'
import { readMemory, rememberProgram, rememberVerifiedTime } from './memory.ts'
import type { Point } from './point.ts'
import { type ResolvedProgram, readResolved } from './program.ts'
import { splitWords } from './splits.ts'

/** A bundle that this point has verified itself, byte by byte, in this process. */
export interface AcceptedProgram {
  program: ResolvedProgram
  digest: string
  index: number
  version: number
}

export type BundleVerdict = { ok: true; accepted: AcceptedProgram } | { ok: false; code: BundleCode; words: string }
export type BundleCode =
  | 'no_program'
  | 'bad_bundle'
  | 'program_rolled_back'
  | 'program_not_yet'
  | 'ledger_inconsistent'
  | 'ledger_unjoined'
  | 'ledger_older'

/** The bundle on disk, verified anew each time: what lies on a disk is no more believed than what comes over a wire. */
export function readBundle(home: PointHome, journal: Journal): BundleVerdict {
  const text = readBundleFile(home.dir)
  if (text === undefined)
    return { ok: false, code: 'no_program', words: 'no program bundle has been accepted here yet' }
  const bundle = parseProgramBundle(text)
  if (!bundle.ok) return refusedBundle(bundle.faults)
  const { bundleIndex } = readMemory(journal)
  const verified = verifyProgramBundle(bundle.value, home.trust, { bundleIndex })
  if (!verified.ok) return refusedBundle(verified.faults)
  return understood(verified.value)
}

/**
 * Takes a bundle from outside, if it verifies, stands under a tree that is joined to what the point remembers, and is no older
 * than the one remembered (docs/formats/program-bundle.md). The file goes first and the memory second, under the journal's write lock: a crash between leaves a newer file, which is good,
 * and another process can never put an older file over it. Nothing changes unless the answer is `ok`.
 */
export async function acceptBundle(
  point: Point,
  bundle: ProgramBundle,
  terms: { timeoutMs?: number } = {},
): Promise<BundleVerdict> {
  const { home, journal } = point
  const verified = verifyProgramBundle(bundle, home.trust)
  if (!verified.ok) return refusedBundle(verified.faults)
  const verdict = understood(verified.value)
  if (!verdict.ok) return verdict
  const { body, checkpoint } = verified.value
  if (instantToMs(body.effectiveAt) > point.now() + clockSkewMsMax) {
    return { ok: false, code: 'program_not_yet', words: `the program offered takes effect at ${body.effectiveAt}` }
  }
  const taken = await takeTree(point, checkpoint, terms.timeoutMs)
  if (taken === 'split') return inconsistentBundle(journal)
  if (taken === 'unjoined') return unjoinedBundle
  return journal.inTransaction(() => keepNewest(home, journal, { bundle, verified: verified.value, verdict }))
}

interface Offer {
  bundle: ProgramBundle
  verified: VerifiedProgramBundle
  verdict: BundleVerdict
}

function keepNewest(home: PointHome, journal: Journal, { bundle, verified, verdict }: Offer): BundleVerdict {
  const { body, index } = verified
  const { bundleIndex } = readMemory(journal)
  if (index < bundleIndex) {
    const words = `the program offered is at index ${index} of the ledger, older than the one accepted here (${bundleIndex})`
    return { ok: false, code: 'program_rolled_back', words }
  }
  writePointFile(home.dir, 'bundle', formatProgramBundle(bundle))
  const digests = [body.program.digest, ...(body.previous === undefined ? [] : [body.previous])]
  rememberProgram(journal, index, digests)
  rememberVerifiedTime(journal, instantToMs(body.effectiveAt))
  return verdict
}

function understood({ body, index, resolved }: VerifiedProgramBundle): BundleVerdict {
  const program = readResolved(resolved)
  if (program === undefined) {
    return {
      ok: false,
      code: 'bad_bundle',
      words: 'the program has parts that this version does not understand; update it',
    }
  }
  return { ok: true, accepted: { program, digest: body.program.digest, index, version: body.version } }
}

function readBundleFile(dir: string): string | undefined {
  const path = pointPath(dir, 'bundle')
  try {
    if (statSync(path).size > programBundleBytesMax) return ''
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw cause
  }
}

function refusedBundle(faults: readonly Fault[]): BundleVerdict {
  const [first] = faults
  const rolledBack = faults.some(({ code }) => code === 'rolled_back')
  const words = `the program bundle does not verify (${first?.code ?? 'unreadable'}: expected ${first?.expected ?? 'a bundle'}, found ${first?.found ?? 'nothing'})`
  return { ok: false, code: rolledBack ? 'program_rolled_back' : 'bad_bundle', words }
}

function inconsistentBundle(journal: Journal): BundleVerdict {
  const words = splitWords(journal) ?? 'the ledger has shown two faces'
  return { ok: false, code: 'ledger_inconsistent', words }
}

const unjoinedBundle: BundleVerdict = {
  ok: false,
  code: 'ledger_unjoined',
  words:
    'the program offered stands under a tree of the ledger that was not shown to continue what this point remembers; it is asked for again',
}
