import { describe, expect, it } from 'vitest'
import { digestOf } from './digest.ts'
import type { FaultCode } from './fault.ts'
import { verifyReport } from './report.ts'
import { formatStatement } from './statement.ts'
import { codesOf, valueOf } from './testing/check.ts'
import {
  envelopeOf,
  grantedMs,
  idOf,
  issuer,
  jsonOf,
  logged,
  neighbours,
  organization,
  origin,
  pointKey,
  question,
  receiptBody,
  repository,
  scope,
  statementOf,
  stranger,
  trustOf,
} from './testing/world.ts'
import { verifyPassedUnavailable } from './verify-passed-unavailable.ts'
import { type ReceiptQuestion, verifyReceipt } from './verify-receipt.ts'
import { verifyStatement } from './verify-statement.ts'
import { verifyWaiver } from './verify-waiver.ts'

const trust = trustOf()

describe('verifyStatement', () => {
  it('takes any kind: who said it and that it was logged', () => {
    const verified = valueOf(verifyStatement(logged(statementOf({ kind: 'choir.sung', body: { song: 1 } })), trust))
    expect(verified.statement.envelope.kind).toBe('choir.sung')
    expect(verified.index).toBe(7)
  })

  it('does not take a receipt for an entry, though it was logged', () => {
    const receipt = statementOf(
      { kind: 'gate.receipt', subject: idOf('rc', 1), body: jsonOf(receiptBody) },
      { typ: 'breakglass-receipt+jws' },
    )
    expect(codesOf(verifyStatement(logged(receipt), trust))).toEqual(['bad_header'])
    expect(codesOf(verifyStatement({ jws: neighbours[0]!, proof: '' }, trust))).toEqual(['not_logged'])
  })
})

describe('verifyReceipt', () => {
  const asked: ReceiptQuestion = {
    gate: receiptBody.gate,
    repository,
    commit: receiptBody.change.commit,
    nowMs: grantedMs + 1000,
  }
  const receiptOf = (body: object = {}, options = {}): string => {
    const parts = { kind: 'gate.receipt', subject: idOf('rc', 1), body: { ...jsonOf(receiptBody), ...jsonOf(body) } }
    return statementOf(parts, { typ: 'breakglass-receipt+jws', ...options })
  }
  const week = 7 * 86_400_000
  const ended = {
    ...trust,
    issuers: trust.issuers.map(one => ({ ...one, ranges: [{ origin, fromIndex: 0, untilIndex: 900 }] })),
  }
  const narrow = (kinds: string[]) => ({ ...trust, issuers: trust.issuers.map(one => ({ ...one, kinds })) })

  it.each(['pass', 'fail', 'could_not_run'])('hands on a result of %s', result => {
    expect(valueOf(verifyReceipt(receiptOf({ result }), trust, asked)).receipt.result).toBe(result)
  })

  it('holds for a week, from a minute before', () => {
    expect(codesOf(verifyReceipt(receiptOf(), trust, { ...asked, nowMs: grantedMs - 60_000 }))).toEqual([])
    expect(codesOf(verifyReceipt(receiptOf(), trust, { ...asked, nowMs: grantedMs + week - 1 }))).toEqual([])
    expect(codesOf(verifyReceipt(receiptOf(), narrow(['gate.receipt']), asked))).toEqual([])
  })

  it.each<[string, FaultCode[], string, typeof trust, Partial<ReceiptQuestion>]>([
    ['another gate', ['wrong_gate'], receiptOf(), trust, { gate: 'payments/smoke' }],
    ['another commit', ['wrong_change'], receiptOf(), trust, { commit: `sha1:${'cd'.repeat(20)}` }],
    [
      'another repository',
      ['wrong_repository'],
      receiptOf(),
      trust,
      { repository: { ...repository, id: idOf('r', 2) } },
    ],
    ['the week over', ['expired'], receiptOf(), trust, { nowMs: grantedMs + week }],
    ['a time before', ['not_yet_valid'], receiptOf(), trust, { nowMs: grantedMs - 60_001 }],
    ['more than a week', ['ttl_too_long'], receiptOf({ expiresAt: '2026-11-30T03:00:00.001Z' }), trust, {}],
    [
      'an end before its beginning',
      ['bad_body', 'expired'],
      receiptOf({ expiresAt: '2026-11-23T02:00:00.000Z' }),
      trust,
      {},
    ],
    ['an unknown result', ['bad_body'], receiptOf({ result: 'skipped' }), trust, {}],
    ['an unknown member', ['unknown_member'], receiptOf({ attempt: 2 }), trust, {}],
    ['a stranger', ['unknown_issuer'], receiptOf({}, { signer: stranger }), trust, {}],
    ['a forged signature', ['bad_signature'], receiptOf({}, { signer: { ...stranger, kid: issuer.kid } }), trust, {}],
    ['another organisation', ['wrong_organization'], receiptOf({}, { log: idOf('o', 2) }), trust, {}],
    ['an issuer that may only grant', ['issuer_not_allowed'], receiptOf(), narrow(['glass.granted']), {}],
    ['an issuer whose key has ended', ['issuer_out_of_range'], receiptOf(), ended, {}],
    [
      'an entry of the same words',
      ['bad_header'],
      statementOf({ kind: 'gate.receipt', subject: idOf('rc', 1), body: jsonOf(receiptBody) }),
      trust,
      {},
    ],
  ])('refuses %s', (_, codes, jws, pinned, change) => {
    expect(codesOf(verifyReceipt(jws, pinned, { ...asked, ...change }))).toEqual(codes)
  })
})

describe('verifyWaiver', () => {
  const body = {
    expiresAt: '2026-12-23T03:00:00.000Z',
    gate: scope.gate,
    grantedAt: '2026-11-23T03:00:00.000Z',
    owner: idOf('p', 1),
    program: scope.program,
    reason: { commit: digestOf('why') },
    ref: 'refs/heads/main',
    repository,
  }
  const waiverOf = (change: object = {}, kind = 'waiver.granted') =>
    logged(statementOf({ kind, body: jsonOf({ ...body, ...change }) }))
  const asked = { boundary: 'merge', gate: scope.gate, repository, ref: 'refs/heads/main', nowMs: grantedMs } as const

  it('holds for its gate on its ref until it ends', () => {
    expect(valueOf(verifyWaiver(waiverOf(), trust, asked)).waiver).toEqual(body)
  })

  it.each<[string, FaultCode[], ReturnType<typeof waiverOf>, object]>([
    ['no proof', ['not_logged'], { ...waiverOf(), proof: '' }, {}],
    ['another gate', ['wrong_gate'], waiverOf(), { gate: 'payments/smoke' }],
    ['another ref', ['wrong_ref'], waiverOf(), { ref: 'refs/heads/x' }],
    ['no ref', ['wrong_ref'], waiverOf(), { ref: undefined }],
    ['another repository', ['wrong_repository'], waiverOf(), { repository: { ...repository, host: 'x' } }],
    ['its end', ['expired'], waiverOf(), { nowMs: Date.parse(body.expiresAt) }],
    ['a time before', ['not_yet_valid'], waiverOf(), { nowMs: grantedMs - 60_001 }],
    ['more than 90 days', ['ttl_too_long'], waiverOf({ expiresAt: '2027-02-21T03:00:00.001Z' }), {}],
    ['an end at its beginning', ['bad_body'], waiverOf({ expiresAt: body.grantedAt }), {}],
    ['an unknown member', ['unknown_member'], waiverOf({ renewals: 1 }), {}],
    ['another kind', ['wrong_kind'], waiverOf({}, 'waiver.requested'), {}],
  ])('refuses %s', (_, codes, given, change) => {
    expect(codesOf(verifyWaiver(given, trust, { ...asked, ...change }))).toEqual(codes)
  })
})

describe('verifyPassedUnavailable', () => {
  const body = {
    at: scope.at,
    change: scope.change,
    gate: scope.gate,
    program: scope.program,
    ref: 'refs/heads/main',
    repository,
    windowFrom: '2026-11-23T03:00:00.000Z',
    windowUntil: '2026-11-23T07:00:00.000Z',
  }
  const windowOf = (change: object = {}) =>
    logged(statementOf({ kind: 'gate.passed_unavailable', body: jsonOf({ ...body, ...change }) }))

  it('holds for one change at one point within its window', () => {
    expect(valueOf(verifyPassedUnavailable(windowOf(), trust, question)).window).toEqual(body)
  })

  it.each<[string, FaultCode[], ReturnType<typeof windowOf>, object]>([
    ['no proof', ['not_logged'], { ...windowOf(), proof: '' }, {}],
    ['more than 4 h', ['ttl_too_long'], windowOf({ windowUntil: '2026-11-23T07:00:00.001Z' }), {}],
    ['another point', ['wrong_point'], windowOf(), { at: idOf('pt', 2) }],
    ['another gate', ['wrong_gate'], windowOf(), { gate: 'x' }],
    ['another change', ['wrong_change'], windowOf(), { change: { operation: digestOf('x') } }],
    ['another ref', ['wrong_ref'], windowOf(), { ref: 'refs/heads/x' }],
    ['another repository', ['wrong_repository'], windowOf(), { repository: { ...repository, forge: 'x' } }],
    ['the end of the window', ['expired'], windowOf(), { nowMs: Date.parse(body.windowUntil) }],
  ])('refuses %s', (_, codes, given, change) => {
    expect(codesOf(verifyPassedUnavailable(given, trust, { ...question, ...change }))).toEqual(codes)
  })
})

describe('verifyReport', () => {
  const key = { id: idOf('pt', 1), kid: pointKey.kid, key: pointKey.publicKey }
  const reportOf = (change: object = {}, options = {}) => {
    const envelope = {
      ...envelopeOf({ kind: 'point.used', sid: idOf('ev', 1), subject: idOf('pt', 1), body: {} }),
      ...change,
    }
    return formatStatement(envelope, { log: organization, signer: pointKey, typ: 'breakglass-report+jws', ...options })
  }

  it('takes an event of the point, also the later ones', () => {
    expect(valueOf(verifyReport(reportOf(), key, organization)).envelope.kind).toBe('point.used')
    expect(codesOf(verifyReport(reportOf({ seq: 2, prev: digestOf('x') }), key, organization))).toEqual([])
  })

  it.each<[string, FaultCode[], string, Partial<typeof key>]>([
    ['another point', ['wrong_point'], reportOf({ subject: idOf('pt', 2) }), {}],
    ['another key', ['bad_signature', 'unknown_issuer'], reportOf({}, { signer: stranger }), {}],
    ['a forged signature', ['bad_signature'], reportOf({}, { signer: { ...stranger, kid: pointKey.kid } }), {}],
    [
      'a key registered under another thumbprint',
      ['bad_signature', 'unknown_issuer'],
      reportOf(),
      { key: stranger.publicKey },
    ],
    ['another organisation', ['wrong_organization'], reportOf({}, { log: idOf('o', 2) }), {}],
  ])('refuses %s', (_, codes, jws, change) => {
    expect(codesOf(verifyReport(jws, { ...key, ...change }, organization))).toEqual(codes)
  })
})
