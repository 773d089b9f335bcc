import {
  type Fault,
  instantToMs,
  parseStatement,
  type Verdict,
  type VerifiedReceipt,
  verifyReceipt,
} from '@breakglass/verify'
import type { GateEvidence, Refusal, Scene } from './judge.ts'
import type { ResolvedGate } from './program.ts'
import { whyOf, wordsOf } from './why.ts'

/** The newest result of the gate on this commit; only `pass` opens it. */
export interface ResultState {
  code: 'pass' | 'failed' | 'could_not_run' | 'no_result' | 'result_expired'
  words: string
  sid?: string
  /** Receipts that were shown and do not count. */
  refusals: Refusal[]
}

const stateOf = { pass: 'pass', fail: 'failed', could_not_run: 'could_not_run' } as const

const stateWords = {
  pass: 'it passed',
  failed: 'the check ran on this commit and failed',
  could_not_run: 'the check could not run on this commit, which is neither a pass nor a failure',
} as const

/** docs/formats/receipt.md: the newest receipt of a gate, repository and commit decides; a run being judged is newer still. */
export function judgeResults(gate: ResolvedGate, evidence: GateEvidence, scene: Scene): ResultState {
  if (evidence.own !== undefined) {
    const code = stateOf[evidence.own]
    return { code, words: stateWords[code], refusals: [] }
  }
  const shown = evidence.receipts.map(jws => readReceipt(gate, jws, scene))
  const refusals = shown.flatMap(one => ('refusal' in one ? [one.refusal] : []))
  const newest = shown.flatMap(one => ('atMs' in one ? [one] : [])).reduce(newer, undefined)
  if (newest === undefined) {
    return { code: 'no_result', words: 'there is no result for this commit yet', refusals }
  }
  return { code: newest.code, words: newest.words, sid: newest.sid, refusals }
}

interface Genuine {
  atMs: number
  code: 'pass' | 'failed' | 'could_not_run' | 'result_expired'
  words: string
  sid: string
}

function readReceipt(gate: ResolvedGate, jws: string, scene: Scene): Genuine | { refusal: Refusal } {
  const { repository, commit, nowMs, trust } = scene
  const verdict = verifyReceipt(jws, trust, { gate: gate.name, repository, commit, nowMs })
  if (verdict.ok) {
    const { receipt, sid, at } = verdict.value
    const code = stateOf[receipt.result]
    return { atMs: instantToMs(at), code, words: `${stateWords[code]} (run ${JSON.stringify(receipt.run)})`, sid }
  }
  return expired(jws, verdict) ?? { refusal: refused(jws, verdict.faults) }
}

/** Genuine, and only too old: it still hides an older pass, for the newest decides. */
function expired(jws: string, verdict: Verdict<VerifiedReceipt>): Genuine | undefined {
  if (verdict.ok || verdict.faults.some(({ code }) => code !== 'expired')) return undefined
  const statement = parseStatement(jws)
  if (!statement.ok) return undefined
  const { at, sid } = statement.value.envelope
  return { atMs: instantToMs(at), code: 'result_expired', words: 'the newest result for this commit has expired', sid }
}

function refused(jws: string, faults: readonly Fault[]): Refusal {
  const statement = parseStatement(jws)
  const name = statement.ok ? statement.value.envelope.subject : undefined
  return { code: `receipt_${whyOf(faults).why}`, words: wordsOf('receipt', name, faults) }
}

/** Of two at one instant, the one that does not open. */
function newer(held: Genuine | undefined, found: Genuine): Genuine {
  if (held === undefined || found.atMs > held.atMs) return found
  if (found.atMs === held.atMs && held.code === 'pass') return found
  return held
}
