import { type Fault, fault, show } from './fault.ts'
import type { PolicyLog, TrustPolicy } from './policy.ts'
import type { Issuer, KeyRange, Trust } from './trust.ts'
import { formatVkey } from './vkey.ts'

/**
 * docs/formats/trust.md "Succession": what was judged under the previous file is judged the same under the next, except what
 * a key says from the index on at which it is ended. Codes: `wrong_organization`; `trust_key_removed` (an issuer, a point or
 * a range is gone, a `fromIndex` moved, or the key is valid again where it was not); `trust_kinds_changed` (of an issuer); `trust_log_removed` (a log of the trust policy, or its key).
 */
export function checkTrustSuccession(previous: Trust, next: Trust): Fault[] {
  const faults: Fault[] = []
  if (previous.organization !== next.organization) {
    faults.push(fault('wrong_organization', 'trust.organization', previous.organization, show(next.organization)))
  }
  faults.push(...checkLogs(previous.policy, next.policy))
  for (const issuer of previous.issuers) {
    const same = next.issuers.find(({ kid }) => kid === issuer.kid)
    faults.push(...checkKept(`trust.issuers ${issuer.kid}`, issuer.ranges, same?.ranges))
    if (same !== undefined) faults.push(...checkSameKinds(issuer, same))
  }
  for (const point of previous.points) {
    // The key alone is not enough: handing it to another point would rewrite who spoke.
    const same = next.points.find(({ kid, id }) => kid === point.kid && id === point.id)
    faults.push(...checkKept(`trust.points ${point.id} ${point.kid}`, point.ranges, same?.ranges))
  }
  return faults
}

/** A log that is gone takes every proof under it along; where it is found is not part of what it is. */
function checkLogs(previous: TrustPolicy, next: TrustPolicy): Fault[] {
  const kept = new Set(next.logs.map(vkeyOf))
  return previous.logs.flatMap(log => {
    const vkey = vkeyOf(log)
    if (kept.has(vkey)) return []
    return [fault('trust_log_removed', 'trust.policy', `the log ${show(vkey)}`, show([...kept].join(', ')))]
  })
}

function vkeyOf({ key: { name, type, publicKey } }: PolicyLog): string {
  return formatVkey(name, type, publicKey)
}

/** Fewer kinds would take back what the key has said; more would bring to life what it said without leave. */
function checkSameKinds(previous: Issuer, next: Issuer): Fault[] {
  const [was, is] = [previous.kinds, next.kinds].map(kinds => [...new Set(kinds)].sort().join(', '))
  if (was === is) return []
  return [fault('trust_kinds_changed', `trust.issuers ${previous.kid} kinds`, show(was), show(is))]
}

function checkKept(at: string, previous: KeyRange[], next: KeyRange[] | undefined): Fault[] {
  if (next === undefined) return [fault('trust_key_removed', at, 'the key, ended by index if need be', 'nothing')]
  const lacking = previous.flatMap(range => {
    const same = next.filter(({ origin, fromIndex }) => origin === range.origin && fromIndex === range.fromIndex)
    if (same.length > 0 && same.every(({ untilIndex }) => endsNoLater(untilIndex, range.untilIndex))) return []
    const found = same.map(spell).join(', ')
    return [fault('trust_key_removed', `${at} ranges`, spell(range), found === '' ? 'nothing' : found)]
  })
  return [...lacking, ...next.flatMap(range => checkNotRevived(at, previous, range))]
}

/** In a log that the key was valid in before, a further range would bring to life what it signed outside of its ranges. */
function checkNotRevived(at: string, previous: KeyRange[], range: KeyRange): Fault[] {
  const before = previous.filter(({ origin }) => origin === range.origin)
  // One that begins where an earlier one does was compared with it already.
  const isWithin = ({ fromIndex, untilIndex }: KeyRange): boolean =>
    fromIndex === range.fromIndex || (fromIndex < range.fromIndex && endsNoLater(range.untilIndex, untilIndex))
  if (before.length === 0 || before.some(isWithin)) return []
  const expected = `within ${before.map(spell).join(', ')}`
  return [fault('trust_key_removed', `${at} ranges`, expected, spell(range))]
}

/** Ending a key earlier is how a theft found late is met; ending it later would bring signatures back to life. */
function endsNoLater(untilIndex: number | undefined, previous: number | undefined): boolean {
  if (previous === undefined) return true
  return untilIndex !== undefined && untilIndex <= previous
}

function spell({ origin, fromIndex, untilIndex }: KeyRange): string {
  return `${show(origin)} from ${fromIndex} ${untilIndex === undefined ? 'on' : `until ${untilIndex}`}`
}
