import { betaCdf, betaQuantile, binomialDensity, logGamma } from './special.ts'

/** P(X ≥ k) of Bin(n, p), 0 < p < 1. */
export function binomialUpper(k: number, n: number, p: number): number {
  if (k <= 0) return 1
  return k > n ? 0 : betaCdf(p, k, n - k + 1)
}

/** The one-sided mid-p value: P(X > k) + ½ P(X = k). A share of none or all of the passages can show nothing. */
export function binomialMidP(k: number, n: number, p: number): number {
  if (p <= 0 || p >= 1) return 1
  return binomialUpper(k + 1, n, p) + binomialDensity(k, n, p) / 2
}

/** The exact two-sided binomial test: all counts that are no likelier than the one seen. */
export function binomialTest(k: number, n: number, p: number): number {
  const seen = binomialDensity(k, n, p) * (1 + 1e-7)
  let sum = 0
  for (let i = 0; i <= n; i++) {
    const density = binomialDensity(i, n, p)
    if (density <= seen) sum += density
  }
  return Math.min(1, sum)
}

export const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)

/** Two-sided exact test of x₁ of n₁ against x₂ of n₂, margins fixed (Fisher); `mid` counts the equally likely by half. */
export function fisherTest(first: Share, second: Share, tie: 'whole' | 'mid'): number {
  const x = first.x + second.x
  const all = logChoose(first.n + second.n, x)
  const density = (i: number) => Math.exp(logChoose(first.n, i) + logChoose(second.n, x - i) - all)
  const seen = density(first.x)
  let sum = 0
  for (let i = Math.max(0, x - second.n); i <= Math.min(x, first.n); i++) {
    const d = density(i)
    if (d <= seen * (1 - 1e-7)) sum += d
    else if (d <= seen * (1 + 1e-7)) sum += tie === 'mid' ? d / 2 : d
  }
  return Math.min(1, sum)
}

export interface Share {
  x: number
  n: number
}

export interface Interval {
  low: number
  high: number
}

/** The Jeffreys interval; its lower end is 0 at x = 0 and its upper end 1 at x = n. `alpha` is the error of both sides. */
export function jeffreys({ x, n }: Share, alpha = 0.05): Interval {
  const low = x === 0 ? 0 : betaQuantile(alpha / 2, x + 0.5, n - x + 0.5)
  return { low, high: x === n ? 1 : betaQuantile(1 - alpha / 2, x + 0.5, n - x + 0.5) }
}

/** The strict interval of Clopper and Pearson. */
export function clopperPearson({ x, n }: Share, alpha = 0.05): Interval {
  const low = x === 0 ? 0 : betaQuantile(alpha / 2, x, n - x + 1)
  return { low, high: x === n ? 1 : betaQuantile(1 - alpha / 2, x + 1, n - x) }
}

/** Wilson's score interval at 95 %, in closed form: a check on the others. */
export function wilson({ x, n }: Share): Interval {
  const z = 1.959963984540054
  const p = x / n
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = ((z / n) * Math.sqrt(n * p * (1 - p) + (z * z) / 4)) / (1 + (z * z) / n)
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/** How sure we are that the true rate is over `threshold`, by the Jeffreys posterior. */
export const probabilityOver = ({ x, n }: Share, threshold: number): number =>
  1 - betaCdf(threshold, x + 0.5, n - x + 0.5)

/** Which p-values stand when a share `q` of the standing ones may be false (Benjamini and Hochberg). */
export function benjaminiHochberg(ps: readonly number[], q = 0.05): boolean[] {
  const sorted = ps.toSorted((a, b) => a - b)
  const last = sorted.findLastIndex((p, i) => p <= (q * (i + 1)) / ps.length)
  return ps.map(p => last >= 0 && p <= (sorted[last] ?? 0))
}
