import { type Severity, severities } from '../../program/names.ts'
import type { Context } from '../context.ts'
import { met, noted, type Ruling, refused, remark, skipped } from '../ruling.ts'
import type { GrantRequest, IncidentFact, RefusalCode } from '../types.ts'
import { durationWords } from '../words.ts'

/** The incident that the request names, if the register's answer is about that one. */
export function incidentNamed(request: GrantRequest, fact: IncidentFact): IncidentFact {
  if (request.incident === undefined) return { state: 'none' }
  if (fact.state === 'none' || fact.id !== request.incident) return { state: 'unknown', id: request.incident }
  return fact
}

export function isAtLeast(severity: Severity, bar: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(bar)
}

export function incident({ request, facts, gate, way }: Context): Ruling {
  const fact = incidentNamed(request, facts.incident)
  const look = { rule: 'incident', lookedAt: `the incident named: ${request.incident ?? 'none'}` }
  if (!gate) return skipped({ ...look, wanted: 'what the gate says', found: 'the gate is not known' })
  const bar = way?.incidentAtLeast
  if (bar === undefined) return optional(look, fact, facts.nowMs)
  const wanted = `an open incident of ${bar} or graver`
  const refusal = refusalOf(fact, bar)
  if (refusal)
    return refused(refusal.code, { ...look, wanted, found: factWords(fact, facts.nowMs), remedy: refusal.remedy })
  return met({ ...look, wanted, found: factWords(fact, facts.nowMs), children: verification(fact) })
}

/** Without an incident a use is allowed here, and its review takes two signatures; so it is shown either way. */
function optional(look: { rule: string; lookedAt: string }, fact: IncidentFact, nowMs: number): Ruling {
  const wanted = 'an incident is optional for this gate'
  if (fact.state === 'none') return skipped({ ...look, wanted, found: 'none is named; the review takes two sign-offs' })
  return noted({ ...look, wanted, found: factWords(fact, nowMs), children: verification(fact) })
}

function refusalOf(fact: IncidentFact, bar: Severity): { code: RefusalCode; remedy: string } | undefined {
  const declare = `declare an incident of ${bar} or graver: breakglass incident open --severity ${bar} "what is broken"`
  switch (fact.state) {
    case 'none':
      return { code: 'no_incident', remedy: `${declare}, or name an open one with --incident` }
    case 'unknown':
      return {
        code: 'incident_unknown',
        remedy: `name an incident that exists (breakglass incident list), or ${declare}`,
      }
    case 'unreachable':
      return { code: 'incident_unreachable', remedy: `the incident tool gave no answer; ${declare}` }
    case 'resolved':
      return { code: 'incident_not_open', remedy: `name an open incident (breakglass incident list), or ${declare}` }
    case 'open':
      if (isAtLeast(fact.severity, bar)) return undefined
      return {
        code: 'incident_not_grave_enough',
        remedy: `if it is that grave, say so: breakglass incident set ${fact.id} --severity ${bar}; otherwise let the change pass its gate`,
      }
  }
}

function factWords(fact: IncidentFact, nowMs: number): string {
  switch (fact.state) {
    case 'none':
      return 'no incident is named'
    case 'unknown':
      return `${fact.id} is not in the register`
    case 'unreachable':
      return `the tool that keeps ${fact.id} could not be reached`
    case 'open':
    case 'resolved':
      return `${fact.id} is ${fact.state}, ${fact.severity}, opened ${durationWords((nowMs - fact.openedAtMs) / 1000)} ago`
  }
}

function verification(fact: IncidentFact) {
  if (fact.state !== 'open' || fact.verified) return []
  return [
    remark({
      rule: 'incident verified',
      lookedAt: fact.id,
      wanted: 'an incident that its own tool confirms',
      found: 'not confirmed; the review takes two sign-offs',
    }),
  ]
}
