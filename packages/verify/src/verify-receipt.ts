import { checkSpan, type RepositoryId } from './body/parts.ts'
import { parseReceiptBody, type ReceiptBody } from './body/receipt.ts'
import type { Commit } from './digest.ts'
import { type Fault, fault, pass, type Verdict } from './fault.ts'
import type { Instant } from './instant.ts'
import { judgeSigned } from './judge.ts'
import { readBody } from './judge-body.ts'
import { checkNamed, checkNow } from './scope-checks.ts'
import type { Statement } from './statement.ts'
import { hasOpenRange, type Trust } from './trust.ts'

export interface ReceiptQuestion {
  gate: string
  repository: RepositoryId
  commit: Commit
  nowMs: number
}

export interface VerifiedReceipt {
  receipt: ReceiptBody
  sid: string
  at: Instant
}

export const receiptSecondsMax = 7 * 86_400

/**
 * docs/formats/receipt.md. Says that the receipt is genuine, of this gate and commit, and valid now; its `result` is for
 * the caller, also when it is a failure. It has no proof, so the issuer's key must still be in use. Codes: those of
 * `parseStatement`, `wrong_organization`, `unknown_issuer`, `issuer_not_allowed`, `bad_signature`, `issuer_out_of_range`,
 * `bad_body`, `unknown_member`, `ttl_too_long`, `wrong_gate`, `wrong_repository`, `wrong_change`, `not_yet_valid`, `expired`.
 */
export function verifyReceipt(jws: string, trust: Trust, question: ReceiptQuestion): Verdict<VerifiedReceipt> {
  const judged = judgeSigned(jws, trust, 'breakglass-receipt+jws')
  const body = readBody(judged, { kind: 'gate.receipt' }, parseReceiptBody)
  const faults = [...judged.faults, ...body.faults]
  if (judged.issuer !== undefined && !hasOpenRange(judged.issuer.ranges)) {
    faults.push(fault('issuer_out_of_range', 'statement.header.kid', 'a key with an open range', 'ended'))
  }
  const { statement } = judged
  if (statement === undefined || body.value === undefined) return { ok: false, faults }
  faults.push(...checkReceipt(statement, body.value, question))
  if (faults.length > 0) return { ok: false, faults }
  return pass({ receipt: body.value, sid: statement.envelope.sid, at: statement.envelope.at })
}

function checkReceipt(statement: Statement, receipt: ReceiptBody, question: ReceiptQuestion): Fault[] {
  const { gate, repository, change } = receipt
  const asked = { gate: question.gate, repository: question.repository, change: { commit: question.commit } }
  const span = { from: statement.envelope.at, until: receipt.expiresAt }
  return [
    ...checkSpan('body.expiresAt', span, { minSeconds: 0, maxSeconds: receiptSecondsMax }),
    ...checkNamed({ gate, repository, change }, asked),
    ...checkNow('body', span, question.nowMs),
  ]
}
