import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  benjaminiHochberg,
  binomialTest,
  binomialUpper,
  clopperPearson,
  fisherTest,
  jeffreys,
  probabilityOver,
  wilson,
} from './exact.ts'
import { longerP } from './durations.ts'
import { betaCdf, betaQuantile, chiSquareUpper, logGamma, normalUpper, poissonUpper } from './special.ts'

type Row = number[]
const oracle = JSON.parse(
  readFileSync(new URL('../../../../vectors/metrics/oracle.json', import.meta.url), 'utf8'),
) as Record<string, Row[]>

/** Relative 1e-10, or absolute where the answer is nearly nothing. */
function close(found: number, expected: number, at: Row) {
  const error = Math.abs(found - expected) / Math.max(Math.abs(expected), 1e-10)
  expect(error, `${at.join(', ')}: expected ${expected}, found ${found}`).toBeLessThan(1e-10)
}

const spans = (row: Row) => row.map(ms => ({ ms, open: false }))

const functions: Record<string, (row: Row) => number> = {
  logGamma: ([x = 0]) => logGamma(x),
  betaCdf: ([x = 0, a = 0, b = 0]) => betaCdf(x, a, b),
  betaQuantile: ([p = 0, a = 0, b = 0]) => betaQuantile(p, a, b),
  normalUpper: ([z = 0]) => normalUpper(z),
  chiSquareUpper: ([x = 0, df = 0]) => chiSquareUpper(x, df),
  poissonUpper: ([k = 0, mean = 0]) => poissonUpper(k, mean),
  binomialUpper: ([k = 0, n = 0, p = 0]) => binomialUpper(k, n, p),
  binomialTest: ([k = 0, n = 0, p = 0]) => binomialTest(k, n, p),
  mannWhitneyUpper: ([m = 0, ...row]) => longerP(spans(row.slice(0, m)), spans(row.slice(m, -1))),
  fisherTest: ([a = 0, m = 0, b = 0, n = 0]) => fisherTest({ x: a, n: m }, { x: b, n }, 'whole'),
}

describe('special functions agree with an independent table', () => {
  it.each(Object.entries(functions))('%s', (name, answer) => {
    const rows = oracle[name] ?? []
    expect(rows.length).toBeGreaterThan(1)
    for (const row of rows) close(answer(row), row.at(-1) ?? 0, row)
  })
})

const rounded = ({ low, high }: { low: number; high: number }) => [low.toFixed(4), high.toFixed(4)]

describe('published answers', () => {
  it.each([
    [81, 263, '0.2553', '0.3662', '0.2527', '0.3676'],
    [15, 148, '0.0624', '0.1605', '0.0578', '0.1617'],
    [0, 20, '0.0000', '0.1611', '0.0000', '0.1684'],
    [1, 29, '0.0061', '0.1718', '0.0009', '0.1776'],
  ])('intervals of %i of %i (Newcombe 1998, table I)', (x, n, wLow, wHigh, cLow, cHigh) => {
    expect(rounded(wilson({ x, n }))).toEqual([wLow, wHigh])
    expect(rounded(clopperPearson({ x, n }))).toEqual([cLow, cHigh])
  })

  it('the binomial test of 682 of 925 against 3 in 4 (R, binom.test)', () => {
    expect(binomialTest(682, 925, 0.75).toFixed(4)).toBe('0.3825')
    expect(rounded(clopperPearson({ x: 682, n: 925 }))).toEqual(['0.7077', '0.7654'])
  })

  it('2 of 17 877 against 9 of 16 660 is just over one in twenty (Fay 2010)', () => {
    const below = 1 - binomialUpper(3, 11, 17_877 / (17_877 + 16_660))
    expect((2 * below).toFixed(4)).toBe('0.0501')
  })

  it('7 of 20 is over 5 % beyond doubt', () => {
    expect(probabilityOver({ x: 7, n: 20 }, 0.05).toFixed(5)).toBe('0.99999')
  })

  it.each([
    [0, 191],
    [1, 390],
    [2, 552],
    [3, 702],
  ])('%i episodes need %i passages to be under 1 %', (x, n) => {
    expect(jeffreysUpper(x, n)).toBeLessThanOrEqual(0.01)
    expect(jeffreysUpper(x, n - 1)).toBeGreaterThan(0.01)
  })
})

const jeffreysUpper = (x: number, n: number) => jeffreys({ x, n }, 0.1).high

describe('jeffreys', () => {
  it('ends at 0 with no episode and at 1 with nothing else', () => {
    expect(jeffreys({ x: 0, n: 40 }).low).toBe(0)
    expect(jeffreys({ x: 40, n: 40 }).high).toBe(1)
  })
})

describe('benjaminiHochberg', () => {
  it('lets a p-value stand by its rank, together with all below it', () => {
    expect(benjaminiHochberg([0.04, 0.01, 0.9, 0.03])).toEqual([false, true, false, false])
    expect(benjaminiHochberg([0.04, 0.03, 0.02])).toEqual([true, true, true])
    expect(benjaminiHochberg([])).toEqual([])
  })
})
