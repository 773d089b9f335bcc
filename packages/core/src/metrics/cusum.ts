import type { Share } from './exact.ts'

/**
 * The quick alert between monthly runs (Bernoulli CUSUM): S ← max(0, S + w) for each passage, with w = ln(p₁/p₀) on an
 * episode and ln((1−p₁)/(1−p₀)) otherwise; alarm when S reaches h, then anew from 0.
 */
export interface CusumRule {
  /** The rate that is in order, and the one to be noticed; 0 < p0 < p1 < 1. */
  p0: number
  p1: number
  /** 3.5 makes a false alarm about every 5 000 passages, and notices after four or five episodes. */
  h: number
}

export interface Cusum {
  /** S after the last day. */
  value: number
  /** Positions of the days on which it alarmed. */
  alarms: number[]
}

/** Over days or hours in order. Within one, passages without an episode come first, which is the later alarm. */
export function cusum(days: readonly Share[], rule: CusumRule): Cusum {
  const { up, down } = steps(rule)
  const alarms: number[] = []
  let value = 0
  for (const [at, { x, n }] of days.entries()) {
    value = Math.max(0, value - Math.max(0, n - x) * down)
    for (let i = 0; i < x; i++) {
      value += up
      if (value < rule.h) continue
      alarms.push(at)
      value = 0
    }
  }
  return { value, alarms: [...new Set(alarms)] }
}

function steps({ p0, p1 }: CusumRule): { up: number; down: number } {
  return { up: Math.log(p1 / p0), down: Math.log((1 - p0) / (1 - p1)) }
}

/** Grid cells that one passage without an episode goes down. */
const cellsPerStep = 8
const sweepsMax = 20_000

/**
 * The average number of passages until the alarm, from 0, at a true rate p: the expectation of the Markov chain of S on a
 * grid of an eighth of a step down, by Gauss and Seidel. Between grid points it is interpolated.
 */
export function cusumRunLength(rule: CusumRule, p: number): number {
  const { up, down } = steps(rule)
  const cell = down / cellsPerStep
  const size = Math.ceil(rule.h / cell)
  const expected = new Float64Array(size)
  const jump = up / cell
  const after = (from: number): number => {
    const to = from + jump
    if (to * cell >= rule.h) return 0
    const below = Math.floor(to)
    const share = to - below
    const [low, high] = [expected[below] ?? 0, expected[Math.min(below + 1, size - 1)] ?? 0]
    return low + share * (high - low)
  }
  for (let sweep = 0; sweep < sweepsMax; sweep++) {
    const before = expected[0] ?? 0
    // At 0 a passage without an episode changes nothing, so that the equation is solved for itself.
    expected[0] = 1 / p + after(0)
    for (let at = 1; at < size; at++) {
      expected[at] = 1 + (1 - p) * (expected[Math.max(0, at - cellsPerStep)] ?? 0) + p * after(at)
    }
    if (Math.abs((expected[0] ?? 0) - before) <= 1e-9 * before) break
  }
  return expected[0] ?? 0
}
