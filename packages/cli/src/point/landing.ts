import { useKeyOf } from '@breakglass/core/grant'
import type { Commit } from '@breakglass/verify'
import type { AcceptedProgram } from './bundle.ts'
import { type GateEvidence, type GateVerdict, isClosed, judgeGate, noEvidence, type Scene } from './judge.ts'
import { knownPrograms } from './memory.ts'
import type { Point } from './point.ts'
import { isProgramSource, type ResolvedGate } from './program.ts'
import type { RefUpdate } from './ref-lines.ts'
import type { Shape } from './shape-of-push.ts'
import { usesOf } from './spent.ts'
import { standingOf } from './trees.ts'
import { mayAskToPass, passWhenUnavailable } from './unavailable.ts'

/** One move of a protected branch. */
export interface Landing {
  update: RefUpdate
  /** The branch that moves: where a symbolic ref leads, or the ref itself. */
  target: string
  gates: ResolvedGate[]
  /** Why no gate can let it through at all. */
  shape?: Shape
}

export interface Judged extends Landing {
  verdicts: GateVerdict[]
}

export interface Terms {
  nowMs: number
  online: boolean
  accepted: AcceptedProgram
}

/** Every gate of one landing, each by itself. */
export function judgeLanding(
  point: Point,
  landing: Landing,
  { evidence, terms }: { evidence: ReadonlyMap<string, GateEvidence>; terms: Terms },
): Judged {
  const commit = landing.update.new
  if (landing.shape !== undefined || commit === undefined) return { ...landing, verdicts: [] }
  const scene = sceneOf(point, { landing, commit, terms })
  return {
    ...landing,
    verdicts: landing.gates.map(gate => judgeGate(gate, evidence.get(gate.name) ?? noEvidence, scene)),
  }
}

/** Whether leave to pass while unavailable is all that one landing still lacks. */
export function lacksOnlyLeave(
  point: Point,
  judged: Judged,
  { evidence, terms }: { evidence: ReadonlyMap<string, GateEvidence>; terms: Terms },
): boolean {
  const commit = judged.update.new
  if (judged.shape !== undefined || commit === undefined) return false
  const scene = sceneOf(point, { landing: judged, commit, terms })
  return judged.gates.every((gate, index) => {
    const verdict = judged.verdicts[index]
    if (verdict === undefined) return false
    return !isClosed(verdict) || mayAskToPass(gate, verdict, evidence.get(gate.name) ?? noEvidence, scene)
  })
}

/** Asks for leave, gate by gate, where that is what is lacking. */
export async function askLeave(
  point: Point,
  judged: Judged,
  { evidence, terms }: { evidence: ReadonlyMap<string, GateEvidence>; terms: Terms },
): Promise<Judged> {
  const commit = judged.update.new
  if (commit === undefined) return judged
  const scene = sceneOf(point, { landing: judged, commit, terms })
  const verdicts: GateVerdict[] = []
  for (const [index, gate] of judged.gates.entries()) {
    const verdict = judged.verdicts[index]
    if (verdict === undefined) continue
    const shown = evidence.get(gate.name) ?? noEvidence
    const why = 'the newest receipt says that the check could not run'
    verdicts.push(isClosed(verdict) ? await passWhenUnavailable(point, { gate, evidence: shown, scene, why }) : verdict)
  }
  return { ...judged, verdicts }
}

interface Place {
  landing: Landing
  commit: Commit
  terms: Terms
}

function sceneOf(point: Point, { landing, commit, terms }: Place): Scene {
  const { update, target: ref } = landing
  const { id: repository } = point.home.config.repository
  const old = update.old === undefined ? {} : { old: update.old }
  const useKey = useKeyOf({ kind: 'push', repository, ref, ...old, new: commit })
  return sceneAt(point, { ref, commit, terms, useKey: () => useKey })
}

export interface SceneParts {
  ref: string
  commit: Commit
  terms: Terms
  useKey: Scene['useKey']
}

/** What every judgement at this point has in common. */
export function sceneAt(point: Point, { ref, commit, terms, useKey }: SceneParts): Scene {
  const { id, repository } = point.home.config
  const { program, digest } = terms.accepted
  return {
    at: id,
    repository: repository.id,
    repositoryName: repository.name,
    ref,
    commit,
    trust: point.home.trust,
    program: { digest, known: knownPrograms(point.journal) },
    isProgramSource: isProgramSource(program, { repository: repository.id, ref }),
    nowMs: terms.nowMs,
    online: terms.online,
    standing: checkpoint => standingOf(point.journal, checkpoint),
    useKey,
    spentFor: grant => usesOf(point.journal, grant),
  }
}
