import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReviewTold } from '../events/told.ts'
import { type MirroredRun, resultOfReviews, resultOfRuns, runsAsOf } from './result.ts'

const run = (conclusion: string | undefined, fields: Partial<MirroredRun> = {}): MirroredRun => ({
  id: '1',
  name: 'tests',
  by: '15368',
  kind: 'check',
  status: conclusion === undefined ? 'in_progress' : 'completed',
  conclusion,
  ...fields,
})
const status = (state: string, fields: Partial<MirroredRun> = {}) =>
  run(undefined, { kind: 'status', status: state, ...fields })

describe('what the real check says', () => {
  it.each<[string, string, MirroredRun[] | 'unread']>([
    ['passed', 'success', [run('success')]],
    ['failed', 'failure', [run('failure')]],
    ['skipped', 'a job that was skipped', [run('skipped')]],
    ['skipped', 'neutral', [run('neutral')]],
    ['could_not_run', 'cancelled', [run('cancelled')]],
    ['could_not_run', 'timed out', [run('timed_out')]],
    ['could_not_run', 'stale', [run('stale')]],
    ['could_not_run', 'a conclusion that is new to us', [run('brilliant')]],
    ['could_not_run', 'completed without a conclusion', [run(undefined, { status: 'completed' })]],
    ['waiting', 'running', [run(undefined)]],
    ['waiting', 'a status that is new to us', [run(undefined, { status: 'pondering' })]],
    ['absent', 'nothing', []],
    ['absent', 'another check', [run('success', { name: 'lint' })]],
    ['unread', 'no answer', 'unread'],
    ['passed', 'failed, then run again', [run('failure', { id: '9' }), run('success', { id: '10' })]],
    ['failed', 'passed, then run again', [run('success', { id: '9' }), run('failure', { id: '10' })]],
    ['failed', 'passed by one app, failed by the other', [run('success'), run('failure', { by: '8' })]],
    ['passed', 'a status', [status('success')]],
    ['could_not_run', 'a status in error', [status('error')]],
    ['waiting', 'a check beside a status of the same name', [run('success'), status('pending')]],
    [
      'passed',
      'two people set one status: the later counts',
      [status('failure', { id: '1', by: '3' }), status('success', { id: '2', by: '4' })],
    ],
  ])('%s: %s', (is, _, runs) => {
    expect(resultOfRuns('tests', runs).is).toBe(is)
  })

  it('is what the one app says that is asked, if one is', () => {
    const runs = [run('failure'), run('success', { by: '8' })]
    expect(resultOfRuns('tests', runs, '8').is).toBe('passed')
    expect(resultOfRuns('tests', runs, '9').is).toBe('absent')
  })

  it('passes for nothing but success, whatever is listed', () => {
    const any = fc.record({
      id: fc.nat().map(String),
      name: fc.constant('tests'),
      by: fc.constantFrom('1', '2', undefined),
      kind: fc.constantFrom('check' as const, 'status' as const),
      status: fc.oneof(fc.constantFrom('completed', 'queued', 'success', 'pending'), fc.string()),
      conclusion: fc.oneof(fc.constantFrom('success', 'failure', undefined), fc.string()),
    })
    fc.assert(
      fc.property(fc.array(any), runs => {
        if (resultOfRuns('tests', runs).is !== 'passed') return
        expect(
          runs.some(({ kind, status, conclusion }) => (kind === 'status' ? status : conclusion) === 'success'),
        ).toBe(true)
      }),
    )
  })
})

describe('what the real check had said when it landed', () => {
  const at = 60_000
  it.each<[string, string, MirroredRun[]]>([
    ['passed', 'completed before', [run('success', { at: at - 1 })]],
    ['passed', 'completed in the same second', [run('success', { at: at + 999 })]],
    ['waiting', 'completed after', [run('success', { at: at + 1000 })]],
    ['waiting', 'completed, and it is not said when', [run('success')]],
    [
      'failed',
      'failed before, passed when it was run again after',
      [run('failure', { id: '1', at: at - 1, by: '1' }), run('success', { id: '2', at: at + 5000, by: '2' })],
    ],
    [
      'waiting',
      'a status that was pending then',
      [status('pending', { at: at - 1 }), status('success', { id: '2', at: at + 5000 })],
    ],
    ['absent', 'a status that was set after', [status('success', { at: at + 5000 })]],
  ])('%s: %s', (is, _, runs) => {
    expect(resultOfRuns('tests', runsAsOf(runs, at)).is).toBe(is)
  })
})

const a = 'a'.repeat(40)
const b = 'b'.repeat(40)
const review = (by: string, state: string, fields: Partial<ReviewTold> = {}): ReviewTold => ({
  kind: 'review',
  action: 'submitted',
  repository: { id: '42', name: 'acme/payments' },
  number: 12,
  state,
  commit: a,
  by: { id: by, isBot: false },
  at: 1,
  ...fields,
})

describe('what reviews say', () => {
  it.each<[string, string, ReviewTold[]]>([
    ['passed', 'enough', [review('1', 'approved'), review('2', 'approved')]],
    ['waiting', 'one is too few', [review('1', 'approved')]],
    ['waiting', 'one person twice', [review('1', 'approved'), review('1', 'approved', { at: 2 })]],
    ['waiting', 'of another commit', [review('1', 'approved'), review('2', 'approved', { commit: b })]],
    [
      'waiting',
      'of a commit that is not said',
      [review('1', 'approved'), review('2', 'approved', { commit: undefined })],
    ],
    ['waiting', 'the author', [review('1', 'approved'), review('9', 'approved')]],
    ['waiting', 'a bot', [review('1', 'approved'), review('2', 'approved', { by: { id: '2', isBot: true } })]],
    ['waiting', 'a ghost', [review('1', 'approved'), review('2', 'approved', { by: undefined })]],
    [
      'waiting',
      'dismissed later',
      [review('1', 'approved'), review('2', 'approved'), review('2', 'dismissed', { at: 2 })],
    ],
    [
      'failed',
      'changes asked for',
      [review('1', 'approved'), review('2', 'approved'), review('3', 'changes_requested')],
    ],
    [
      'passed',
      'changes asked for, then approved',
      [review('1', 'approved'), review('2', 'changes_requested'), review('2', 'approved', { at: 2 })],
    ],
    [
      'passed',
      'a comment takes nothing back',
      [review('1', 'approved'), review('2', 'approved'), review('2', 'commented', { at: 2 })],
    ],
  ])('%s: %s', (is, _, reviews) => {
    expect(resultOfReviews(reviews, { count: 2, head: a, author: '9' }).is).toBe(is)
  })

  it('counts whoever may review, where that is known', () => {
    const reviews = [review('1', 'approved'), review('2', 'approved')]
    expect(resultOfReviews(reviews, { count: 2, head: a, reviewers: new Set(['1']) }).is).toBe('waiting')
    expect(resultOfReviews('unread', { count: 2, head: a }).is).toBe('unread')
  })
})
