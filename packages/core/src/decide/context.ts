import type { Severity } from '../program/names.ts'
import type { ResolvedGate, ResolvedProgram } from '../program/resolved.ts'
import type { Facts, GrantRequest } from './types.ts'

type Allowed = Extract<ResolvedGate['breakGlass'], { kind: 'allowed' }>

/** Under what terms a gate may be broken; a safety net that could not run is opened under its fallback's terms. */
export interface Way {
  kind: 'allowed' | 'safety_net_fallback'
  who: readonly string[]
  approvers: readonly string[]
  bots: readonly string[]
  /** Absent: an incident is optional. */
  incidentAtLeast?: Severity | undefined
  secondPerson: Allowed['secondPerson']
  ttlSeconds: number
  uses: number
  offline: boolean
}

/** What every rule sees. `gate` and `way` are absent where the program has none; rules that need them are skipped. */
export interface Context {
  program: ResolvedProgram
  request: GrantRequest
  facts: Facts
  gate?: ResolvedGate
  way?: Way
}

export function contextOf(program: ResolvedProgram, request: GrantRequest, facts: Facts): Context {
  const gate = Object.hasOwn(program.gates, request.gate) ? program.gates[request.gate] : undefined
  if (!gate) return { program, request, facts }
  const way = wayInto(gate)
  return { program, request, facts, gate, ...(way && { way }) }
}

/** The terms under which a gate may be broken at all; `undefined` for a safety net without a fallback. */
export function wayInto(gate: ResolvedGate): Way | undefined {
  if (gate.breakGlass.kind === 'allowed') return gate.breakGlass
  const fallback = gate.whenItCannotRun
  if (!fallback) return undefined
  return {
    kind: 'safety_net_fallback',
    who: fallback.who,
    approvers: fallback.approvers,
    bots: [],
    // Never solo, one use, and only where the server can still be asked.
    secondPerson: { kind: 'required' },
    ttlSeconds: fallback.ttlSeconds,
    uses: 1,
    offline: false,
  }
}
