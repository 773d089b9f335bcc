import { BreakglassError } from '@breakglass/core/errors'
import { parseStatement } from '@breakglass/verify'
import { carriedOf, rememberLogged } from './evidence.ts'
import { joinTrees } from './join-trees.ts'
import { type Closed, type GateEvidence, type GateVerdict, isClosed, judgeGate, type Scene } from './judge.ts'
import { plain } from './plain.ts'
import type { Point } from './point.ts'
import type { ResolvedGate } from './program.ts'
import { logMsMax } from './server.ts'
import { splitWords } from './splits.ts'
import { appendEvents } from './spool.ts'

export interface Unavailable {
  gate: ResolvedGate
  evidence: GateEvidence
  scene: Scene
  why: string
}

/** Whether asking for leave can help: an advisory gate whose newest result says that its check could not run. */
export function mayAskToPass(gate: ResolvedGate, verdict: GateVerdict, evidence: GateEvidence, scene: Scene): boolean {
  if (!isClosed(verdict) || !scene.online) return false
  if (gate.class !== 'advisory' || gate.whenUnavailable.kind !== 'pass') return false
  const bare = judgeGate(gate, { ...evidence, grants: [], waivers: [], windows: [], notes: [] }, scene)
  return isClosed(bare) && bare.closed === 'could_not_run'
}

/**
 * Asks the server to log a window of passing while unavailable, and judges what comes back like any other evidence: the
 * server's word opens nothing. Told in the journal before the gate opens.
 */
export async function passWhenUnavailable(
  point: Point,
  { gate, evidence, scene, why }: Unavailable,
): Promise<GateVerdict> {
  const useKey = scene.useKey(gate.name)
  const change = { commit: scene.commit }
  try {
    const question = { gate: gate.name, ref: scene.ref, change, why, useKey }
    const reply = await point.server.passUnavailable(question, logMsMax)
    const carried = carriedOf(reply)
    if (carried === undefined) return refused(gate, evidence, { scene, words: 'the server sent no readable statement' })
    rememberLogged(point, carried)
    await joinTrees(point)
    const inconsistent = splitWords(point.journal)
    if (inconsistent !== undefined) return refused(gate, evidence, { scene, words: inconsistent })
    const verdict = judgeGate(gate, { ...evidence, windows: [carried] }, scene)
    if (!isClosed(verdict)) tell(point, { gate, scene, useKey, statement: reply.statement, until: reply.windowUntil })
    return verdict
  } catch (cause) {
    if (!(cause instanceof BreakglassError)) throw cause
    return refused(gate, evidence, { scene, words: `the server did not let it pass: ${plain(cause.message)}` })
  }
}

function refused(
  gate: ResolvedGate,
  evidence: GateEvidence,
  { scene, words }: { scene: Scene; words: string },
): GateVerdict {
  const verdict = judgeGate(gate, evidence, scene)
  return isClosed(verdict) ? ({ ...verdict, also: [...verdict.also, words] } satisfies Closed) : verdict
}

interface Told {
  gate: ResolvedGate
  scene: Scene
  useKey: string
  statement: string
  until: string
}

function tell(point: Point, { gate, scene, useKey, statement, until }: Told): void {
  const parsed = parseStatement(statement)
  if (!parsed.ok) return
  const body = {
    change: { commit: scene.commit },
    gate: gate.name,
    ref: scene.ref,
    statement: parsed.value.envelope.sid,
    useKey,
    windowUntil: until,
  }
  point.journal.inTransaction(() => {
    appendEvents(point.journal, point.spooler, [{ kind: 'point.passed_unavailable', body }], point.now())
  })
}
