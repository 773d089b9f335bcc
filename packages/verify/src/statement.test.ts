import { describe, expect, it } from 'vitest'
import { type Envelope, formatStatement, leafHash, parseStatement, statementBytesMax } from './statement.ts'
import { codesOf, valueOf } from './testing/check.ts'
import { envelopeOf, grantOf, idOf, issuer, organization, statementOf } from './testing/world.ts'
import { digestOf } from './digest.ts'

const options = { log: organization, signer: issuer }

describe('statements', () => {
  it('read back what was said, under the leaf hash of their ASCII bytes', () => {
    const envelope = envelopeOf({
      kind: 'review.opened',
      seq: 2,
      prev: digestOf('before'),
      body: { due: 1, list: [true, 'ä'] },
    })
    const jws = formatStatement(envelope, options)
    const statement = valueOf(parseStatement(jws))
    expect(statement).toEqual({
      typ: 'breakglass+jws',
      kid: issuer.kid,
      log: organization,
      envelope,
      jws,
      leaf: leafHash(jws),
    })
    expect(formatStatement(statement.envelope, options)).toBe(jws)
    expect(leafHash('')).toBe('sha256:6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
    expect(leafHash(Buffer.from(jws))).toBe(leafHash(jws))
  })

  it.each<[string, Partial<Envelope>]>([
    ['a kind without a verb', { kind: 'granted' }],
    ['a kind in capitals', { kind: 'Glass.granted' }],
    ['a long kind', { kind: `glass.${'a'.repeat(59)}` }],
    ['an id of another kind', { sid: idOf('g', 1) }],
    ['an instant without milliseconds', { at: '2026-11-23T03:00:00Z' }],
    ['a subject that is a name', { subject: 'payments' }],
    ['seq 0', { seq: 0 }],
    ['seq 2 without prev', { seq: 2 }],
    ['prev at seq 1', { prev: digestOf('x') }],
    ['a body too large', { body: { text: 'x'.repeat(statementBytesMax) } }],
    ['U+0000', { body: { text: '\0' } }],
    ['a fraction', { body: { share: 0.5 } }],
  ])('are never signed with %s', (_, change) => {
    const envelope = { ...envelopeOf({ kind: 'review.opened', body: {} }), ...change }
    expect(() => formatStatement(envelope, options)).toThrow(TypeError)
  })

  it('are never signed for a log that is no organisation, or by a key without a thumbprint', () => {
    const envelope = envelopeOf({ kind: 'review.opened', body: {} })
    expect(() => formatStatement(envelope, { ...options, log: 'acme' })).toThrow(TypeError)
    expect(() => formatStatement(envelope, { ...options, signer: { ...issuer, kid: '"' } })).toThrow(TypeError)
    expect(() =>
      formatStatement(envelope, { ...options, signer: { ...issuer, sign: () => new Uint8Array(63) } }),
    ).toThrow(TypeError)
  })

  it('take up to 24 576 bytes', () => {
    const room = Math.floor(((statementBytesMax - grantOf().length) * 3) / 4)
    const jws = grantOf({ body: { filler: 'x'.repeat(room - 20) } })
    expect(jws.length).toBeLessThanOrEqual(statementBytesMax)
    expect(codesOf(parseStatement(jws))).toEqual([])
  })

  it.each([
    ['a receipt of another kind', { kind: 'glass.granted', subject: idOf('rc', 1) }, 'breakglass-receipt+jws'],
    ['a receipt of another subject', { kind: 'gate.receipt', subject: idOf('g', 1) }, 'breakglass-receipt+jws'],
    [
      'a second receipt',
      { kind: 'gate.receipt', subject: idOf('rc', 1), seq: 2, prev: digestOf('x') },
      'breakglass-receipt+jws',
    ],
    [
      'a report of another noun',
      { kind: 'glass.used', subject: idOf('pt', 1), sid: idOf('ev', 1) },
      'breakglass-report+jws',
    ],
    [
      'a report of another subject',
      { kind: 'point.used', subject: idOf('g', 1), sid: idOf('ev', 1) },
      'breakglass-report+jws',
    ],
    ['a report with a statement id', { kind: 'point.used', subject: idOf('pt', 1) }, 'breakglass-report+jws'],
  ] as const)('are not %s', (_, change, typ) => {
    expect(() => statementOf({ ...change, body: {} }, { typ })).toThrow(/bad_envelope/)
  })
})
