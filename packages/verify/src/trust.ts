import { decodeBase64url, encodeBase64url } from './bytes.ts'
import { parseContainer } from './container.ts'
import { thumbprint } from './ed25519.ts'
import { type Fault, fault, type Parsed, pass } from './fault.ts'
import { parseTrustPolicy, type TrustPolicy } from './policy.ts'
import { id, integer, list, object, type Remarks, type Shape, textWhere, wrong } from './shape.ts'
import { isNoteName } from './vkey.ts'

/** docs/formats/trust.md: what a verifier pins. Installed by hand, changed by hand, never fetched. */
export interface Trust {
  /** The trust domain, `o_…`. */
  organization: string
  policy: TrustPolicy
  /** The tlog-policy file, verbatim. */
  policyText: string
  issuers: Issuer[]
  points: PointKey[]
}

/** A key is valid for entries of a log whose index is in `fromIndex` ≤ index < `untilIndex`; without `untilIndex` the range is open. */
export interface KeyRange {
  origin: string
  fromIndex: number
  untilIndex?: number
}

export interface Issuer {
  kid: string
  /** 32 bytes, Ed25519. */
  key: Uint8Array
  /** Kinds of statements it may sign, or `['*']`. */
  kinds: string[]
  ranges: KeyRange[]
}

export interface PointKey {
  /** The enforcement point, `pt_…`. It may have had several keys. */
  id: string
  kid: string
  key: Uint8Array
  ranges: KeyRange[]
}

export const trustBytesMax = 262_144

/** Codes: `too_large`, `bad_trust`, `unknown_member`, and those of the trust policy. */
export function parseTrust(text: string): Parsed<Trust> {
  const json = parseContainer(text, { code: 'bad_trust', at: 'trust', bytesMax: trustBytesMax, depthMax: 8 })
  if (!json.ok) return json
  const remarks: Remarks = { code: 'bad_trust', faults: [] }
  const file = trustFile(json.value, 'trust', remarks)
  if (file === undefined) return { ok: false, faults: remarks.faults }
  const policy = parseTrustPolicy(file.policy)
  const faults = [...(policy.ok ? [] : policy.faults), ...checkKeys(file)]
  if (!policy.ok || faults.length > 0) return { ok: false, faults }
  const { organization, issuers, points } = file
  return pass({ organization, policy: policy.value, policyText: file.policy, issuers, points })
}

/** Indented JSON with a line end. Throws TypeError on trust that `parseTrust` would refuse. `policyText` is what counts. */
export function formatTrust(trust: Trust): string {
  const { organization, policyText, issuers, points } = trust
  const file = {
    v: 1,
    organization,
    policy: policyText,
    issuers: issuers.map(({ kid, key, kinds, ranges }) => ({
      kid,
      key: encodeBase64url(key),
      kinds,
      ranges: ranges.map(spellRange),
    })),
    points: points.map(({ id, kid, key, ranges }) => ({
      id,
      kid,
      key: encodeBase64url(key),
      ranges: ranges.map(spellRange),
    })),
  }
  const text = `${JSON.stringify(file, null, 2)}\n`
  const parsed = parseTrust(text)
  if (parsed.ok) return text
  const remarks = parsed.faults.map(({ at, expected, found }) => `${at}: expected ${expected}, found ${found}`)
  throw new TypeError(`expected trust that can be read; ${remarks.join('; ')}`)
}

/** Whether the key may have signed the entry at this index of this log. */
export function isInRange(ranges: readonly KeyRange[], origin: string, index: number): boolean {
  return ranges.some(range => {
    const until = range.untilIndex ?? Number.POSITIVE_INFINITY
    return range.origin === origin && range.fromIndex <= index && index < until
  })
}

/** Whether the key is still in use for some log. */
export function hasOpenRange(ranges: readonly KeyRange[]): boolean {
  return ranges.some(range => range.untilIndex === undefined)
}

function spellRange({ origin, fromIndex, untilIndex }: KeyRange): KeyRange {
  return { origin, fromIndex, ...(untilIndex === undefined ? {} : { untilIndex }) }
}

interface TrustFile {
  v: 1
  organization: string
  policy: string
  issuers: Issuer[]
  points: PointKey[]
}

const issuersMax = 256
const pointsMax = 4_096
const rangesMax = 64

const one: Shape<1> = (value, at, remarks) => (value === 1 ? value : wrong(remarks, at, '1', value))

const publicKey: Shape<Uint8Array> = (value, at, remarks) => {
  const bytes = typeof value === 'string' ? decodeBase64url(value) : undefined
  return bytes?.length === 32 ? bytes : wrong(remarks, at, 'canonical base64url of 32 bytes', value)
}

const kid = textWhere('a thumbprint of 43 characters', value => value.length === 43)
const origin = textWhere('the origin of a log', isNoteName)
const kindOrAny = textWhere('<noun>.<verb> or *', value => {
  return value === '*' || (value.length <= 64 && /^[a-z_]+\.[a-z_]+$/.test(value))
})

const ranges = list(object({ origin, fromIndex: integer(0) }, { untilIndex: integer(0) }), { min: 1, max: rangesMax })

const trustFile: Shape<TrustFile> = object({
  v: one,
  organization: id('o'),
  policy: textWhere('a tlog-policy file', () => true),
  issuers: list(object({ kid, key: publicKey, kinds: list(kindOrAny, { min: 1, max: 256 }), ranges }), {
    max: issuersMax,
  }),
  points: list(object({ id: id('pt'), kid, key: publicKey, ranges }), { max: pointsMax }),
})

function checkKeys(file: TrustFile): Fault[] {
  const seen = new Set<string>()
  const issuers = file.issuers.flatMap((issuer, index) => [
    ...checkKey(issuer, `trust.issuers[${index}]`, seen),
    ...checkKinds(issuer.kinds, `trust.issuers[${index}].kinds`),
  ])
  return [...issuers, ...file.points.flatMap((point, index) => checkKey(point, `trust.points[${index}]`, seen))]
}

function checkKey(entry: { kid: string; key: Uint8Array; ranges: KeyRange[] }, at: string, seen: Set<string>): Fault[] {
  const faults: Fault[] = []
  const expected = thumbprint(entry.key)
  if (entry.kid !== expected) faults.push(fault('bad_trust', `${at}.kid`, `the thumbprint ${expected}`, entry.kid))
  // Also between the lists: an issuer that were a point too could speak for both.
  if (seen.has(entry.kid)) faults.push(fault('bad_trust', `${at}.kid`, 'each key once', entry.kid))
  seen.add(entry.kid)
  for (const [index, { fromIndex, untilIndex }] of entry.ranges.entries()) {
    if (untilIndex === undefined || untilIndex >= fromIndex) continue
    faults.push(fault('bad_trust', `${at}.ranges[${index}].untilIndex`, `at least ${fromIndex}`, String(untilIndex)))
  }
  return faults
}

function checkKinds(kinds: string[], at: string): Fault[] {
  if (!kinds.includes('*') || kinds.length === 1) return []
  return [fault('bad_trust', at, 'kinds, or * alone', kinds.join(', '))]
}
