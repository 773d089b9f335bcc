import { useKeyOf } from '@breakglass/core/grant'
import type { Commit } from '@breakglass/verify'
import { type AcceptedProgram, readBundle } from './bundle.ts'
import { gateTime } from './clock.ts'
import type { RunResult } from './events.ts'
import { collectEvidence } from './evidence.ts'
import { type GateEvidence, type GateVerdict, isClosed, judgeGate, noEvidence, type Scene } from './judge.ts'
import { sceneAt } from './landing.ts'
import { readMemory } from './memory.ts'
import { openGates } from './opening.ts'
import type { Point } from './point.ts'
import { gatesInForce, type ResolvedGate } from './program.ts'
import { openCommand } from './remedy.ts'
import { evidenceMsMax } from './server.ts'
import { isProgramStale, refreshBundle, sendEvents } from './sync.ts'
import { mayAskToPass, passWhenUnavailable } from './unavailable.ts'

/** One run of one gate on one commit that did not pass. */
export interface FailedRun {
  gate: string
  commit: Commit
  ref: string
  run: string
  result: Exclude<RunResult, 'pass'>
  /** How it ended, for people. */
  words: string
  /** Grants in the carried form that were handed to the job. */
  grants: readonly string[]
}

export type RunVerdict =
  | { outcome: 'open'; verdict: GateVerdict; online: boolean }
  | { outcome: 'closed'; code: string; words: string; remedy: string; also: readonly string[] }

/** Consults what may open a gate whose check did not pass: the same evidence, clock and order as for a push. */
export async function judgeRun(point: Point, run: FailedRun): Promise<RunVerdict> {
  if (isProgramStale(point) || readMemory(point.journal).bundleIndex < 0) await refreshBundle(point, evidenceMsMax)
  const held = readBundle(point.home, point.journal)
  if (!held.ok) return closed(run, point, { code: held.code, words: held.words })
  const asked = [{ ref: run.ref, commit: run.commit, gates: [run.gate] }]
  const answer = await collectEvidence(point, asked, { grants: [...run.grants], receipts: [] })
  const bundle = readBundle(point.home, point.journal)
  if (!bundle.ok) return closed(run, point, { code: bundle.code, words: bundle.words })
  const gate = gateOf(point, bundle.accepted, run)
  if (gate === 'unknown') {
    return closed(run, point, { code: 'unknown_gate', words: `the program in force has no gate ${run.gate}` })
  }
  if (gate === 'not_in_force') {
    return { outcome: 'open', verdict: { gate: run.gate, opens: 'not_in_force' }, online: answer.online }
  }
  if (answer.inconsistent !== undefined) {
    if (answer.online) await sendEvents(point, evidenceMsMax)
    return closed(run, point, { code: 'ledger_inconsistent', words: answer.inconsistent })
  }
  const verifiedMs = readMemory(point.journal).verifiedAtMs
  const time = gateTime({
    ownMs: point.now(),
    verifiedMs,
    ...(answer.server !== undefined && { server: answer.server }),
  })
  if (!time.ok)
    return { ...closed(run, point, { code: 'clock_wrong', words: time.words }), remedy: 'set the clock of this runner' }
  const terms = { nowMs: time.ms, online: answer.online, accepted: bundle.accepted }
  const scene = sceneAt(point, { ref: run.ref, commit: run.commit, terms, useKey: useKeyFor(point, run) })
  const evidence = { ...(answer.evidence[0]?.get(run.gate) ?? noEvidence), own: run.result }
  const judged = await settle(point, { gate, evidence, scene, run })
  const because = answer.offlineBecause === undefined ? [] : [`the server took no part: ${answer.offlineBecause}`]
  if (isClosed(judged)) {
    const { closed: code, words, remedy, also } = judged
    return { outcome: 'closed', code, words, remedy, also: [...also, ...because] }
  }
  return open(point, run, { verdict: judged, scene })
}

interface Matter {
  gate: ResolvedGate
  evidence: GateEvidence
  scene: Scene
  run: FailedRun
}

async function settle(point: Point, { gate, evidence, scene, run }: Matter): Promise<GateVerdict> {
  const verdict = judgeGate(gate, evidence, scene)
  if (!mayAskToPass(gate, verdict, evidence, scene)) return verdict
  return passWhenUnavailable(point, { gate, evidence, scene, why: run.words })
}

async function open(
  point: Point,
  run: FailedRun,
  { verdict, scene }: { verdict: GateVerdict; scene: Scene },
): Promise<RunVerdict> {
  if (isClosed(verdict)) throw new Error('invariant: only what is open is opened')
  const { ref, commit } = run
  const openings = [{ ref, commit, run: run.run, opened: [verdict] }]
  const terms = { online: scene.online, program: scene.program.digest, isPush: false }
  const opened = await openGates(point, openings, terms)
  if (!opened.ok) return closed(run, point, opened)
  if (scene.online) await sendEvents(point, evidenceMsMax)
  return { outcome: 'open', verdict, online: scene.online }
}

/** A name that the program does not have is likely a slip, and must not open; one that stands elsewhere is not in force here. */
function gateOf(point: Point, { program }: AcceptedProgram, run: FailedRun): ResolvedGate | 'unknown' | 'not_in_force' {
  const gate = Object.hasOwn(program.gates, run.gate) ? program.gates[run.gate] : undefined
  if (gate === undefined) return 'unknown'
  const place = { repository: point.home.config.repository.id, ref: run.ref, boundary: gate.boundary }
  return gatesInForce(program, place).some(({ name }) => name === gate.name) ? gate : 'not_in_force'
}

function useKeyFor(point: Point, { commit, run }: FailedRun): Scene['useKey'] {
  const { id: repository } = point.home.config.repository
  return gate => useKeyOf({ kind: 'ci', repository, gate, commit, run })
}

function closed(run: FailedRun, point: Point, { code, words }: { code: string; words: string }) {
  const remedy =
    code === 'no_program'
      ? `breakglass hook sync --point ${point.home.dir}`
      : openCommand(run.gate, { repositoryName: point.home.config.repository.name, commit: run.commit, ref: run.ref })
  return { outcome: 'closed', code, words, remedy, also: [] } as const
}
