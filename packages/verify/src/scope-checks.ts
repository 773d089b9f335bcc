import { type Change, type RepositoryId, sameChange, sameRepository } from './body/parts.ts'
import { type Fault, fault, type FaultCode, show } from './fault.ts'
import { type Instant, instantToMs } from './instant.ts'

/** How far a gate's clock may stand behind the issuer's (docs/formats/grant.md "How an enforcement point judges a grant", 7). */
export const clockSkewMs = 60_000

/** What is asked at a gate, and what the evidence names; members that one of them does not have are left out. */
export interface Named {
  at?: string
  boundary?: string
  gate: string
  repository: RepositoryId
  ref?: string | undefined
  change?: Change
}

/** Each member that the evidence names must equal what is asked. There is no wildcard. */
export function checkNamed(evidence: Named, asked: Named): Fault[] {
  const faults: Fault[] = []
  const equal = (code: FaultCode, member: 'at' | 'boundary' | 'gate' | 'ref'): void => {
    if (evidence[member] === asked[member]) return
    faults.push(fault(code, `scope.${member}`, show(asked[member]), show(evidence[member])))
  }
  if ('at' in evidence) equal('wrong_point', 'at')
  if ('boundary' in evidence) equal('wrong_boundary', 'boundary')
  equal('wrong_gate', 'gate')
  if (!sameRepository(evidence.repository, asked.repository)) {
    faults.push(fault('wrong_repository', 'scope.repository', spell(asked.repository), spell(evidence.repository)))
  }
  if ('ref' in evidence) equal('wrong_ref', 'ref')
  if (evidence.change !== undefined && !(asked.change !== undefined && sameChange(evidence.change, asked.change))) {
    faults.push(fault('wrong_change', 'scope.change', spell(asked.change), spell(evidence.change)))
  }
  return faults
}

/** `from` − 60 s ≤ now < `until`. A `nowMs` that is no number is outside of every span. */
export function checkNow(at: string, span: { from: Instant; until: Instant }, nowMs: number): Fault[] {
  const now = Number.isFinite(nowMs) ? `${nowMs} ms since 1970` : 'no time'
  const faults: Fault[] = []
  if (!(nowMs >= instantToMs(span.from) - clockSkewMs)) {
    faults.push(fault('not_yet_valid', at, `a time from ${span.from}, less 60 s`, now))
  }
  if (!(nowMs < instantToMs(span.until))) faults.push(fault('expired', at, `a time before ${span.until}`, now))
  return faults
}

function spell(value: Change | RepositoryId | undefined): string {
  return value === undefined ? 'nothing' : show(Object.values(value).join(' '))
}
