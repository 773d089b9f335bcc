import type { Interval, Share } from './exact.ts'

/** σ of what varies beyond chance from week to week (Laney's p′); 1 when nothing does. From moving ranges of z. */
export function laneySigma(periods: readonly Share[]): number {
  const centre = centreOf(periods)
  const z = periods
    .filter(({ n }) => n > 0)
    .map(({ x, n }) => (x / n - centre) / Math.sqrt((centre * (1 - centre)) / n))
  if (z.length < 2 || centre <= 0 || centre >= 1) return 1
  const range = z.slice(1).reduce((sum, each, i) => sum + Math.abs(each - (z[i] ?? each)), 0) / (z.length - 1)
  // The expected moving range of two standard normal values.
  return range / 1.128
}

/** Three-sigma limits of a share of n about its centre; `sigma` from `laneySigma`, 1 for the plain p-chart. */
export function pLimits(centre: number, n: number, sigma = 1): Interval {
  const half = 3 * sigma * Math.sqrt((centre * (1 - centre)) / n)
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/** The g-chart of passages between episodes, for rates so small that a share per week is nearly always 0. */
export function gLimit(gaps: readonly number[]): { mean: number; high: number } | undefined {
  if (gaps.length === 0) return undefined
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  return { mean, high: mean + 3 * Math.sqrt(mean * (mean + 1)) }
}

function centreOf(periods: readonly Share[]): number {
  const X = periods.reduce((sum, { x }) => sum + x, 0)
  return X / periods.reduce((sum, { n }) => sum + n, 0)
}
