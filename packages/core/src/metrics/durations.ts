import type { Share } from './exact.ts'
import { normalUpper } from './special.ts'

/** A length of time; an open one is what it has lasted so far. */
export interface Span {
  ms: number
  open: boolean
}

export interface Quantile {
  ms: number
  /** Some of the spans up to it are still open, so that it can only grow. */
  atLeast: boolean
}

export const spanOf = (fromMs: number, toMs: number | undefined, nowMs: number): Span => ({
  ms: Math.max(0, (toMs ?? nowMs) - fromMs),
  open: toMs === undefined,
})

/** The nearest-rank quantile, with open spans as at least their age; absent of nothing. `q` in (0, 1]. */
export function quantileOf(spans: readonly Span[], q: number): Quantile | undefined {
  const sorted = spans.toSorted((a, b) => a.ms - b.ms)
  const at = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]
  return at && { ms: at.ms, atLeast: sorted.some(({ ms, open }) => open && ms <= at.ms) }
}

/**
 * The one-sided p-value that the first are longer than the second: the rank test of Mann and Whitney, ties corrected, by the
 * normal curve. An open span counts by its age, which is too short and so never makes the first seem longer than they are
 * when it is one of theirs.
 */
export function longerP(first: readonly Span[], second: readonly Span[]): number {
  const [m, n] = [first.length, second.length]
  if (m === 0 || n === 0) return 1
  const ranked = [...first.map(({ ms }) => ({ ms, own: true })), ...second.map(({ ms }) => ({ ms, own: false }))]
  ranked.sort((a, b) => a.ms - b.ms)
  let [sum, ties] = [0, 0]
  for (let i = 0; i < ranked.length; ) {
    let end = i
    while (end < ranked.length && ranked[end]?.ms === ranked[i]?.ms) end++
    const [size, rank] = [end - i, (i + 1 + end) / 2]
    ties += size ** 3 - size
    for (; i < end; i++) if (ranked[i]?.own === true) sum += rank
  }
  const N = m + n
  const variance = ((m * n) / 12) * (N + 1 - ties / (N * (N - 1)))
  const u = sum - (m * (m + 1)) / 2
  return variance > 0 ? normalUpper((u - (m * n) / 2 - 0.5) / Math.sqrt(variance)) : 1
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/** In the largest unit of which there are two: "9 hours", "90 minutes". */
export function spanWords(ms: number): string {
  const [unit, size] = units.find(([, each]) => ms >= 2 * each) ?? ['second', 1000]
  const count = Math.round(ms / size)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** "1 run in 3", from a share over 0. */
export const oneIn = ({ x, n }: Share): number => Math.max(1, Math.round(n / x))
