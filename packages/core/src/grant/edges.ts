import { invariant } from '../errors.ts'
import type { StatementKind } from '../statement/kinds.ts'

/**
 * The life of a grant, as one table shared by server, CLI and web: who or what moves it, under which guard, and which
 * statement says so. There is no other way from one state to another.
 *
 *     requested → waiting → granted → live → (used)* → expired | revoked | exhausted → shut
 *     final: refused · declined · withdrawn · void
 */
export const grantStates = [
  'requested',
  'waiting',
  'granted',
  'live',
  'expired',
  'revoked',
  'exhausted',
  'shut',
  'refused',
  'declined',
  'withdrawn',
  'void',
] as const
export type GrantState = (typeof grantStates)[number]

/** Nothing moves on from these, and none of them ever opened a gate or will again. */
export const finalStates = ['shut', 'refused', 'declined', 'withdrawn', 'void'] as const satisfies readonly GrantState[]

export interface GrantEdge {
  name: string
  from: GrantState | 'nothing'
  to: GrantState
  /** Whose act it is: a person, the clock, the ledger's answer, or the enforcement point's report. */
  by: 'actor' | 'second person' | 'owner' | 'timer' | 'ledger' | 'point' | 'rules'
  guard: string
  /** The statement that records it. `live` is recorded by the proof of `glass.granted` itself. */
  kind: StatementKind
}

export const grantEdges = [
  { name: 'refuse', from: 'nothing', to: 'refused', by: 'rules', guard: 'decide refuses', kind: 'glass.refused' },
  { name: 'request', from: 'nothing', to: 'requested', by: 'actor', guard: 'decide grants', kind: 'glass.requested' },
  {
    name: 'wait',
    from: 'nothing',
    to: 'waiting',
    by: 'actor',
    guard: 'decide wants a second person',
    kind: 'glass.requested',
  },
  {
    name: 'approve',
    from: 'waiting',
    to: 'requested',
    by: 'second person',
    guard: 'may approve; is not the actor or an author',
    kind: 'glass.approved',
  },
  {
    name: 'go solo',
    from: 'waiting',
    to: 'requested',
    by: 'timer',
    guard: 'the program says wait then solo, and the wait is over',
    kind: 'glass.went_solo',
  },
  {
    name: 'decline',
    from: 'waiting',
    to: 'declined',
    by: 'second person',
    guard: 'may approve; is not the actor',
    kind: 'glass.declined',
  },
  { name: 'withdraw', from: 'waiting', to: 'withdrawn', by: 'actor', guard: 'is the actor', kind: 'glass.withdrawn' },
  {
    name: 'give up',
    from: 'waiting',
    to: 'refused',
    by: 'timer',
    guard: 'nobody approved in time',
    kind: 'glass.refused',
  },
  {
    name: 'grant',
    from: 'requested',
    to: 'granted',
    by: 'rules',
    guard: 'decide, run again with fresh facts, grants',
    kind: 'glass.granted',
  },
  {
    name: 'refuse again',
    from: 'requested',
    to: 'refused',
    by: 'rules',
    guard: 'decide, run again with fresh facts, refuses',
    kind: 'glass.refused',
  },
  {
    name: 'go live',
    from: 'granted',
    to: 'live',
    by: 'ledger',
    guard: 'the proof came within logWaitSecondsMax',
    kind: 'glass.granted',
  },
  {
    name: 'void',
    from: 'granted',
    to: 'void',
    by: 'timer',
    guard: 'no proof within logWaitSecondsMax',
    kind: 'glass.voided',
  },
  { name: 'use', from: 'live', to: 'live', by: 'point', guard: 'used < uses after this use', kind: 'glass.used' },
  {
    name: 'exhaust',
    from: 'live',
    to: 'exhausted',
    by: 'point',
    guard: 'used = uses after this use',
    kind: 'glass.used',
  },
  { name: 'expire', from: 'live', to: 'expired', by: 'timer', guard: 'now ≥ expiresAt', kind: 'glass.expired' },
  {
    name: 'revoke',
    from: 'live',
    to: 'revoked',
    by: 'owner',
    guard: 'is the actor, an approver, the gate owner or a program owner',
    kind: 'glass.revoked',
  },
  {
    name: 'shut expired',
    from: 'expired',
    to: 'shut',
    by: 'point',
    guard: 'the point or the use table confirms that it opens no more',
    kind: 'glass.shut',
  },
  {
    name: 'shut revoked',
    from: 'revoked',
    to: 'shut',
    by: 'point',
    guard: 'the point or the use table confirms that it opens no more',
    kind: 'glass.shut',
  },
  {
    name: 'shut exhausted',
    from: 'exhausted',
    to: 'shut',
    by: 'point',
    guard: 'the point or the use table confirms that it opens no more',
    kind: 'glass.shut',
  },
] as const satisfies readonly GrantEdge[]

export type GrantEdgeName = (typeof grantEdges)[number]['name']

/** The edge by name; the caller puts `from` into its statement's `where`, so that a race finds no row. */
export function edgeNamed(name: GrantEdgeName): GrantEdge {
  const edge = grantEdges.find(candidate => candidate.name === name)
  invariant(edge, `no edge is named ${name}`)
  return edge
}

/** What may still be done in a state, in the words of the table; pages and CLI disable with this. */
export function edgesFrom(state: GrantState): GrantEdge[] {
  return grantEdges.filter(edge => edge.from === state)
}

export const isFinal = (state: GrantState): boolean => (finalStates as readonly GrantState[]).includes(state)
