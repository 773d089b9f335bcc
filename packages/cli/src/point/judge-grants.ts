import {
  type Fault,
  instantToMs,
  parseCarried,
  parseStatement,
  type Scope,
  type VerifiedGrant,
  verifyGrant,
} from '@breakglass/verify'
import type { Refusal, Scene } from './judge.ts'
import type { ResultState } from './judge-results.ts'
import { treeRefusal } from './judge-tree.ts'
import type { ResolvedGate } from './program.ts'
import { whyOf, wordsOf } from './why.ts'

/** A gate, and what its newest result is. */
export interface GateRules {
  gate: ResolvedGate
  result: ResultState['code']
}

/** A grant that opens, and what spending it needs. */
export interface VerifiedUse {
  grant: string
  sid: string
  mode: 'online' | 'offline'
  uses: number
  expiresAtMs: number
  useKey: string
}

/** docs/formats/grant.md "How an enforcement point judges a grant", and what the program in force adds. */
export function judgeGrants(
  rules: GateRules,
  grants: readonly string[],
  scene: Scene,
): { use?: VerifiedUse; refusals: Refusal[] } {
  const judged = grants.map(carried => judgeGrant(rules, carried, scene))
  const uses = judged.flatMap(one => ('use' in one ? [one.use] : []))
  const refusals = judged.flatMap(one => ('refusal' in one ? [one.refusal] : []))
  const use = uses.sort((a, b) => rank(a, scene) - rank(b, scene) || a.expiresAtMs - b.expiresAtMs)[0]
  return use === undefined ? { refusals } : { use, refusals }
}

/** One that was spent for this very landing costs nothing more; then one that can still be revoked. */
function rank(use: VerifiedUse, scene: Scene): number {
  if (scene.spentFor(use.grant).includes(use.useKey)) return 0
  return use.mode === 'online' ? 1 : 2
}

function judgeGrant(rules: GateRules, carried: string, scene: Scene): { use: VerifiedUse } | { refusal: Refusal } {
  const parsed = parseCarried(carried)
  if (!parsed.ok) return { refusal: evidenceRefusal(undefined, parsed.faults) }
  const { at, repository, ref, commit, nowMs, trust } = scene
  const { gate } = rules
  const question = { at, boundary: gate.boundary, gate: gate.name, repository, ref, change: { commit }, nowMs }
  const verdict = verifyGrant(parsed.value, trust, question)
  if (!verdict.ok) return { refusal: evidenceRefusal(parsed.value.jws, verdict.faults) }
  const grant = verdict.value
  const offline = grant.grant.scope.mode === 'offline'
  const refusal =
    programRefusal(rules, grant, scene) ??
    useRefusal(gate.name, grant, scene) ??
    treeRefusal(`the grant ${grant.id}`, grant.checkpoint, { scene, offline })
  if (refusal !== undefined) return { refusal }
  const { mode, uses, expiresAt } = grant.grant.scope
  const use = { grant: grant.id, sid: grant.sid, mode, uses, expiresAtMs: instantToMs(expiresAt) }
  return { use: { ...use, useKey: scene.useKey(gate.name) } }
}

function evidenceRefusal(jws: string | undefined, faults: readonly Fault[]): Refusal {
  const statement = jws === undefined ? undefined : parseStatement(jws)
  const name = statement?.ok ? statement.value.envelope.subject : undefined
  return { code: `grant_${whyOf(faults).why}`, words: wordsOf('grant', name, faults) }
}

/** A logged grant is sound; whether it may open here is also the program's to say, which the server cannot talk its way around. */
function programRefusal({ gate, result }: GateRules, { id, grant }: VerifiedGrant, scene: Scene): Refusal | undefined {
  const { scope } = grant
  if (scene.isProgramSource) {
    return { code: 'program_source', words: `the grant ${id} cannot open a gate on the program's own source` }
  }
  if (gate.breakGlass.kind === 'never' && result === 'failed') {
    const words = `the grant ${id} cannot open it: ${gate.name} is a safety net, and it ran and failed`
    return { code: 'safety_net_failed', words }
  }
  if (!scene.program.known.has(scope.program)) {
    const words = `the grant ${id} was decided under a program that this point has not accepted (${scope.program})`
    return { code: 'grant_wrong_program', words }
  }
  // A live grant keeps the version it was decided under, so only one of the program in force is measured against it.
  if (scope.program !== scene.program.digest) return undefined
  const wider = widerThan(gate, scope, grant.secondPerson)
  if (wider === undefined) return undefined
  return { code: 'grant_wider_than_program', words: `the grant ${id} goes beyond the program: ${wider}` }
}

function widerThan(gate: ResolvedGate, scope: Scope, secondPerson: string): string | undefined {
  const ttlSeconds = (instantToMs(scope.expiresAt) - instantToMs(scope.grantedAt)) / 1000
  const { breakGlass, whenItCannotRun } = gate
  if (breakGlass.kind === 'never') {
    if (whenItCannotRun === undefined) return 'nobody may open this gate'
    if (ttlSeconds > whenItCannotRun.ttlSeconds)
      return `it lasts ${ttlSeconds} s, at most ${whenItCannotRun.ttlSeconds}`
    if (scope.uses > 1) return `it has ${scope.uses} uses, at most 1`
    return secondPerson === 'approved' ? undefined : 'a safety net that could not run needs a second person'
  }
  if (ttlSeconds > breakGlass.ttlSeconds) return `it lasts ${ttlSeconds} s, at most ${breakGlass.ttlSeconds}`
  if (scope.uses > breakGlass.uses) return `it has ${scope.uses} uses, at most ${breakGlass.uses}`
  if (scope.mode === 'offline' && !breakGlass.offline) return 'this gate is not opened offline'
  if (breakGlass.secondPerson.kind === 'required' && secondPerson !== 'approved') return 'a second person is required'
  return undefined
}

function useRefusal(gate: string, { id, grant }: VerifiedGrant, scene: Scene): Refusal | undefined {
  const { mode, uses } = grant.scope
  if (mode === 'online') {
    if (scene.online) return undefined
    const words = `the grant ${id} is an online grant: it needs the server, which does not answer`
    return { code: 'grant_needs_server', words }
  }
  const spent = scene.spentFor(id)
  if (spent.length < uses || spent.includes(scene.useKey(gate))) return undefined
  return { code: 'grant_used', words: `the grant ${id} has been used (${spent.length} of ${uses}) for another landing` }
}
