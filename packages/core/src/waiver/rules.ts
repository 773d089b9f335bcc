import { isInForce, isProgramSource, type Place } from '../decide/gates-in-force.ts'
import type { ResolvedGate, ResolvedProgram } from '../program/resolved.ts'
import type { WaiverChain } from './chain.ts'

export interface WaiverAsk {
  gate: string
  /** Each with a full ref. */
  places: readonly (Required<Place> & { name: string })[]
  seconds: number
  /** The longest of its places. */
  chain: WaiverChain
}

export interface WaiverRefusal {
  rule:
    | 'gate_unknown'
    | 'no_ref'
    | 'safety_net'
    | 'not_in_force'
    | 'program_source'
    | 'too_short'
    | 'too_long'
    | 'renewed_too_often'
  words: string
  remedy: string
}

const secondsMin = 60

/** What the program says of a waiver, asked when it is requested and again when it is granted. Empty: it may be granted. */
export function refusalsOf(
  program: ResolvedProgram,
  { gate: name, places, seconds, chain }: WaiverAsk,
): WaiverRefusal[] {
  const gate = Object.hasOwn(program.gates, name) ? program.gates[name] : undefined
  if (gate === undefined) {
    return [refusal('gate_unknown', `the program in force has no gate ${name}`, 'breakglass program show names them')]
  }
  return [
    ...gateRefusals(gate),
    ...places.flatMap(place => placeRefusals(program, gate, place)),
    ...timeRefusals(program, seconds, chain),
  ]
}

/** One person of the gate's owner; two for a gate that guards safety or security. */
export const approvalsNeeded = (gate: Pick<ResolvedGate, 'class'>): number => (gate.class === 'control' ? 2 : 1)

function gateRefusals(gate: ResolvedGate): WaiverRefusal[] {
  if (gate.breakGlass.kind === 'never') {
    return [refusal('safety_net', `${gate.name} is a safety net`, 'repair it: what nobody may open, nobody may waive')]
  }
  if (gate.boundary !== 'operate') return []
  const words = `${gate.name} stands before operations, and a waiver names a ref`
  return [refusal('no_ref', words, 'break glass for each operation')]
}

function placeRefusals(
  program: ResolvedProgram,
  gate: ResolvedGate,
  place: WaiverAsk['places'][number],
): WaiverRefusal[] {
  const where = `${place.name} ${place.ref}`
  if (isProgramSource(program, place)) {
    return [refusal('program_source', `${where} holds the program itself`, 'change the program as its owners do')]
  }
  if (isInForce(gate, place)) return []
  return [
    refusal('not_in_force', `${gate.name} is not in force on ${where}`, 'name a branch and repository of the gate'),
  ]
}

function timeRefusals({ waivers }: ResolvedProgram, seconds: number, chain: WaiverChain): WaiverRefusal[] {
  const refusals: WaiverRefusal[] = []
  if (seconds < secondsMin) {
    refusals.push(refusal('too_short', `${seconds} s is too short`, `ask for at least ${secondsMin} s`))
  }
  if (seconds > waivers.longestSeconds) {
    const words = `it would last ${seconds} s, and the program allows ${waivers.longestSeconds}`
    refusals.push(refusal('too_long', words, 'ask for less, or renew it when it ends'))
  }
  if (chain.renewals > waivers.renewals) {
    const words = `it would be renewal ${chain.renewals} in a row here, filed anew or not, and the program allows ${waivers.renewals}`
    refusals.push(
      refusal('renewed_too_often', words, 'repair the gate (breakglass repair open), or change the program'),
    )
  }
  return refusals
}

const refusal = (rule: WaiverRefusal['rule'], words: string, remedy: string): WaiverRefusal => ({ rule, words, remedy })
