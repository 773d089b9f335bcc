import { type PassedUnavailableBody, parsePassedUnavailableBody } from './body/passed-unavailable.ts'
import type { Digest } from './digest.ts'
import { pass, type Verdict } from './fault.ts'
import { judgeLogged, type Logged, soundOf } from './judge.ts'
import { readBody } from './judge-body.ts'
import type { VerifiedCheckpoint } from './open-checkpoint.ts'
import { checkNamed, checkNow } from './scope-checks.ts'
import type { Trust } from './trust.ts'
import type { GrantQuestion } from './verify-grant.ts'

export interface VerifiedPassedUnavailable {
  window: PassedUnavailableBody
  id: string
  sid: string
  index: number
  leaf: Digest
  checkpoint: VerifiedCheckpoint
}

/**
 * One window of passing while a gate cannot run; that the gate may pass at all is for the program in force to say. The
 * body names no boundary, so that of the question is not compared. Codes: those of `verifyStatement`, `wrong_kind`, `bad_body`,
 * `unknown_member`, `ttl_too_long`, `wrong_point`, `wrong_gate`, `wrong_repository`, `wrong_ref`, `wrong_change`,
 * `not_yet_valid`, `expired`.
 */
export function verifyPassedUnavailable(
  logged: Logged,
  trust: Trust,
  question: GrantQuestion,
): Verdict<VerifiedPassedUnavailable> {
  const judged = judgeLogged(logged, trust)
  const body = readBody(judged, { kind: 'gate.passed_unavailable' }, parsePassedUnavailableBody)
  const faults = [...judged.faults, ...body.faults]
  if (body.value !== undefined) {
    const { at, gate, repository, ref, change, windowFrom, windowUntil } = body.value
    faults.push(...checkNamed({ at, gate, repository, ref, change }, question))
    faults.push(...checkNow('body', { from: windowFrom, until: windowUntil }, question.nowMs))
  }
  const sound = soundOf({ ...judged, faults })
  if (sound === undefined || body.value === undefined) return { ok: false, faults }
  const { sid, index, leaf, checkpoint, statement } = sound
  return pass({ window: body.value, id: statement.envelope.subject, sid, index, leaf, checkpoint })
}
