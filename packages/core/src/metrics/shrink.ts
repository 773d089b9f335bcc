import { binomialUpper, type Interval, type Share } from './exact.ts'
import { rateOf } from './rates.ts'
import { betaQuantile, logGamma } from './special.ts'

/** What is known of a gate's rate before it is looked at: Beta(α, β). */
export interface Prior {
  alpha: number
  beta: number
}

const gatesMin = 8
/** α + β beyond which gates do not differ: a prior is then worth a million passages. */
const weightMax = 1e6
const weightMin = 1e-3

/** Of the gates themselves, by maximum likelihood of the beta-binomial; absent under eight gates or without any episode. */
export function priorOf(gates: readonly Share[]): Prior | undefined {
  const seen = gates.filter(({ n }) => n > 0)
  const X = seen.reduce((sum, { x }) => sum + x, 0)
  const N = seen.reduce((sum, { n }) => sum + n, 0)
  if (seen.length < gatesMin || X === 0 || X === N) return undefined
  const best = highest([Math.log(X / (N - X)), Math.log(50)], at => likelihood(seen, priorAt(at)))
  return priorAt(best)
}

type Point = [number, number]

/** Logit of the mean, and logarithm of the weight. */
function priorAt([logit, logWeight]: Point): Prior {
  const weight = Math.min(weightMax, Math.max(weightMin, Math.exp(logWeight)))
  const mean = 1 / (1 + Math.exp(-logit))
  return { alpha: weight * mean, beta: weight * (1 - mean) }
}

/** The part of the log-likelihood that the prior moves. */
function likelihood(gates: readonly Share[], { alpha, beta }: Prior): number {
  const each = logGamma(alpha + beta) - logGamma(alpha) - logGamma(beta)
  let sum = each * gates.length
  for (const { x, n } of gates) sum += logGamma(x + alpha) + logGamma(n - x + beta) - logGamma(n + alpha + beta)
  return sum
}

const stepsMax = 400

/** The simplex of Nelder and Mead in two dimensions: no derivative, and the same steps on every machine. */
function highest(from: Point, value: (at: Point) => number): Point {
  const corner = (at: Point) => ({ at, value: value(at) })
  let corners = [corner(from), corner([from[0] + 1, from[1]]), corner([from[0], from[1] + 1])]
  for (let step = 0; step < stepsMax; step++) {
    corners = corners.toSorted((a, b) => b.value - a.value)
    const [best, second, worst] = corners
    if (!best || !second || !worst) break
    if (Math.max(...[0, 1].map(i => Math.abs((best.at[i] ?? 0) - (worst.at[i] ?? 0)))) < 1e-9) break
    const along = (times: number) => {
      const towards = (i: 0 | 1) => (best.at[i] + second.at[i]) / 2
      return corner([0, 1].map(i => mix(towards(i as 0 | 1), worst.at[i as 0 | 1], times)) as Point)
    }
    const mirrored = along(1)
    const next = mirrored.value > best.value ? better(mirrored, along(2)) : mirrored
    if (next.value > second.value) corners = [best, second, next]
    else {
      const inner = better(along(0.5), along(-0.5))
      const shrunk = (at: Point) => corner([mix(best.at[0], at[0], -0.5), mix(best.at[1], at[1], -0.5)])
      corners = inner.value > worst.value ? [best, second, inner] : [best, shrunk(second.at), shrunk(worst.at)]
    }
  }
  return corners.toSorted((a, b) => b.value - a.value)[0]?.at ?? from
}

const mix = (centre: number, away: number, times: number): number => centre + times * (centre - away)
const better = <Corner extends { value: number }>(a: Corner, b: Corner): Corner => (a.value >= b.value ? a : b)

export interface Shrunk extends Share {
  /** The rate drawn towards the other gates', by as much as its own passages leave open. */
  rate: number
  /** 95 %. */
  interval: Interval
}

/** For putting gates side by side: each rate with what all gates say of it. Under eight gates, each for itself (Jeffreys). */
export function shrink(gates: readonly Share[]): Shrunk[] {
  const prior = priorOf(gates)
  return gates.map(({ x, n }) => {
    const inside = Math.min(x, n)
    if (prior === undefined) {
      return { x, n, rate: (inside + 0.5) / (n + 1), interval: rateOf(inside, n).interval }
    }
    const [a, b] = [inside + prior.alpha, n - inside + prior.beta]
    return { x, n, rate: a / (a + b), interval: { low: betaQuantile(0.025, a, b), high: betaQuantile(0.975, a, b) } }
  })
}

export interface Funnel {
  /** All episodes ÷ all passages. */
  centre: number
  /** In the gates' order: what lies outside the limits that one gate in a thousand passes by chance, on each side. */
  places: ('above' | 'inside' | 'below')[]
}

const funnelP = 0.001

/** Which gates differ from all together, by exact limits; a list of ranks would make leaders and losers out of chance. */
export function funnelOf(gates: readonly Share[]): Funnel | undefined {
  const X = gates.reduce((sum, { x, n }) => sum + Math.min(x, n), 0)
  const N = gates.reduce((sum, { n }) => sum + n, 0)
  if (X === 0 || X === N) return undefined
  const centre = X / N
  const places = gates.map(({ x, n }): Funnel['places'][number] => {
    if (binomialUpper(Math.min(x, n), n, centre) <= funnelP) return 'above'
    return 1 - binomialUpper(Math.min(x, n) + 1, n, centre) <= funnelP ? 'below' : 'inside'
  })
  return { centre, places }
}
