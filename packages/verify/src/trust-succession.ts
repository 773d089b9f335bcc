import { type Fault, fault, show } from './fault.ts'
import type { KeyRange, Trust } from './trust.ts'

/**
 * docs/formats/trust.md: keys are ended by index, never removed. Codes: `wrong_organization`, `trust_key_removed`
 * (an issuer, a point or a range is gone, a `fromIndex` moved, or an ended range was opened again or prolonged).
 */
export function checkTrustSuccession(previous: Trust, next: Trust): Fault[] {
  const faults: Fault[] = []
  if (previous.organization !== next.organization) {
    faults.push(fault('wrong_organization', 'trust.organization', previous.organization, show(next.organization)))
  }
  for (const issuer of previous.issuers) {
    const same = next.issuers.find(({ kid }) => kid === issuer.kid)
    faults.push(...checkKept(`trust.issuers ${issuer.kid}`, issuer.ranges, same?.ranges))
  }
  for (const point of previous.points) {
    // The key alone is not enough: handing it to another point would rewrite who spoke.
    const same = next.points.find(({ kid, id }) => kid === point.kid && id === point.id)
    faults.push(...checkKept(`trust.points ${point.id} ${point.kid}`, point.ranges, same?.ranges))
  }
  return faults
}

function checkKept(at: string, previous: KeyRange[], next: KeyRange[] | undefined): Fault[] {
  if (next === undefined) return [fault('trust_key_removed', at, 'the key, ended by index if need be', 'nothing')]
  return previous.flatMap(range => {
    const same = next.filter(({ origin, fromIndex }) => origin === range.origin && fromIndex === range.fromIndex)
    if (same.some(({ untilIndex }) => endsNoLater(untilIndex, range.untilIndex))) return []
    const found = same.map(spell).join(', ')
    return [fault('trust_key_removed', `${at} ranges`, spell(range), found === '' ? 'nothing' : found)]
  })
}

/** Ending a key earlier is how a theft found late is met; ending it later would bring signatures back to life. */
function endsNoLater(untilIndex: number | undefined, previous: number | undefined): boolean {
  if (previous === undefined) return true
  return untilIndex !== undefined && untilIndex <= previous
}

function spell({ origin, fromIndex, untilIndex }: KeyRange): string {
  return `${show(origin)} from ${fromIndex} ${untilIndex === undefined ? 'on' : `until ${untilIndex}`}`
}
