import { describe, expect, it } from 'vitest'
import { type DisclosureFacts, judgeDisclosure } from './index.ts'

const facts: DisclosureFacts = { nowMs: 10, happenedMs: 9, inForce: ['a', 'b'], named: [], outcomes: {} }
const judge = (given: Partial<DisclosureFacts>) => judgeDisclosure({ ...facts, ...given })

describe('a disclosure', () => {
  it.each([
    ['of all gates in force when none is named', {}, ['a', 'b']],
    ['of those that are named', { named: ['b'] }, ['b']],
    [
      'of what was taken for passed, or seen as a bypass',
      { outcomes: { a: 'passed', b: 'bypassed_unsanctioned' } },
      ['a', 'b'],
    ],
    ['of what nothing sanctioned alone', { outcomes: { a: 'opened_by_grant', b: 'unknown' } }, ['b']],
    ['of this very instant', { happenedMs: 10 }, ['a', 'b']],
  ])('is taken %s', (_, given, gates) => {
    expect(judge(given)).toEqual({ ok: true, gates })
  })

  it.each([
    ['a time to come', { happenedMs: 11 }, 'bad_input', 'has passed'],
    ['a ref without gates', { inForce: [] }, 'bad_input', 'no gate was in force'],
    ['a gate that was not in force', { named: ['a', 'c'] }, 'bad_input', 'found c'],
    ['what was found before', { foundAs: 'fd_1' }, 'wrong_state', 'finding resolve fd_1'],
    ['what a grant opened', { outcomes: { a: 'opened_by_grant', b: 'waived' } }, 'wrong_state', 'on record'],
    ['a sanctioned gate by name', { named: ['a'], outcomes: { a: 'failed_open' } }, 'wrong_state', 'on record'],
  ])('is refused of %s', (_, given, code, words) => {
    expect(judge(given)).toMatchObject({ ok: false, code, words: expect.stringContaining(words) })
  })
})
