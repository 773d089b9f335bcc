import { describe, expect, it } from 'vitest'
import { longerP, quantileOf, spanWords } from './durations.ts'
import { flakeOf } from './flake.ts'
import { harmOf } from './harm.ts'
import { type CheckRun, checkRun, type LandingFate, landingFate } from './input-why.ts'
import { rateOf } from './rates.ts'
import { repairEffect } from './repair-effect.ts'
import { durationsOf, waitingOf } from './waiting.ts'
import { laterOf, reasonsOf, type Why, whyItHurts, whyOf } from './why.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
let clock = 0
const run = (commit: number, end: CheckRun['end'], minutes = 5): CheckRun => {
  clock += hour
  return checkRun.parse({ gate: 'g', commit: `c${commit}`, startedAt: clock, endedAt: clock + minutes * minute, end })
}
const upTo = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

describe('flakeOf', () => {
  const flaky = upTo(20, i => (i < 7 ? [run(i, 'fail'), run(i, 'fail'), run(i, 'pass')] : [run(i, 'pass')])).flat()

  it('counts commits that failed and then passed unchanged, however often they were retried', () => {
    expect(flakeOf(flaky)).toMatchObject({ x: 7, n: 20, rate: 0.35, measured: true })
  })

  it('leaves out what never passed, and what could not run', () => {
    const more = [run(30, 'fail'), run(31, 'fail'), run(31, 'fail'), run(32, 'could_not_run'), run(32, 'pass')]
    expect(flakeOf([...flaky, ...more])).toMatchObject({ x: 7, n: 21, couldNotRun: { x: 1 } })
  })

  it('does not call a pass that failed later a flake of the first run', () => {
    expect(flakeOf([run(1, 'pass'), run(1, 'fail')])).toMatchObject({ x: 0, n: 1, measured: false })
  })

  it('goes by when runs started', () => {
    const [fail, pass] = [run(1, 'fail'), run(1, 'pass')]
    expect(flakeOf([pass, fail])).toMatchObject({ x: 1, n: 1 })
  })
})

describe('durations', () => {
  it('tells a check that gets slower, and only beyond chance', () => {
    expect(durationsOf(upTo(40, i => run(i, 'pass', i < 20 ? 5 : 10)))).toMatchObject({ n: 40, trend: 'longer' })
    expect(durationsOf(upTo(40, i => run(i, 'pass', i < 20 ? 10 : 5))).trend).toBe('shorter')
    expect(durationsOf(upTo(40, i => run(i, 'pass', 5 + (i % 4)))).trend).toBe('level')
    expect(durationsOf(upTo(19, i => run(i, 'pass', i)))).not.toHaveProperty('trend')
  })

  it('are not longer than nothing, or than the same', () => {
    const spans = (values: number[]) => values.map(ms => ({ ms, open: false }))
    expect(longerP([], spans([1]))).toBe(1)
    expect(longerP(spans([3, 3]), spans([3, 3]))).toBe(1)
  })

  it('say a length in words, and a quantile of nothing is absent', () => {
    expect([90 * minute, 9 * hour, 3 * day, 20_000, 1000].map(spanWords)).toEqual([
      '90 minutes',
      '9 hours',
      '3 days',
      '20 seconds',
      '1 second',
    ])
    expect(quantileOf([], 0.5)).toBeUndefined()
  })
})

/** Weekdays 1–5, ten weeks; Fridays wait nine hours, the others one to three. */
const waits = upTo(50, i => {
  const weekday = (i % 5) + 1
  const askedAt = (Math.floor(i / 5) * 7 + weekday) * day
  return { gate: 'g', askedAt, weekday, hour: 10, givenAt: askedAt + (weekday === 5 ? 9 : 1 + (i % 3)) * hour }
})

describe('waitingOf', () => {
  it('names the weekday without reviewers', () => {
    const found = waitingOf(waits, 100 * day)
    expect(found.slowWeekday).toMatchObject({ weekday: 5, n: 10, median: { ms: 9 * hour } })
    expect(found.weekdays[0]).toEqual({ n: 0 })
    expect(found.hours[10]?.n).toBe(50)
    expect(
      waitingOf(
        waits.filter(({ weekday }) => weekday !== 5),
        100 * day,
      ),
    ).not.toHaveProperty('slowWeekday')
  })

  it('takes what was not known then for open', () => {
    expect(waitingOf(waits.slice(0, 1), (waits[0]?.askedAt ?? 0) + minute)).toMatchObject({
      median: { ms: minute, atLeast: true },
    })
  })
})

const fate = (outcome: LandingFate['outcome'], at: number, more: Partial<LandingFate> = {}) =>
  landingFate.parse({ gate: 'g', outcome, landedAt: at * day, ...more })

describe('harmOf', () => {
  const fates = [
    ...upTo(100, i => fate('passed', i, i === 3 ? { revertedAt: 9 * day } : {})),
    ...upTo(20, i =>
      fate('opened_by_grant', i, i < 6 ? { revertedAt: (i + 7) * day, later: 'fail' } : { later: 'pass' }),
    ),
    fate('opened_by_grant', 50, { revertedAt: 58 * day }),
    fate('late_use', 198, { causedIncident: true }),
  ]
  const found = harmOf(fates, 200 * day)

  it('follows each landing for seven days and no longer', () => {
    expect(found.passed).toMatchObject({ x: 1, n: 100 })
    expect(found.outcomes.find(({ outcome }) => outcome === 'opened_by_grant')).toMatchObject({
      harmed: { x: 6, n: 21 },
      failedLater: { x: 6, n: 20 },
      young: 0,
    })
    expect(found.outcomes.find(({ outcome }) => outcome === 'late_use')).toMatchObject({ harmed: { n: 0 }, young: 1 })
  })

  it('counts no landing that nobody watched afterwards', () => {
    const unseen = harmOf([fate('passed', 1), fate('passed', 2, { unwatched: true })], 200 * day)
    expect(unseen.passed).toMatchObject({ x: 0, n: 1 })
    expect(unseen.outcomes[0]).toMatchObject({ harmed: { n: 1 }, young: 0, unwatched: 1 })
  })

  it('says what the gate buys, or that nothing can be said', () => {
    expect(found.buys).toBe('6 of 21 landings around it did harm, and 1 of 100 through it: it keeps harm out.')
    expect(
      harmOf(fates.slice(0, 105).map(each => ({ ...each, revertedAt: undefined })) as LandingFate[], 200 * day).buys,
    ).toContain('chance')
    expect(harmOf([], 0).buys).toContain('Too few')
  })
})

describe('whyItHurts', () => {
  const flake = flakeOf(
    upTo(20, i => (i < 7 ? [run(100 + i, 'fail'), run(100 + i, 'pass')] : [run(100 + i, 'pass')])).flat(),
  )
  const later = laterOf([
    ...upTo(9, i => fate('opened_by_grant', i, { later: 'pass', stopped: i < 7 })),
    fate('late_use', 1),
  ])
  const review = (reason: 'flaky' | 'no_reviewer') => ({ gate: 'g', openedAt: 0, dueAt: 1, reason })
  const said = reasonsOf([...upTo(5, () => review('no_reviewer')), review('flaky')])

  it.each<[string, Why, string | undefined]>([
    [
      'a flaky check',
      { flake, later, reasons: said },
      'Its check fails 1 run in 3 on unchanged code (7 of 20 commits): repair the test.',
    ],
    [
      'a day without reviewers',
      { waiting: waitingOf(waits, 100 * day), reasons: said },
      'On Fridays a review takes 9 hours at the median, on other days 2 hours: arrange reviewers for Fridays.',
    ],
    [
      'a slow check',
      { durations: durationsOf(upTo(20, i => run(i, 'pass', i === 3 ? 90 : 40))) },
      'Its check takes 40 minutes at the median and 40 minutes one time in twenty: make it faster.',
    ],
    [
      'a check that stops what is good',
      { later },
      'Of 7 changes that it had failed, 7 passed when it was run again: narrow what it blocks.',
    ],
    ['a check that nobody knows to have failed', { later: { ...later, stopped: rateOf(0, 0) } }, undefined],
    ['what reviews say', { reasons: said }, '5 of 6 reviews say: nobody was there to review; arrange reviewers.'],
    ['nothing that was measured', { reasons: { n: 4, reasons: [{ reason: 'flaky', x: 4 }] } }, undefined],
  ])('of %s', (_, why, sentence) => {
    expect(whyItHurts(why)).toBe(sentence)
  })

  it('does not take what nobody ran again for a pass', () => {
    expect(later).toMatchObject({ passed: { x: 9, n: 9 }, stopped: { x: 7, n: 7 }, unknown: 1 })
  })

  it('has no part that was not recorded', () => {
    expect(whyOf({}, 0)).toEqual({})
    expect(Object.keys(whyOf({ runs: [], waits: [], fates: [], reviews: [] }, 0))).toEqual([
      'flake',
      'durations',
      'waiting',
      'later',
      'reasons',
    ])
  })
})

describe('repairEffect', () => {
  it.each([
    [{ x: 40, n: 400 }, { x: 0, n: 100 }, 'worked'],
    [{ x: 40, n: 400 }, { x: 10, n: 100 }, 'no_effect'],
    [{ x: 40, n: 400 }, { x: 6, n: 100 }, 'too_early'],
    [{ x: 40, n: 400 }, { x: 0, n: 49 }, 'too_early'],
    [{ x: 0, n: 400 }, { x: 3, n: 100 }, 'too_early'],
    [{ x: 0, n: 0 }, { x: 0, n: 0 }, 'too_early'],
    [{ x: 40, n: 400 }, { x: 30, n: 100 }, 'no_effect'],
  ])('%j and then %j: %s', (before, after, verdict) => {
    expect(repairEffect(before, after)).toMatchObject({ verdict, before, after })
  })
})
