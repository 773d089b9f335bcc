import { parseWaiverGrantedBody, type WaiverGrantedBody } from './body/waiver-granted.ts'
import type { Digest } from './digest.ts'
import { pass, type Verdict } from './fault.ts'
import { judgeLogged, type Logged, soundOf } from './judge.ts'
import { readBody } from './judge-body.ts'
import type { VerifiedCheckpoint } from './open-checkpoint.ts'
import { checkNamed, checkNow } from './scope-checks.ts'
import type { Trust } from './trust.ts'
import type { GrantQuestion } from './verify-grant.ts'

/**
 * A waiver holds at every enforcement point and for every change, so neither is asked. Its body names no boundary
 * either, so that member is not compared.
 */
export type WaiverQuestion = Omit<GrantQuestion, 'at' | 'change'>

export interface VerifiedWaiver {
  waiver: WaiverGrantedBody
  id: string
  sid: string
  index: number
  leaf: Digest
  checkpoint: VerifiedCheckpoint
}

/**
 * Codes: those of `verifyStatement`, `wrong_kind`, `bad_body`, `unknown_member`, `ttl_too_long`, `wrong_gate`,
 * `wrong_repository`, `wrong_ref`, `not_yet_valid`, `expired`. Whether it was ended before its time is not known here.
 */
export function verifyWaiver(logged: Logged, trust: Trust, question: WaiverQuestion): Verdict<VerifiedWaiver> {
  const judged = judgeLogged(logged, trust)
  const body = readBody(judged, { kind: 'waiver.granted' }, parseWaiverGrantedBody)
  const faults = [...judged.faults, ...body.faults]
  if (body.value !== undefined) {
    const { gate, repository, ref, grantedAt, expiresAt } = body.value
    faults.push(...checkNamed({ gate, repository, ref }, question))
    faults.push(...checkNow('body', { from: grantedAt, until: expiresAt }, question.nowMs))
  }
  const sound = soundOf({ ...judged, faults })
  if (sound === undefined || body.value === undefined) return { ok: false, faults }
  const { sid, index, leaf, checkpoint, statement } = sound
  return pass({ waiver: body.value, id: statement.envelope.subject, sid, index, leaf, checkpoint })
}
