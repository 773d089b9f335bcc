import { expect, it } from 'vitest'
import { type DecisionFacts, judgeDecision } from './judge.ts'

const facts: DecisionFacts = {
  due: '2026-11-20',
  today: '2026-12-01',
  label: 'high',
  repairs: [],
  programChanged: false,
}

it.each<[string, Partial<DecisionFacts>, string]>([
  ['a finished repair', { repairs: [{ state: 'done' }] }, 'kept'],
  ['a program that was changed there', { programChanged: true }, 'kept'],
  ['a gate that asks for nothing any more', { label: 'near_zero' }, 'kept'],
  ['a date that has not come', { due: '2026-12-01' }, 'open'],
  ['a repair under way before its date', { due: '2026-12-09', repairs: [{ state: 'open' }] }, 'open'],
  ['a repair under way after its date', { repairs: [{ state: 'open' }] }, 'not_kept'],
  ['a repair that was given up', { repairs: [{ state: 'abandoned' }] }, 'not_kept'],
  ['nothing at all after its date', {}, 'not_kept'],
])('%s: the decision is judged by it', (_, given, state) => {
  expect(judgeDecision({ ...facts, ...given }).state).toBe(state)
})

it('says that no record tells where neither numbers nor repairs are kept', () => {
  const { label: _, repairs: __, ...unmeasured } = facts
  expect(judgeDecision(unmeasured).state).toBe('unknown')
  // Too few passages are no sign that anything was mended.
  expect(judgeDecision({ ...facts, label: 'insufficient' }).state).toBe('not_kept')
})
