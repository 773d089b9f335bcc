import { describe, expect, it } from 'vitest'
import { statementKinds } from '../statement/kinds.ts'
import { edgeNamed, edgesFrom, finalStates, type GrantState, grantEdges, grantStates, isFinal } from './edges.ts'
import { isShutOverdue } from './time.ts'

describe('the life of a grant', () => {
  it('records every edge by a kind of statement that exists', () => {
    for (const edge of grantEdges) expect(Object.keys(statementKinds), edge.name).toContain(edge.kind)
  })

  it('names every edge once', () => {
    expect(new Set(grantEdges.map(edge => edge.name)).size).toBe(grantEdges.length)
  })

  it('reaches every state from nothing', () => {
    const reached = new Set<string>(['nothing'])
    for (let before = -1; before < reached.size; ) {
      before = reached.size
      for (const edge of grantEdges) if (reached.has(edge.from)) reached.add(edge.to)
    }
    expect([...reached].sort()).toEqual(['nothing', ...grantStates].sort())
  })

  it.each(finalStates)('lets nothing move on from %s', state => {
    expect(edgesFrom(state)).toEqual([])
    expect(isFinal(state)).toBe(true)
  })

  /**
   * What the clock or a person can end cannot hang. `requested` is moved on by the rules in the very transaction that
   * made it; what only the enforcement point can confirm raises an alarm instead of waiting in silence.
   */
  it.each(grantStates.filter(state => !isFinal(state)))('cannot hang in %s', state => {
    const by = edgesFrom(state).map(edge => edge.by)
    const moves = by.some(who => who === 'timer' || who === 'actor' || who === 'rules')
    const end = { expiresAtMs: 0, revokedAtMs: 0, exhaustedAtMs: 0 }
    expect(moves || isShutOverdue({ state, ...end }, 600_000)).toBe(true)
  })

  it('opens a gate by one way only: granted, then the proof', () => {
    const into = grantEdges.filter(edge => edge.to === 'live' && edge.from !== 'live')
    expect(into.map(edge => [edge.from, edge.by])).toEqual([['granted', 'ledger']])
    expect(grantEdges.filter(edge => edge.to === 'granted').map(edge => edge.by)).toEqual(['rules'])
  })

  it('has no edge that lengthens a grant', () => {
    const over: readonly GrantState[] = ['expired', 'revoked', 'exhausted']
    for (const edge of grantEdges.filter(edge => over.includes(edge.from as GrantState))) expect(edge.to).toBe('shut')
  })

  it('takes a name that exists only', () => {
    expect(edgeNamed('expire').to).toBe('expired')
    expect(() => edgeNamed('extend' as 'expire')).toThrow('no edge is named extend')
  })
})
