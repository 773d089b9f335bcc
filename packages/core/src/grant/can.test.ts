import { describe, expect, it } from 'vitest'
import { grantCan } from './can.ts'
import { type GrantState, grantStates } from './edges.ts'

const cases: { claim: keyof typeof grantCan; states: GrantState[] }[] = [
  { claim: 'approve', states: ['waiting'] },
  { claim: 'decline', states: ['waiting'] },
  { claim: 'withdraw', states: ['waiting'] },
  { claim: 'goSolo', states: ['waiting'] },
  { claim: 'revoke', states: ['live'] },
  { claim: 'use', states: ['live'] },
  { claim: 'expire', states: ['live'] },
  { claim: 'shut', states: ['expired', 'revoked', 'exhausted'] },
]

describe('what may be done with a grant', () => {
  it.each(cases)('$claim: only in $states', ({ claim, states }) => {
    expect(grantStates.filter(state => grantCan[claim]({ state }))).toEqual(states)
    expect(grantCan[claim].states).toEqual(states)
  })

  it('says something about every claim', () => {
    expect(cases.map(({ claim }) => claim)).toEqual(Object.keys(grantCan))
  })
})
