import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seeded } from '../simulate/random.ts'
import { accelerationOf } from './acceleration.ts'
import { gLimit, laneySigma, pLimits } from './charts.ts'
import { cusum, cusumRunLength } from './cusum.ts'
import type { Share } from './exact.ts'
import { funnelOf, priorOf, shrink } from './shrink.ts'
import { cochranArmitage } from './trend.ts'

const oracle = JSON.parse(
  readFileSync(new URL('../../../../vectors/metrics/oracle.json', import.meta.url), 'utf8'),
) as Record<string, number[][]>
/** Pairs of x and n, and two answers after them. */
function row(name: string): { shares: Share[]; answers: number[] } {
  const numbers = oracle[name]?.[0] ?? []
  const shares = Array.from({ length: (numbers.length - 2) / 2 }, (_, i) => ({
    x: numbers[2 * i] ?? 0,
    n: numbers[2 * i + 1] ?? 0,
  }))
  return { shares, answers: numbers.slice(-2) }
}

describe('cusum', () => {
  // Passages to a false alarm and to a true one at h = 3.5: from 1.2 · 10⁸ simulated passages, with an error of at most 0.7 %.
  it.each([
    [0.005, 0.02, 5708, 234.8],
    [0.01, 0.03, 4717, 222.9],
    [0.02, 0.05, 3391, 176.4],
  ])('from %d to %d runs as long as its chain says', (p0, p1, inOrder, notInOrder) => {
    const rule = { p0, p1, h: 3.5 }
    expect(Math.abs(cusumRunLength(rule, p0) / inOrder - 1)).toBeLessThan(0.01)
    expect(Math.abs(cusumRunLength(rule, p1) / notInOrder - 1)).toBeLessThan(0.003)
  })

  it('runs as long in a simulation as its chain says', () => {
    const [rule, random] = [{ p0: 0.02, p1: 0.05, h: 3.5 }, seeded(7)]
    const passages = Array.from({ length: 400_000 }, () => ({ x: random() < 0.05 ? 1 : 0, n: 1 }))
    const mean = passages.length / cusum(passages, rule).alarms.length
    expect(Math.abs(mean / cusumRunLength(rule, 0.05) - 1)).toBeLessThan(0.05)
  })

  it('notices a jump on its day, begins anew, and forgets in quiet', () => {
    const rule = { p0: 0.005, p1: 0.02, h: 3.5 }
    const quiet = Array.from({ length: 20 }, () => ({ x: 0, n: 50 }))
    expect(cusum([...quiet, { x: 3, n: 50 }, ...quiet], rule)).toEqual({ value: 0, alarms: [20] })
    expect(cusum([{ x: 2, n: 2 }], rule).value).toBeCloseTo(2 * Math.log(4), 12)
    expect(
      cusum(
        [
          { x: 2, n: 2 },
          { x: 0, n: 300 },
          { x: 2, n: 2 },
        ],
        rule,
      ).alarms,
    ).toEqual([])
    // Late evidence may bring episodes before their passages.
    expect(cusum([{ x: 3, n: 0 }], rule).alarms).toEqual([0])
  })
})

describe('accelerationOf', () => {
  it('agrees with an independent fit', () => {
    const { shares, answers } = row('binomialQuadratic')
    const found = accelerationOf(shares)
    expect(found).toMatchObject({ measurable: true, verdict: 'steady' })
    if (!found.measurable) return
    expect(found.term).toBeCloseTo(answers[0] ?? 0, 9)
    expect(found.error).toBeCloseTo(answers[1] ?? 0, 9)
  })

  it('says which way a curve bends, and nothing of few episodes', () => {
    const weeks = (xs: number[]) => xs.map(x => ({ x, n: 400 }))
    expect(accelerationOf(weeks([8, 6, 5, 4, 4, 5, 9, 16, 30, 60]))).toMatchObject({ verdict: 'accelerating' })
    expect(accelerationOf(weeks([2, 10, 25, 40, 45, 44, 38, 22, 9, 2]))).toMatchObject({ verdict: 'slowing' })
    expect(accelerationOf(weeks([1, 1, 2, 3, 5, 7]))).toMatchObject({
      measurable: false,
      why: '19 episodes in 6 weeks: not measurable yet under 20.',
    })
    expect(accelerationOf([...weeks([0, 0, 0, 0, 0]), { x: 400, n: 400 }])).toMatchObject({ measurable: false })
  })
})

describe('shrink', () => {
  it('finds the prior of an independent fit', () => {
    const { shares, answers } = row('betaBinomialPrior')
    const prior = priorOf(shares)
    expect(Math.abs((prior?.alpha ?? 0) / (answers[0] ?? 1) - 1)).toBeLessThan(1e-6)
    expect(Math.abs((prior?.beta ?? 0) / (answers[1] ?? 1) - 1)).toBeLessThan(1e-6)
  })

  it('draws the rates of few passages further than those of many', () => {
    const gates = [...row('betaBinomialPrior').shares, { x: 2, n: 10 }, { x: 200, n: 1000 }]
    const [few, many] = shrink(gates).slice(-2)
    expect(few?.rate).toBeLessThan(0.13)
    expect(many?.rate).toBeGreaterThan(0.19)
    expect(few?.interval.low).toBeLessThan(few?.rate ?? 0)
    expect(few?.interval.high).toBeGreaterThan(few?.rate ?? 1)
  })

  it('leaves seven gates to themselves, and gates that do not differ to their mean', () => {
    const seven = Array.from({ length: 7 }, (_, i) => ({ x: i, n: 100 }))
    expect(priorOf(seven)).toBeUndefined()
    expect(shrink(seven)[3]?.rate).toBeCloseTo(3.5 / 101, 12)
    const alike = shrink(Array.from({ length: 20 }, () => ({ x: 5, n: 100 })))
    expect(alike[0]?.rate).toBeCloseTo(0.05, 4)
    expect(priorOf(Array.from({ length: 20 }, () => ({ x: 0, n: 100 })))).toBeUndefined()
  })
})

describe('funnelOf', () => {
  it('marks what chance does not make, on either side', () => {
    const usual = Array.from({ length: 20 }, (_, i) => ({ x: 3 + (i % 5), n: 100 }))
    const found = funnelOf([...usual, { x: 30, n: 100 }, { x: 0, n: 400 }, { x: 1, n: 3 }])
    expect(found?.places.slice(-3)).toEqual(['above', 'below', 'inside'])
    expect(new Set(found?.places.slice(0, 20))).toEqual(new Set(['inside']))
    expect(funnelOf([{ x: 0, n: 10 }])).toBeUndefined()
  })
})

describe('charts', () => {
  it('has the limits of the p-chart of NIST (30 wafers of 50, 347 defective chips)', () => {
    const { low, high } = pLimits(347 / 1500, 50)
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.0524', '0.4102'])
    expect(pLimits(0.01, 50).low).toBe(0)
  })

  it('widens where weeks vary more than chance, and not where they do not', () => {
    const random = seeded(3)
    const week = (rate: number) => ({
      x: Array.from({ length: 2000 }, random).filter(each => each < rate).length,
      n: 2000,
    })
    const steady = Array.from({ length: 60 }, () => week(0.1))
    const wild = Array.from({ length: 60 }, () => week(random() < 0.5 ? 0.05 : 0.15))
    expect(Math.abs(laneySigma(steady) - 1)).toBeLessThan(0.25)
    expect(laneySigma(wild)).toBeGreaterThan(3)
    expect(laneySigma([{ x: 1, n: 10 }])).toBe(1)
  })

  it('has a g-chart of passages between episodes', () => {
    expect(gLimit([100, 300])).toEqual({ mean: 200, high: 200 + 3 * Math.sqrt(200 * 201) })
    expect(gLimit([])).toBeUndefined()
  })
})

it('the trend of insomnia over six classes of age has Z = 11.297 (published with R’s DescTools)', () => {
  const yes = [150, 250, 264, 302, 238, 176]
  const no = [384, 496, 520, 403, 205, 123]
  const periods = yes.map((x, i) => ({ x, n: x + (no[i] ?? 0) }))
  const N = periods.reduce((sum, { n }) => sum + n, 0)
  // It divides by N where the permutation variance has N − 1.
  expect((cochranArmitage(periods) * Math.sqrt(N / (N - 1))).toFixed(3)).toBe('11.297')
})
