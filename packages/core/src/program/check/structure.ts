import { encodeUtf8 } from '@breakglass/verify'
import { referencesOf } from '../references.ts'
import type { Finding } from '../remarks.ts'
import { formatResolved, resolvedBytesMax } from '../resolved-text.ts'
import { nearest } from '../suggest.ts'
import { type CheckContext, gatesOf, guardsProgram } from './context.ts'

/** Errors: such a program is not published. */
export function unknownTimezone({ written, isZone }: CheckContext): Finding[] {
  const zones = [
    { path: ['timezone'], zone: written.timezone },
    ...(['gates', 'templates'] as const).flatMap(section =>
      Object.entries(written[section] ?? {}).map(([name, { timezone }]) => ({
        path: [section, name, 'timezone'],
        zone: timezone,
      })),
    ),
  ]
  return zones.flatMap(({ path, zone }): Finding[] => {
    if (zone === undefined || isZone(zone)) return []
    const remedy = 'write a name of the IANA list, such as Europe/Berlin; an offset forgets summer time'
    return [{ rule: 'unknown_timezone', path, reason: `${zone} is no time zone that is known here`, remedy }]
  })
}

export function failOpenNotAdvisory(context: CheckContext): Finding[] {
  return gatesOf(context).flatMap((gate): Finding[] => {
    if (gate.whenUnavailable.kind === 'closed' || gate.class === 'advisory') return []
    const reason = `a gate of class ${gate.class} would let changes through while it cannot see them`
    const remedy = 'write when_unavailable: closed, and let break_glass open it: logged, and by a person'
    return [{ rule: 'fail_open_not_advisory', path: ['gates', gate.name, 'when_unavailable'], reason, remedy }]
  })
}

/** Whoever could open a gate on the program could write themselves any permission. */
export function gateOpensProgramSource(context: CheckContext): Finding[] {
  const { resolved, written } = context
  return gatesOf(context).flatMap((gate): Finding[] => {
    if (!guardsProgram(gate, resolved)) return []
    const fallback = written.gates?.[gate.name]?.when_it_cannot_run
    const key = gate.breakGlass.kind === 'allowed' ? 'break_glass' : 'when_it_cannot_run'
    if (gate.breakGlass.kind === 'never' && (fallback === undefined || fallback === 'never')) return []
    const where = `${resolved.source?.path} on ${resolved.source?.ref}`
    const reason = `it guards the program itself, ${where}, and no grant opens a gate there`
    const remedy = 'give that repository a gate of its own with break_glass: never, and leave it out here'
    return [{ rule: 'gate_opens_program_source', path: ['gates', gate.name, key], reason, remedy }]
  })
}

export function programTooLarge({ resolved }: CheckContext): Finding[] {
  const bytes = encodeUtf8(formatResolved(resolved)).length
  if (bytes <= resolvedBytesMax) return []
  const reason = `the resolution has ${bytes} bytes; enforcement points take ${resolvedBytesMax}`
  return [{ rule: 'too_large', path: [], reason, remedy: 'let fewer gates name many repositories each' }]
}

export function thresholdsInOrder({ resolved: { thresholds } }: CheckContext): Finding[] {
  if (!thresholds || thresholds.lowBasisPoints < thresholds.highBasisPoints) return []
  const remedy = 'write low: 1% and high: 5%'
  return [{ rule: 'wrong_value', path: ['thresholds'], reason: 'low is not below high', remedy }]
}

export function preapprovedGates({ written, resolved }: CheckContext): Finding[] {
  return Object.entries(written.preapproved ?? {}).flatMap(([name, { gates = [] }]) =>
    gates.flatMap((gate, i): Finding[] => {
      if (Object.hasOwn(resolved.gates, gate)) return []
      const meant = nearest(gate, Object.keys(resolved.gates))
      const remedy = meant ? `did you mean ${meant}?` : 'name a gate of this program'
      const path = ['preapproved', name, 'gates', i]
      return [{ rule: 'unknown_reference', path, reason: `there is no gate ${gate}`, remedy }]
    }),
  )
}

/** Advice: where a gate holds. */
export function noGates(context: CheckContext): Finding[] {
  if (gatesOf(context).length > 0) return []
  const remedy = 'start with the check that is bypassed most: breakglass init writes one'
  return [{ rule: 'no_gates', path: ['gates'], reason: 'there is no gate', remedy }]
}

export function forgeNeeded(context: CheckContext): Finding[] {
  return gatesOf(context).flatMap((gate): Finding[] => {
    const plain = gate.on.repositories.filter(({ id }) => id.forge === 'git').map(({ name }) => name)
    if (gate.passes.kind === 'check' || plain.length === 0) return []
    const unknown = gate.passes.kind === 'reviews' ? 'reviews' : 'approvals'
    const reason = `${plain.join(', ')} is plain git, which knows no ${unknown}: there only a grant or a waiver opens it`
    const remedy = 'make it a check that a job reports, or keep the gate to repositories on a forge'
    return [{ rule: 'forge_needed', path: ['gates', gate.name, gate.passes.kind], reason, remedy }]
  })
}

/** Leftovers make a reader look for what is not there. */
export function unusedDefinitions({ written }: CheckContext): Finding[] {
  const { gates = {}, templates = {}, groups = {} } = written
  const applied = new Set(Object.values(gates).map(({ use }) => use))
  const named = new Set(referencesOf(written).map(({ ref }) => ref))
  return [
    ...Object.keys(templates).flatMap(name => (applied.has(name) ? [] : leftover('templates', name))),
    ...Object.keys(groups).flatMap(name => (named.has(name) ? [] : leftover('groups', name))),
  ]
}

const leftover = (section: string, name: string): Finding[] => [
  {
    rule: 'unused_definition',
    path: [section, name],
    reason: `nothing uses ${name}`,
    remedy: 'leave it out until something does',
  },
]
