import type { Change, RepositoryId } from './body/parts.ts'
import { type GrantedBody, parseGrantedBody } from './body/granted.ts'
import type { Scope } from './body/scope.ts'
import type { Digest } from './digest.ts'
import { type Fault, pass, type Verdict } from './fault.ts'
import { type Instant, instantToMs } from './instant.ts'
import { judgeLogged, type Logged, soundOf } from './judge.ts'
import { readBody } from './judge-body.ts'
import { checkCosignedWithin, type VerifiedCheckpoint } from './open-checkpoint.ts'
import type { TrustPolicy } from './policy.ts'
import { checkNamed, checkNow, clockSkewMs } from './scope-checks.ts'
import type { Trust } from './trust.ts'

/** What is about to pass a gate, where, and when. */
export interface GrantQuestion {
  /** This enforcement point, `pt_…`. */
  at: string
  boundary: Scope['boundary']
  gate: string
  repository: RepositoryId
  ref?: string
  change: Change
  /** The gate's time: its clock, or the latest verified time in its memory if that is later. */
  nowMs: number
}

/** A grant that opens what was asked, unless it is spent. Made only by `verifyGrant`. */
export interface VerifiedGrant {
  grant: GrantedBody
  /** The grant, `g_…`. */
  id: string
  sid: string
  index: number
  leaf: Digest
  checkpoint: VerifiedCheckpoint
}

/** With witnesses a grant was seen by others when it was granted, not long after (docs/formats/grant.md, step 3). */
export const cosignedAfterMsMax = 120_000

/**
 * docs/formats/grant.md "How an enforcement point judges a grant", steps 1 to 4, 6 and 7. All faults are reported. What
 * the point remembers (step 5) and whether the grant is spent (step 8) is not known here. Codes: those of
 * `verifyStatement`, `wrong_kind`, `bad_body`, `unknown_member`, `ttl_too_long`, `cosigned_too_early_or_late`,
 * `wrong_point`, `wrong_boundary`, `wrong_gate`, `wrong_repository`, `wrong_ref`, `wrong_change`, `not_yet_valid`, `expired`.
 */
export function verifyGrant(logged: Logged, trust: Trust, question: GrantQuestion): Verdict<VerifiedGrant> {
  const judged = judgeLogged(logged, trust)
  const body = readBody(judged, { kind: 'glass.granted', subject: 'g' }, parseGrantedBody)
  const faults = [...judged.faults, ...body.faults]
  if (body.value !== undefined) {
    faults.push(...checkScope(body.value.scope, question))
    if (judged.checkpoint !== undefined)
      faults.push(...checkWitnessed(judged.checkpoint, trust.policy, body.value.scope.grantedAt))
  }
  const sound = soundOf({ ...judged, faults })
  if (sound === undefined || body.value === undefined) return { ok: false, faults }
  const { sid, index, leaf, checkpoint, statement } = sound
  return pass({ grant: body.value, id: statement.envelope.subject, sid, index, leaf, checkpoint })
}

function checkScope(scope: Scope, question: GrantQuestion): Fault[] {
  // An absent ref is compared too: a grant for no ref does not open a push to one.
  const named = checkNamed({ ...scope, ref: scope.ref }, question)
  return [...named, ...checkNow('scope', { from: scope.grantedAt, until: scope.expiresAt }, question.nowMs)]
}

/**
 * docs/formats/grant.md, step 3: with witnesses, a quorum of cosignatures is timed close to when it was granted. Whoever issues a grant
 * asks the same before it calls it live. Code: `cosigned_too_early_or_late`.
 */
export function checkWitnessed(checkpoint: VerifiedCheckpoint, policy: TrustPolicy, grantedAt: Instant): Fault[] {
  const grantedMs = instantToMs(grantedAt)
  const window = { fromMs: grantedMs - clockSkewMs, untilMs: grantedMs + cosignedAfterMsMax }
  return checkCosignedWithin(checkpoint, policy, window)
}
