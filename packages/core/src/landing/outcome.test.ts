import { describe, expect, it } from 'vitest'
import { outcomeOf, type PassageFacts } from './outcome.ts'

const nothing: PassageFacts = {
  disclosed: false,
  inferred: false,
  unallowed: false,
  off: false,
  liveGrant: 'none',
  grant: 'none',
}

describe('the outcome of a passage', () => {
  it.each([
    ['disclosed', { disclosed: true, inferred: true }],
    ['disclosed', { disclosed: true, unallowed: true, off: true }],
    ['disclosed', { disclosed: true, unallowed: true, opened: 'grant', grant: 'fits' }],
    ['disclosed', { disclosed: true, opened: 'pass' }],
    ['disclosed', { disclosed: true, opened: 'grant', grant: 'none' }],
    ['disclosed', { disclosed: true }],
    // What something sanctioned is no bypass.
    ['opened_by_grant', { disclosed: true, opened: 'grant', grant: 'fits' }],
    ['waived', { disclosed: true, opened: 'waiver' }],
    ['failed_open', { disclosed: true, opened: 'pass_when_unavailable' }],
    ['unknown', { inferred: true, unallowed: true, off: true, opened: 'pass' }],
    ['landed_while_off', { unallowed: true, off: true, liveGrant: 'this_change', opened: 'pass' }],
    ['bypassed_while_grant_open', { unallowed: true, liveGrant: 'this_change', opened: 'grant', grant: 'fits' }],
    ['grant_mismatch', { unallowed: true, liveGrant: 'another_change' }],
    ['bypassed_unsanctioned', { unallowed: true, opened: 'pass' }],
    // Off alone is nobody's landing: what the hook let through before it was off passed.
    ['passed', { off: true, opened: 'pass' }],
    ['late_use', { opened: 'grant', grant: 'late' }],
    ['grant_mismatch', { opened: 'grant', grant: 'none' }],
    ['opened_by_grant', { opened: 'grant', grant: 'fits', liveGrant: 'this_change' }],
    ['waived', { opened: 'waiver' }],
    ['failed_open', { opened: 'pass_when_unavailable' }],
    ['passed', { opened: 'pass', liveGrant: 'this_change' }],
    ['unknown', { liveGrant: 'this_change' }],
  ] satisfies [string, Partial<PassageFacts>][])('is %s for %j', (outcome, facts) => {
    expect(outcomeOf({ ...nothing, ...facts })).toBe(outcome)
  })
})
