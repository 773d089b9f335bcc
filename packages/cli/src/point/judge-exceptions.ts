import {
  type Fault,
  instantToMs,
  parseCarried,
  parseStatement,
  verifyPassedUnavailable,
  verifyWaiver,
} from '@breakglass/verify'
import type { Refusal, Scene } from './judge.ts'
import type { GateRules } from './judge-grants.ts'
import { treeRefusal } from './judge-tree.ts'
import type { ResolvedGate } from './program.ts'
import { type EvidenceKind, whyOf, wordsOf } from './why.ts'

export interface Exceptions {
  /** Of the one that opens. */
  sid?: string
  refusals: Refusal[]
}

export function judgeWaivers(gate: ResolvedGate, waivers: readonly string[], scene: Scene): Exceptions {
  return firstThatOpens(waivers, carried => judgeWaiver(gate, carried, scene))
}

/** Only an advisory gate, only while its check could not run, only as long as the program in force says. */
export function judgeWindows(rules: GateRules, windows: readonly string[], scene: Scene): Exceptions {
  return firstThatOpens(windows, carried => judgeWindow(rules, carried, scene))
}

type One = { sid: string } | { refusal: Refusal }

function firstThatOpens(shown: readonly string[], judge: (carried: string) => One): Exceptions {
  const refusals: Refusal[] = []
  for (const carried of shown) {
    const one = judge(carried)
    if ('sid' in one) return { sid: one.sid, refusals }
    refusals.push(one.refusal)
  }
  return { refusals }
}

function judgeWaiver(gate: ResolvedGate, carried: string, scene: Scene): One {
  const parsed = parseCarried(carried)
  if (!parsed.ok) return refused('waiver', undefined, parsed.faults)
  const { repository, ref, nowMs, trust } = scene
  const question = { boundary: gate.boundary, gate: gate.name, repository, ref, nowMs }
  const verdict = verifyWaiver(parsed.value, trust, question)
  if (!verdict.ok) return refused('waiver', parsed.value.jws, verdict.faults)
  const { id, sid, checkpoint } = verdict.value
  if (!scene.isProgramSource) return refusedOr(sid, treeRefusal(`the waiver ${id}`, checkpoint, { scene }))
  const words = `the waiver ${id} cannot open a gate on the program's own source`
  return { refusal: { code: 'program_source', words } }
}

function judgeWindow({ gate, result }: GateRules, carried: string, scene: Scene): One {
  const parsed = parseCarried(carried)
  if (!parsed.ok) return refused('window', undefined, parsed.faults)
  const { at, repository, ref, commit, nowMs, trust } = scene
  const question = { at, boundary: gate.boundary, gate: gate.name, repository, ref, change: { commit }, nowMs }
  const verdict = verifyPassedUnavailable(parsed.value, trust, question)
  if (!verdict.ok) return refused('window', parsed.value.jws, verdict.faults)
  const { window, sid, checkpoint } = verdict.value
  const seconds = (instantToMs(window.windowUntil) - instantToMs(window.windowFrom)) / 1000
  const wider = windowRefusal(gate, { result, seconds, isOfProgram: window.program === scene.program.digest })
  if (wider === undefined)
    return refusedOr(sid, treeRefusal('the leave to pass while unavailable', checkpoint, { scene }))
  return { refusal: { code: 'window_wider_than_program', words: `it may not pass while unavailable: ${wider}` } }
}

function refusedOr(sid: string, refusal: Refusal | undefined): One {
  return refusal === undefined ? { sid } : { refusal }
}

function windowRefusal(
  gate: ResolvedGate,
  { result, seconds, isOfProgram }: { result: string; seconds: number; isOfProgram: boolean },
): string | undefined {
  if (gate.class !== 'advisory') return `${gate.name} is a ${gate.class} gate, and only advisory gates may`
  if (gate.whenUnavailable.kind !== 'pass') return 'the program keeps this gate closed when it cannot run'
  if (result !== 'could_not_run') return 'its check did not report that it could not run'
  if (!isOfProgram) return 'the leave was given under another program than the one in force'
  const { forSeconds } = gate.whenUnavailable
  return seconds > forSeconds ? `the window lasts ${seconds} s, at most ${forSeconds}` : undefined
}

function refused(kind: EvidenceKind, jws: string | undefined, faults: readonly Fault[]): One {
  const statement = jws === undefined ? undefined : parseStatement(jws)
  const name = statement?.ok ? statement.value.envelope.subject : undefined
  return { refusal: { code: `${kind}_${whyOf(faults).why}`, words: wordsOf(kind, name, faults) } }
}
