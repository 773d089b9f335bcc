import { useKeyOf } from '@breakglass/core/grant'
import {
  type CheckState,
  checkState,
  type GrantFact,
  resultOfReviews,
  resultOfRuns,
  type Result,
  type WaiverFact,
} from '@breakglass/github/checks'
import { instantToMs, parseCarried, parseStatement, parseWaiverGrantedBody } from '@breakglass/verify'
import type { RunResult } from '../point/events.ts'
import { type GateEvidence, type GateVerdict, isClosed, judgeGate, type Scene } from '../point/judge.ts'
import { sceneAt, type Terms } from '../point/landing.ts'
import type { Point } from '../point/point.ts'
import type { ResolvedGate } from '../point/program.ts'
import { usesOf } from '../point/spent.ts'
import { mirroredOf, openPullOf, type PullSeen } from './look.ts'
import { leftHeads, type Said } from './record.ts'

/** What our run of one gate should be on one pull request's head, and why. */
export interface Wanted {
  pull: PullSeen
  gate: ResolvedGate
  result: Result
  state: CheckState
  said: Said
  /** Of a grant that opens it. */
  grant?: { id: string; expiresAtMs: number; uses: number }
}

export interface Grounds {
  pulls: readonly PullSeen[]
  /** Beside each pull request: evidence by gate, unverified. */
  evidence: readonly ReadonlyMap<string, GateEvidence>[]
  terms: Terms
}

/** For every gate of every pull request. What opens was verified here, byte by byte, as at any other enforcement point. */
export function wantedStates(point: Point, { pulls, evidence, terms }: Grounds): Wanted[] {
  const open = pulls.filter(({ on }) => on === 'pull_request').map(openPullOf)
  const left = leftHeads(point.journal).map(({ number, head, at }) => ({ number, head: hexOfCommit(head), at }))
  return pulls.flatMap((pull, index) =>
    pull.gates.flatMap((gate): Wanted[] => {
      const given = evidence[index]?.get(gate.name)
      const result = resultOf(gate, pull)
      const judged = judge(point, { pull, gate, given, result, terms })
      const state = checkState({
        gate: gate.name,
        head: pull.sha,
        commit: pull.atSha,
        on: pull.on,
        pulls: open,
        left,
        grants: judged.grants,
        waivers: judged.waivers,
        result,
        breakable: breakableOf(gate),
        now: terms.nowMs,
      })
      if (state === undefined) return []
      return [{ pull, gate, result, state, ...opensBy(state, judged) }]
    }),
  )
}

const hexOfCommit = (commit: string): string => commit.slice(commit.indexOf(':') + 1)

function resultOf(gate: ResolvedGate, pull: PullSeen): Result {
  if (gate.passes.kind === 'check') return resultOfRuns(gate.passes.check, mirroredOf(pull))
  const count = gate.passes.kind === 'reviews' ? gate.passes.count : 1
  const { number, reviews, sha } = pull
  const repository = { id: pull.pull.base.repo.id, name: '' }
  const told = reviews.map(({ state, commit_id, submitted_at, user }) => ({
    kind: 'review' as const,
    action: 'submitted',
    repository,
    number,
    state: state.toLowerCase(),
    commit: commit_id,
    at: submitted_at,
    by: user && { id: user.id, login: user.login, isBot: user.type === 'Bot' },
  }))
  return resultOfReviews(told, { count, head: sha, author: pull.pull.user?.id })
}

const breakableOf = ({ breakGlass, whenItCannotRun }: ResolvedGate): 'yes' | 'never' | 'when_it_cannot_run' => {
  if (breakGlass.kind === 'allowed') return 'yes'
  return whenItCannotRun === undefined ? 'never' : 'when_it_cannot_run'
}

interface Judged {
  grants: GrantFact[]
  waivers: WaiverFact[]
  verdict: GateVerdict
}

interface Matter {
  pull: PullSeen
  gate: ResolvedGate
  given: GateEvidence | undefined
  result: Result
  terms: Terms
}

/** How a point that ran the check itself would have it; only a pass and a failure say anything of a safety net. */
const ownOf: Partial<Record<Result['is'], RunResult>> = {
  passed: 'pass',
  failed: 'fail',
  skipped: 'fail',
  could_not_run: 'could_not_run',
}

function judge(point: Point, { pull, gate, given, result, terms }: Matter): Judged {
  const scene = sceneOf(point, pull, terms)
  const own = ownOf[result.is]
  const { grants = [], waivers = [], shown = new Map() } = given ?? {}
  const evidence = { receipts: [], grants, waivers, windows: [], notes: [], ...(own !== undefined && { own }) }
  const verdict = judgeGate(gate, evidence, scene)
  if (isClosed(verdict) || verdict.opens === 'pass') return { grants: [], waivers: [], verdict }
  if (verdict.opens === 'waiver')
    return { grants: [], waivers: waiverFacts(gate.name, waivers, verdict.evidence), verdict }
  if (verdict.use === undefined) return { grants: [], waivers: [], verdict }
  const { grant: id, expiresAtMs, uses, sid } = verdict.use
  const carried = grants.find(one => sidOf(one) === sid)
  const words = carried === undefined ? undefined : shown.get(carried)
  const fact: GrantFact = {
    id,
    gate: gate.name,
    number: pull.number,
    head: pull.sha,
    activatedAt: grantedAtOf(carried) ?? terms.nowMs,
    expiresAt: expiresAtMs,
    uses,
    usedBy: usesOf(point.journal, id),
    by: words?.by ?? `the grant ${id}`,
    ...(words?.review !== undefined && { review: words.review }),
  }
  return { grants: [fact], waivers: [], verdict }
}

export function sceneOf(point: Point, { ref, head }: Pick<PullSeen, 'ref' | 'head'>, terms: Terms): Scene {
  const { id: repository } = point.home.config.repository
  const useKey = (gate: string) => useKeyOf({ kind: 'check_run', repository, gate, head, base: ref })
  return sceneAt(point, { ref, commit: head, terms, useKey })
}

const statementOf = (carried: string) => {
  const parsed = parseCarried(carried)
  const statement = parsed.ok ? parseStatement(parsed.value.jws) : undefined
  return statement?.ok ? statement.value.envelope : undefined
}

/** The grant that a carried form speaks of. */
export const grantOf = (carried: string): string | undefined => statementOf(carried)?.subject

const sidOf = (carried: string): string | undefined => statementOf(carried)?.sid

function grantedAtOf(carried: string | undefined): number | undefined {
  const at = carried === undefined ? undefined : statementOf(carried)?.at
  return at === undefined ? undefined : instantToMs(at)
}

/** The one that was verified, with its end; it said where it holds. */
function waiverFacts(gate: string, carried: readonly string[], sid: string | undefined): WaiverFact[] {
  return carried.flatMap((one): WaiverFact[] => {
    const envelope = statementOf(one)
    const body = envelope && parseWaiverGrantedBody(envelope.body)
    if (!envelope || envelope.sid !== sid || !body?.ok) return []
    const { grantedAt, expiresAt } = body.value
    return [{ id: envelope.subject, gate, from: instantToMs(grantedAt), until: instantToMs(expiresAt) }]
  })
}

/** What is recorded of it. A grant that the verdict found but that cannot be for this pull request opens nothing. */
function opensBy({ externalId, conclusion }: CheckState, { verdict }: Judged): Pick<Wanted, 'said' | 'grant'> {
  if (conclusion !== 'success' || isClosed(verdict)) return { said: { opens: 'closed' } }
  const evidence = verdict.evidence === undefined ? {} : { evidence: verdict.evidence }
  if (externalId.startsWith('grant:') && verdict.use) {
    const { grant, expiresAtMs, uses } = verdict.use
    return { said: { opens: 'grant', ...evidence, grant }, grant: { id: grant, expiresAtMs, uses } }
  }
  if (externalId.startsWith('waiver:')) return { said: { opens: 'waiver', ...evidence } }
  return { said: { opens: 'pass' } }
}
