import { describe, expect, it } from 'vitest'
import { attentionOf } from './attention.ts'
import { gateDay } from './input.ts'
import { type ReviewRecord, reviewRecord } from './input-process.ts'
import { disclosureShare, drillsOf, followUpsOf, pathTimeOf, processOf, reviewsOf, waiversOf } from './process.ts'

const day = 86_400_000
const period = { fromMs: 100 * day, toMs: 200 * day }
const review = (openedDay: number, dueDay: number, signedDay?: number, more: Partial<ReviewRecord> = {}) =>
  reviewRecord.parse({
    gate: 'g',
    openedAt: openedDay * day,
    dueAt: dueDay * day,
    ...(signedDay === undefined ? {} : { signedAt: signedDay * day }),
    ...more,
  })

describe('reviewsOf', () => {
  const given = [
    review(110, 112, 111),
    review(120, 122, 130),
    review(150, 152),
    review(199, 201),
    review(195, 197, 205),
    review(20, 22, 21),
    review(205, 207),
  ]
  const found = reviewsOf(given, period)

  it('counts signed and on time of those that fell due, and not of those that were opened', () => {
    expect([found.signed.x, found.signed.n, found.onTime.x, found.onTime.n]).toEqual([2, 4, 1, 4])
    expect([found.onTimeBefore.x, found.onTimeBefore.n]).toEqual([1, 1])
  })

  it('takes a signature of later for none', () => {
    expect(found).toMatchObject({ open: 3, overdue: 2, oldestOpenMs: 50 * day })
  })

  it('counts an open review as at least its age', () => {
    // Ages in days: 1, 1 (open), 5 (open), 10, 50 (open).
    expect(found.median).toEqual({ ms: 5 * day, atLeast: true })
    expect(found.p90).toEqual({ ms: 50 * day, atLeast: true })
    expect(reviewsOf([review(110, 112, 111), review(110, 112)], period).median).toEqual({ ms: day, atLeast: false })
  })

  it('tells a trend only beyond chance', () => {
    const many = (from: number, onTime: boolean) =>
      Array.from({ length: 8 }, (_, i) => review(from + i, from + i + 2, from + i + (onTime ? 1 : 5)))
    expect(reviewsOf([...many(10, false), ...many(110, true)], period).trend).toBe('better')
    expect(reviewsOf([...many(10, true), ...many(110, false)], period).trend).toBe('worse')
    expect(found.trend).toBe('level')
  })

  it('has no oldest of none', () => {
    expect(reviewsOf([], period)).not.toHaveProperty('oldestOpenMs')
    expect(reviewsOf([], period)).not.toHaveProperty('median')
  })
})

describe('attentionOf', () => {
  const signed = (reviewer: string, actor: string, more: Partial<ReviewRecord> = {}) =>
    review(110, 112, 111, { reviewer, actor, ...more })
  const given = [
    signed('a', 'b', { answeredAt: 111 * day - 30_000, answerDigest: 'x', labelled: 'high', verdict: 'leave' }),
    signed('a', 'b', { answeredAt: 110 * day, answerDigest: 'x', labelled: 'high', verdict: 'fix_gate' }),
    signed('b', 'a', { answerDigest: 'y', labelled: 'watch', verdict: 'leave' }),
    signed('b', 'a'),
    signed('c', 'a'),
    signed('c', 'a'),
    signed('c', 'b'),
  ]
  const shares = (found: ReturnType<typeof attentionOf>) =>
    found && Object.fromEntries(Object.entries(found).map(([name, { x, n }]) => [name, [x, n]]))

  it('counts for the program, with how many could have shown it', () => {
    expect(shares(attentionOf(given))).toEqual({
      atOnce: [1, 2],
      copied: [1, 3],
      reciprocalPairs: [1, 2],
      leaveOnHigh: [1, 2],
    })
  })

  it('is silent where a count would point at one of two', () => {
    expect(attentionOf(given.slice(0, 4))).toBeUndefined()
  })

  it('names nobody', () => {
    expect(JSON.stringify(attentionOf(given))).not.toMatch(/"[abc]"/)
  })
})

describe('waivers, follow-ups and drills', () => {
  it('counts a waiver’s age from the first of its kind', () => {
    const waiver = (firstDay: number, untilDay: number, boundDays?: number) => ({
      gate: 'g',
      firstAt: firstDay * day,
      until: untilDay * day,
      ...(boundDays === undefined ? {} : { boundDays }),
    })
    const given = [waiver(10, 300, 90), waiver(150, 300, 90), waiver(190, 300), waiver(1, 199, 5)]
    expect(waiversOf([...given, { ...waiver(5, 300), endedAt: 50 * day }], 200 * day)).toEqual({
      live: 3,
      oldestMs: 190 * day,
      p90Ms: 190 * day,
      pastBound: 1,
      bounded: 2,
    })
    expect(waiversOf([], 200 * day)).toEqual({ live: 0, pastBound: 0, bounded: 0 })
  })

  it('tells a promise kept from one kept late and one not kept', () => {
    const given = [
      { dueAt: 150 * day, doneAt: 150 * day },
      { dueAt: 150 * day, doneAt: 151 * day },
      { dueAt: 150 * day },
      { dueAt: 150 * day, doneAt: 250 * day },
      { dueAt: 300 * day },
    ]
    expect(followUpsOf(given, period)).toEqual({ due: 4, kept: 1, late: 1, missing: 2 })
  })

  it('says of every quarter whether a drill was held', () => {
    const at = (text: string) => Date.parse(text)
    expect(
      drillsOf([at('2025-12-31T23:59:59Z'), at('2026-02-01')], { fromMs: at('2025-11-01'), toMs: at('2026-05-02') }),
    ).toEqual([
      { quarter: '2025-Q4', held: 1, words: '1 held' },
      { quarter: '2026-Q1', held: 1, words: '1 held' },
      { quarter: '2026-Q2', held: 0, words: 'none held so far' },
    ])
  })

  it('keeps what nobody recorded apart from what did not happen', () => {
    expect(processOf({}, period)).toEqual({})
    expect(processOf({ drills: [], followUps: [] }, { fromMs: 0, toMs: day })).toEqual({
      drills: [{ quarter: '1970-Q1', held: 0, words: 'none held so far' }],
      followUps: { due: 0, kept: 0, late: 0, missing: 0 },
    })
  })
})

describe('path time', () => {
  const opening = (minutes: number) => ({ gate: 'g', requestedAt: 150 * day, openedAt: 150 * day + minutes * 60_000 })
  const wait = (minutes: number) => ({ gate: 'g', askedAt: 150 * day, passedAt: 150 * day + minutes * 60_000 })

  it('stands beside the gate’s own wait', () => {
    const found = pathTimeOf([opening(1), opening(2), opening(9)], [wait(10), wait(20), wait(60)], period)
    expect(found).toMatchObject({ n: 3, median: { ms: 120_000 }, gate: { ms: 1_200_000 }, times: 10 })
  })

  it('is absent where nothing was opened', () => {
    expect(pathTimeOf([{ gate: 'g', requestedAt: 150 * day }], [], period)).toEqual({ n: 0 })
  })
})

it('the disclosure share is of what no grant sanctioned', () => {
  const counts = { passed: 50, opened_by_grant: 4, disclosed: 2, late_use: 1, landed_while_off: 3, unknown: 9 }
  expect(disclosureShare([gateDay.parse({ gate: 'g', day: '2026-01-05', counts })])).toMatchObject({ x: 2, n: 6 })
  expect(disclosureShare([])).not.toHaveProperty('rate')
})
