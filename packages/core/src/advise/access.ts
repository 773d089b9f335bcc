import { peopleOf } from '../program/check/context.ts'
import {
  type AdviceContext,
  type AdviceRule,
  broken,
  bypassEvidence,
  type Edit,
  weeksOf,
  windowEvidence,
} from './advice.ts'
import { editsOr } from './bypass-or-relax.ts'
import type { GateFacts } from './facts.ts'

const weeksMin = 13
const weeksPerMonth = 4.35
/** People who can be named as a role; more are no "defined role". */
const fewPeople = 6
const largeGroup = 15
const standingTtlSeconds = 8 * 3600
const emergencyTtlSeconds = 4 * 3600

/** Many hold the power to open it, just in case. */
export const noStandingPower: AdviceRule = ({ program, gate, facts }) => {
  const terms = broken(gate)
  if (terms === undefined) return undefined
  const { size } = peopleOf(terms.who, program).accounts
  if (size <= largeGroup) return undefined
  const users = facts?.effectiveActors
  const used = users === undefined ? '' : ` Its uses are spread over about ${Math.round(users)}.`
  const owners = peopleOf([gate.owner], program).accounts.size
  const narrower = owners > 0 && owners < size
  return {
    rule: 'no_standing_power',
    gate: gate.name,
    reason: `${size} people may open it at any time, just in case.${used}`,
    evidence: [{ what: 'people who may break it', x: size }, ...(facts === undefined ? [] : [bypassEvidence(facts)])],
    remedy: 'Name those who are called in an emergency; everybody else asks them.',
    ...editsOr(
      narrower ? [{ path: ['gates', gate.name, 'break_glass', 'who'], is: [gate.owner] }] : [],
      'Its owner is as large a group: name a smaller one first.',
    ),
  }
}

/** Routine, frequent, low risk, by few: no emergency at all. */
export const standingAccess: AdviceRule = context => {
  const { gate } = context
  const used = routineUse(context)
  if (used === undefined || gate.class === 'control' || used.perWeek < 1) return undefined
  const { facts, glass } = used
  return {
    rule: 'standing_access',
    gate: gate.name,
    reason: `It is opened ${perWeekWords(used.perWeek)}, mostly outside incidents, by about ${Math.round(used.actors)} people: routine, not emergency.`,
    evidence: [windowEvidence('sanctioned episodes in passages', glass, facts)],
    remedy: 'Give that role scoped access that stands, or let the gate advise only; keep breaking glass rare.',
    ...editsOr(
      gate.class === 'quality' ? [{ path: ['gates', gate.name, 'class'], is: 'advisory' }] : [],
      'It only advises already: give the access in the tool that it stands before.',
    ),
  }
}

/** Sensitive and needed sometimes, by known people; or terms that are a working day and not an emergency. */
export const justInTime: AdviceRule = context => {
  const { gate, facts } = context
  const terms = broken(gate)
  if (terms === undefined) return undefined
  const used = routineUse(context)
  const longTerms = terms.ttlSeconds >= standingTtlSeconds && terms.uses > 1
  const sometimes =
    used !== undefined && used.perWeek * weeksPerMonth >= 1 && (used.perWeek < 1 || gate.class === 'control')
  if (!longTerms && !sometimes) return undefined
  const at = (key: string) => ['gates', gate.name, 'break_glass', key]
  const edits: Edit[] = [
    ...(longTerms
      ? [
          { path: at('ttl'), is: '30m' },
          { path: at('uses'), is: 1 },
        ]
      : []),
    ...(terms.incidentAtLeast === undefined ? [{ path: at('incident'), is: { at_least: 'SEV2' } }] : []),
  ]
  const reason = sometimes
    ? `It is opened ${perWeekWords(used.perWeek)}, mostly outside incidents, by about ${Math.round(used.actors)} people who can be named ahead.`
    : `A grant lasts ${Math.round(terms.ttlSeconds / 3600)} hours and covers ${terms.uses} landings: a working day, not an emergency.`
  return {
    rule: 'just_in_time',
    gate: gate.name,
    reason,
    evidence:
      used === undefined
        ? [
            { what: 'landings one grant covers', x: terms.uses },
            ...(facts === undefined ? [] : [bypassEvidence(facts)]),
          ]
        : [windowEvidence('sanctioned episodes in passages', used.glass, used.facts)],
    remedy: 'Give those people access on request that ends by itself, and keep breaking glass for emergencies.',
    ...editsOr(edits, 'Its terms are those of an emergency already: what is missing is the access on request.'),
  }
}

/** Rare and in emergencies, as it should be: then its terms can be as narrow. */
export const keepBreakGlass: AdviceRule = ({ gate, facts }) => {
  const terms = broken(gate)
  if (terms === undefined || facts === undefined || facts.bypass.x === 0) return undefined
  if (facts.label !== 'incidents_only' && facts.label !== 'near_zero') return undefined
  const at = (key: string) => ['gates', gate.name, 'break_glass', key]
  const edits: Edit[] = [
    ...(terms.incidentAtLeast === undefined && facts.label === 'incidents_only'
      ? [{ path: at('incident'), is: { at_least: 'SEV2' } }]
      : []),
    ...(terms.ttlSeconds > emergencyTtlSeconds ? [{ path: at('ttl'), is: '30m' }] : []),
  ]
  if (edits.length === 0) return undefined
  return {
    rule: 'keep_break_glass',
    gate: gate.name,
    reason: `${facts.bypass.x} of ${facts.bypass.n} passages: rare${facts.label === 'incidents_only' ? ' and in incidents' : ''}, as it should be; its terms allow more.`,
    evidence: [bypassEvidence(facts)],
    remedy: 'Keep break-glass here, on the terms of an emergency.',
    edits,
  }
}

interface Routine {
  facts: GateFacts
  glass: NonNullable<GateFacts['glass']>
  perWeek: number
  actors: number
}

/** Sanctioned use that is mostly outside incidents and by few; nothing where any of that was not measured. */
function routineUse({ gate, facts }: AdviceContext): Routine | undefined {
  if (!broken(gate) || facts?.glass === undefined) return undefined
  const { glass, outside, effectiveActors: actors } = facts
  if (outside === undefined || actors === undefined || actors > fewPeople) return undefined
  if (weeksOf(facts) < weeksMin || outside * 2 <= facts.bypass.x) return undefined
  return { facts, glass, perWeek: glass.x / weeksOf(facts), actors }
}

function perWeekWords(perWeek: number): string {
  if (perWeek >= 1) return `${Number(perWeek.toFixed(1))} times a week`
  return `${Number((perWeek * weeksPerMonth).toFixed(1))} times a month`
}
