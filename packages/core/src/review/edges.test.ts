import { describe, expect, it } from 'vitest'
import { statementKinds } from '../statement/kinds.ts'
import { reviewCan, reviewEdges, reviewFinalStates, reviewStates } from './edges.ts'

describe('the life of a review', () => {
  it('records every edge by a kind of statement that exists', () => {
    for (const edge of reviewEdges) expect(Object.keys(statementKinds), edge.name).toContain(edge.kind)
  })

  it('reaches every state, and leaves each that is not final', () => {
    const reached = new Set<string>(['nothing'])
    for (let before = -1; before < reached.size; ) {
      before = reached.size
      for (const edge of reviewEdges) if (reached.has(edge.from)) reached.add(edge.to)
    }
    expect([...reached].sort()).toEqual(['nothing', ...reviewStates].sort())
    for (const state of reviewStates) {
      const leaves = reviewEdges.some(edge => edge.from === state && edge.to !== state)
      expect(leaves).toBe(!(reviewFinalStates as readonly string[]).includes(state))
    }
  })

  it('ends only by signatures, or where the grant never worked', () => {
    const ends = reviewEdges.filter(edge => edge.to === 'signed' || edge.to === 'closed_by_system')
    expect(ends.map(({ kind, by }) => `${kind} by ${by}`)).toEqual([
      'review.closed_by_system by system',
      'review.signed by reviewer',
      'review.signed by reviewer',
    ])
  })

  it('is answered and signed while it is due, not before and not after', () => {
    expect(reviewStates.filter(state => reviewCan.sign({ state }))).toEqual(['due', 'answered'])
    expect(reviewStates.filter(state => reviewCan.answer({ state }))).toEqual(['due', 'answered'])
  })
})
