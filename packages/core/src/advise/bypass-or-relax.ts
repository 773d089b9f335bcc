import {
  type Advice,
  type AdviceRule,
  broken,
  bypassEvidence,
  type Edit,
  reliefValve,
  windowEvidence,
} from './advice.ts'
import type { GateFacts } from './facts.ts'
import type { ResolvedGate } from '../program/resolved.ts'

const unsanctionedMin = 3
/** A check that fails one unchanged commit in twenty lies often enough to be gone around. */
const flakeHigh = 0.05

/** The gate is right nearly always; the rest are emergencies, and nothing sanctioned opens it. */
export const addBreakGlass: AdviceRule = ({ gate, facts }) => {
  if (broken(gate) || facts === undefined || isGoneAround(facts)) return undefined
  if (facts.bypass.x === 0 || (facts.label !== 'near_zero' && facts.label !== 'incidents_only')) return undefined
  const { x, n } = facts.bypass
  return {
    rule: 'add_break_glass',
    gate: gate.name,
    reason: `It is right nearly always, yet ${x} of ${n} passages had to go around it, because nothing opens it.`,
    evidence: [bypassEvidence(facts)],
    remedy: 'Keep it strict and say who may open it in an emergency, for how long, and with whom.',
    edits: reliefValve(gate),
  }
}

/** More go around it unseen than through the sanctioned path. */
export const sanctionPathInUse: AdviceRule = ({ gate, facts }) => {
  if (facts?.unsanctioned === undefined || !isGoneAround(facts)) return undefined
  const { x } = facts.unsanctioned
  return {
    rule: 'sanction_path_in_use',
    gate: gate.name,
    reason: `${x} of ${facts.bypass.x} episodes went around it unsanctioned: a path is in use that nobody sees.`,
    evidence: [windowEvidence('unsanctioned episodes in passages', facts.unsanctioned, facts), bypassEvidence(facts)],
    remedy: 'Make the sanctioned path the easier one, and ask what about the gate hurts.',
    ...editsOr(
      easierPath(gate),
      'The path is as easy as it can be: ask those who went around it why they did not take it.',
    ),
  }
}

const isGoneAround = ({ unsanctioned, bypass }: GateFacts): boolean =>
  unsanctioned !== undefined && unsanctioned.x >= unsanctionedMin && unsanctioned.x * 2 > bypass.x

function easierPath(gate: ResolvedGate): Edit[] {
  const terms = broken(gate)
  if (terms === undefined) return reliefValve(gate)
  const at = (key: string) => ['gates', gate.name, 'break_glass', key]
  return [
    ...(terms.incidentAtLeast === undefined ? [] : [{ path: at('incident'), is: 'optional' }]),
    ...(terms.secondPerson.kind === 'required' && gate.class !== 'control'
      ? [{ path: at('second_person'), is: { wait: '5m' } }]
      : []),
  ]
}

/** The check fails unchanged code: it lies, or blocks what is right. */
export const fixFlakyCheck: AdviceRule = ({ gate, facts }) => {
  if (facts === undefined || !isFlaky(facts) || facts.bypass.x === 0) return undefined
  const { x, n } = facts.flake
  return {
    rule: 'fix_flaky_check',
    gate: gate.name,
    reason: `It failed first on ${x} of ${n} commits that it passed later, unchanged: the check lies, and is gone around for it.`,
    evidence: [windowEvidence('good commits that it failed first', facts.flake, facts), bypassEvidence(facts)],
    remedy: 'Repair the check: quarantine what is flaky, and record the repair with an owner and a date.',
    ...editsOr(untilMended(gate), 'No line of a program mends a check; record its repair.'),
  }
}

const isFlaky = (facts: GateFacts): facts is GateFacts & { flake: NonNullable<GateFacts['flake']> } =>
  facts.flake !== undefined && facts.flake.interval.low > flakeHigh

/** High and steady, at a gate that guards neither safety nor security. */
export const relaxGate: AdviceRule = ({ gate, facts }) => {
  if (facts === undefined || gate.class === 'control' || isFlaky(facts) || !facts.fired.includes('high'))
    return undefined
  return {
    rule: 'relax_gate',
    gate: gate.name,
    reason: `${facts.bypass.x} of ${facts.bypass.n} passages went around it: it is too slow, too flaky or blocks the wrong thing.`,
    evidence: [bypassEvidence(facts)],
    remedy: 'Build the gate anew; until then, do not let it hold up what is gone around anyway.',
    ...editsOr(untilMended(gate), 'It only advises already: mend it, or take it out.'),
  }
}

/** Widenings, so two owners sign them: one review less, or the gate only advises while it is mended. */
function untilMended({ name, class: one, passes }: ResolvedGate): Edit[] {
  if (one === 'control') return []
  if (passes.kind === 'reviews' && passes.count > 1) {
    return [{ path: ['gates', name, 'reviews'], is: passes.count - 1 }]
  }
  return one === 'quality' ? [{ path: ['gates', name, 'class'], is: 'advisory' }] : []
}

const hurts = ['high', 'rising', 'weekday'] as const
const ttlSecondsMost = 4 * 3600

/** What it guards is grave: the pain is no reason to weaken it. */
export const keepStrict: AdviceRule = ({ gate, facts }) => {
  const painful = facts !== undefined && hurts.some(label => facts.fired.includes(label))
  if (gate.class !== 'control' || facts === undefined || !painful) return undefined
  const words = facts.label.replaceAll('_', ' ')
  return {
    rule: 'keep_strict',
    gate: gate.name,
    reason: `Its bypasses read “${words}” (${facts.bypass.x} of ${facts.bypass.n}), and it guards safety or security.`,
    evidence: [bypassEvidence(facts)],
    remedy: 'Do not weaken it: mend what hurts, and keep break-glass scoped, short and with a second person.',
    ...editsOr(scoped(gate), 'Its terms are narrow already: what is left to mend is the gate, not the program.'),
  }
}

function scoped(gate: ResolvedGate): Edit[] {
  const terms = broken(gate)
  if (terms === undefined) return reliefValve(gate)
  const at = (key: string) => ['gates', gate.name, 'break_glass', key]
  return [
    ...(terms.secondPerson.kind === 'none' ? [{ path: at('second_person'), is: 'required' }] : []),
    ...(terms.ttlSeconds > ttlSecondsMost ? [{ path: at('ttl'), is: '30m' }] : []),
  ]
}

export const editsOr = (edits: Edit[], noEdit: string): Pick<Advice, 'edits' | 'noEdit'> =>
  edits.length > 0 ? { edits } : { edits, noEdit }
