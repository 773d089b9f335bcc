import { binomialMidP, type Share } from './exact.ts'
import { type Rate, rateOf } from './rates.ts'

export interface RepairEffect {
  verdict: 'worked' | 'no_effect' | 'too_early'
  before: Rate
  after: Rate
  /** In one sentence. */
  reason: string
}

/** Episodes that would have been expected since the repair if nothing had changed; under it nothing is said. */
const expectedMin = 5
const surelyP = 0.05
/** How unlikely this many episodes must be, had the rate been halved. */
const halvedP = 0.2

/**
 * What a repair did to the bypass rate: episodes and passages of as long before as is known, and since it was done.
 * `worked`: fewer beyond chance (exact and conditional on the sum, mid-p, one-sided 5 %). `no_effect`: not fewer, and had
 * the rate been halved, so many would be seen one time in five at most. Anything else is `too_early`, and so is all of it
 * until five episodes would have been expected.
 */
export function repairEffect(before: Share, after: Share): RepairEffect {
  const rates = { before: rateOf(before.x, before.n), after: rateOf(after.x, after.n) }
  const expected = before.n === 0 ? 0 : (before.x / before.n) * after.n
  const seen = `${after.x} episodes in ${after.n} passages since, where ${expected.toFixed(1)} were to be expected`
  if (expected < expectedMin) {
    return { verdict: 'too_early', ...rates, reason: `${seen}: too few to tell under ${expectedMin}.` }
  }
  const all = before.x + after.x
  if (binomialMidP(before.x, all, before.n / (before.n + after.n)) <= surelyP) {
    return { verdict: 'worked', ...rates, reason: `${seen}: the repair worked.` }
  }
  const halved = after.n / (after.n + 2 * before.n)
  if (binomialMidP(after.x, all, halved) <= halvedP) {
    return { verdict: 'no_effect', ...rates, reason: `${seen}: no effect.` }
  }
  return { verdict: 'too_early', ...rates, reason: `${seen}: it may have helped; more passages will tell.` }
}
