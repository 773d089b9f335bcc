import { describe, expect, it } from 'vitest'
import { encodeBase64url } from './bytes.ts'
import { codesOf, valueOf } from './testing/check.ts'
import {
  idOf,
  issuer,
  noteSigner,
  origin,
  pointKey,
  seedOf,
  stranger,
  trustOf,
  witnessedPolicyText,
} from './testing/world.ts'
import { formatTrust, isInRange, type KeyRange, parseTrust, type Trust } from './trust.ts'
import { checkTrustSuccession } from './trust-succession.ts'

const trust = trustOf(witnessedPolicyText)
const text = formatTrust(trust)
const file = JSON.parse(text)
const changed = (change: object): string => JSON.stringify({ ...file, ...change })
const withRanges = (ranges: KeyRange[]): Trust => ({
  ...trust,
  issuers: trust.issuers.map(one => ({ ...one, ranges })),
})

const withKinds = (kinds: string[]): Trust => ({ ...trust, issuers: trust.issuers.map(one => ({ ...one, kinds })) })
const otherLog = noteSigner('next.example', seedOf(8))

describe('trust.json', () => {
  it('reads back what it wrote', () => {
    expect(valueOf(parseTrust(text))).toEqual(trust)
    expect(formatTrust(valueOf(parseTrust(text)))).toBe(text)
  })

  it('may be edited by hand: white space and order are free', () => {
    const reordered = Object.fromEntries(Object.entries(file).reverse())
    expect(valueOf(parseTrust(JSON.stringify(reordered, null, '\t')))).toEqual(trust)
  })

  it.each([
    ['another version', changed({ v: 2 }), ['bad_trust']],
    ['a name for the organisation', changed({ organization: 'acme' }), ['bad_trust']],
    ['an unknown member', changed({ url: 'x' }), ['unknown_member']],
    ['a missing member', changed({ points: undefined }), ['bad_trust']],
    ['a policy that is none', changed({ policy: 'quorum x\n' }), ['bad_policy']],
    [
      'a kid that is not the thumbprint',
      changed({ issuers: [{ ...file.issuers[0], kid: stranger.kid }] }),
      ['bad_trust'],
    ],
    ['a short key', changed({ issuers: [{ ...file.issuers[0], key: 'AAAA' }] }), ['bad_trust']],
    ['the same issuer twice', changed({ issuers: [file.issuers[0], file.issuers[0]] }), ['bad_trust']],
    [
      'a point with the issuer’s key',
      changed({ points: [{ ...file.points[0], kid: issuer.kid, key: encodeBase64url(issuer.publicKey) }] }),
      ['bad_trust'],
    ],
    [
      'any kind among others',
      changed({ issuers: [{ ...file.issuers[0], kinds: ['*', 'glass.granted'] }] }),
      ['bad_trust'],
    ],
    ['no kinds', changed({ issuers: [{ ...file.issuers[0], kinds: [] }] }), ['bad_trust']],
    ['no ranges', changed({ issuers: [{ ...file.issuers[0], ranges: [] }] }), ['bad_trust']],
    [
      'a range that ends before it begins',
      changed({ issuers: [{ ...file.issuers[0], ranges: [{ origin, fromIndex: 2, untilIndex: 1 }] }] }),
      ['bad_trust'],
    ],
    [
      'an unknown member of a range',
      changed({ issuers: [{ ...file.issuers[0], ranges: [{ origin, fromIndex: 2, until: 3 }] }] }),
      ['unknown_member'],
    ],
    ['a member twice', text.replace('"v": 1,', '"v": 1, "v": 1,'), ['bad_trust']],
    ['a member twice, once escaped', text.replace('"v": 1,', '"v": 1, "\\u0076": 1,'), ['bad_trust']],
    ['a member twice, deep inside', text.replace('"fromIndex": 0', '"fromIndex": 9, "fromIndex": 0'), ['bad_trust']],
    ['a list', '[]', ['bad_trust']],
    ['nothing', '', ['bad_trust']],
    ['300 kB', text + ' '.repeat(300_000), ['too_large']],
  ])('refuses %s', (_, given, codes) => {
    expect(codesOf(parseTrust(given))).toEqual(codes)
  })

  it('is not written when it could not be read', () => {
    expect(() => formatTrust({ ...trust, organization: 'acme' })).toThrow(TypeError)
  })

  it('counts ranges from the first index to before the last', () => {
    const ranges = [{ origin, fromIndex: 5, untilIndex: 7 }]
    expect([4, 5, 6, 7].map(index => isInRange(ranges, origin, index))).toEqual([false, true, true, false])
    expect(isInRange(ranges, 'other.example', 5)).toBe(false)
  })
})

describe('checkTrustSuccession', () => {
  const codes = (previous: Trust, next: Trust): string[] => checkTrustSuccession(previous, next).map(({ code }) => code)
  const added = { kid: stranger.kid, key: stranger.publicKey, kinds: ['*'], ranges: [{ origin, fromIndex: 40 }] }

  it.each<[string, Trust, Trust]>([
    ['the same', trust, trust],
    ['a further issuer', trust, { ...trust, issuers: [...trust.issuers, added] }],
    [
      'a further range',
      trust,
      withRanges([
        { origin, fromIndex: 0 },
        { origin: 'next.example', fromIndex: 0 },
      ]),
    ],
    ['a key that is ended', trust, withRanges([{ origin, fromIndex: 0, untilIndex: 90 }])],
    [
      'a key that is ended earlier still',
      withRanges([{ origin, fromIndex: 0, untilIndex: 90 }]),
      withRanges([{ origin, fromIndex: 0, untilIndex: 80 }]),
    ],
    ['other witnesses and another quorum', trust, trustOf()],
    ['a log that is found elsewhere', trust, trustOf(witnessedPolicyText.replace('\n', ' https://log.example/\n'))],
    ['a further log', trust, trustOf(`log ${otherLog.vkey}\n${witnessedPolicyText}`)],
    [
      'kinds in another order',
      withKinds(['gate.receipt', 'glass.granted']),
      withKinds(['glass.granted', 'gate.receipt']),
    ],
  ])('takes %s', (_, previous, next) => {
    expect(codes(previous, next)).toEqual([])
  })

  it.each<[string, Trust, Trust, string[]]>([
    ['an issuer that is gone', trust, { ...trust, issuers: [added] }, ['trust_key_removed']],
    ['a point that is gone', trust, { ...trust, points: [] }, ['trust_key_removed']],
    [
      'a point whose key was given to another',
      trust,
      { ...trust, points: [{ ...trust.points[0]!, id: idOf('pt', 9) }] },
      ['trust_key_removed'],
    ],
    ['a range that is gone', trust, withRanges([{ origin: 'next.example', fromIndex: 0 }]), ['trust_key_removed']],
    ['a beginning that moved', trust, withRanges([{ origin, fromIndex: 1 }]), ['trust_key_removed']],
    ['an end that is lifted', withRanges([{ origin, fromIndex: 0, untilIndex: 90 }]), trust, ['trust_key_removed']],
    [
      'an end that moved on',
      withRanges([{ origin, fromIndex: 0, untilIndex: 90 }]),
      withRanges([{ origin, fromIndex: 0, untilIndex: 91 }]),
      ['trust_key_removed'],
    ],
    ['a log that is gone', trust, trustOf(`log ${otherLog.vkey}\nquorum none\n`), ['trust_log_removed']],
    [
      'a log of the same name with another key',
      trust,
      trustOf(`log ${noteSigner(origin, seedOf(9)).vkey}\nquorum none\n`),
      ['trust_log_removed'],
    ],
    ['kinds that are fewer than any', trust, withKinds(['glass.granted']), ['trust_kinds_changed']],
    [
      'a kind that is gone',
      withKinds(['glass.granted', 'gate.receipt']),
      withKinds(['glass.granted']),
      ['trust_kinds_changed'],
    ],
    [
      'a kind that is new',
      withKinds(['gate.receipt']),
      withKinds(['gate.receipt', 'glass.granted']),
      ['trust_kinds_changed'],
    ],
    [
      'a range after the end of an ended key',
      withRanges([{ origin, fromIndex: 0, untilIndex: 90 }]),
      withRanges([
        { origin, fromIndex: 0, untilIndex: 90 },
        { origin, fromIndex: 90 },
      ]),
      ['trust_key_removed'],
    ],
    [
      'an ended range beside an open one from the same index',
      withRanges([{ origin, fromIndex: 0, untilIndex: 90 }]),
      withRanges([
        { origin, fromIndex: 0, untilIndex: 90 },
        { origin, fromIndex: 0 },
      ]),
      ['trust_key_removed'],
    ],
    [
      'a range before the beginning',
      withRanges([{ origin, fromIndex: 40 }]),
      withRanges([
        { origin, fromIndex: 40 },
        { origin, fromIndex: 0, untilIndex: 40 },
      ]),
      ['trust_key_removed'],
    ],
    ['another organisation', trust, { ...trust, organization: idOf('o', 2) }, ['wrong_organization']],
  ])('refuses %s', (_, previous, next, expected) => {
    expect(codes(previous, next)).toEqual(expected)
  })

  it('says which key, and what became of it', () => {
    const [fault] = checkTrustSuccession(trust, { ...trust, points: [] })
    expect(fault?.at).toContain(pointKey.kid)
  })
})
