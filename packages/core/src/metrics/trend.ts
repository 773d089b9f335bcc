import { logChoose, type Share } from './exact.ts'
import { normalUpper } from './special.ts'

const exactEpisodesMax = 20
/** Above this p the exact answer changes nothing, and it is the costly one. */
const exactBelow = 0.1

/** The trend over equally spaced periods (Cochran 1954, Armitage 1955): z, above 0 when the rate rises. */
export function cochranArmitage(periods: readonly Share[]): number {
  const N = periods.reduce((sum, { n }) => sum + n, 0)
  const X = periods.reduce((sum, { x }) => sum + x, 0)
  const nt = periods.reduce((sum, { n }, t) => sum + n * t, 0)
  const ntt = periods.reduce((sum, { n }, t) => sum + n * t * t, 0)
  const T = periods.reduce((sum, { x }, t) => sum + x * t, 0)
  const variance = ((X * (N - X)) / (N * (N - 1))) * (ntt - (nt * nt) / N)
  return variance > 0 ? (T - (X * nt) / N) / Math.sqrt(variance) : 0
}

/**
 * The one-sided p-value of a rise. Weeks that vary more than chance around the fitted line widen the test by as much,
 * so that a few wild weeks are not a trend; few episodes get the exact distribution as well.
 */
export function risingP(weeks: readonly Share[], varying: number = dispersionOf(weeks).value): number {
  const z = cochranArmitage(weeks)
  const p = normalUpper(z / Math.sqrt(Math.max(1, varying)))
  const X = weeks.reduce((sum, { x }) => sum + x, 0)
  return X > 0 && X < exactEpisodesMax && p < exactBelow ? Math.max(p, exactRisingP(weeks, X)) : p
}

export interface Dispersion {
  /** Pearson's X² about the weighted line, by its degrees of freedom: 1 when weeks differ by chance alone. */
  value: number
  freedom: number
}

export function dispersionOf(weeks: readonly Share[]): Dispersion {
  const N = weeks.reduce((sum, { n }) => sum + n, 0)
  const mean = weeks.reduce((sum, { n }, t) => sum + n * t, 0) / N
  const rate = weeks.reduce((sum, { x }) => sum + x, 0) / N
  const square = weeks.reduce((sum, { n }, t) => sum + n * (t - mean) ** 2, 0)
  const slope = weeks.reduce((sum, { x }, t) => sum + x * (t - mean), 0) / square
  const chi = weeks.reduce((sum, { x, n }, t) => {
    // A fitted rate near 0 would make one episode there count without bound.
    const p = Math.min(0.99, Math.max(rate / 4, rate + slope * (t - mean)))
    return n === 0 ? sum : sum + (x - n * p) ** 2 / (n * p * (1 - p))
  }, 0)
  const freedom = weeks.filter(({ n }) => n > 0).length - 2
  return freedom > 0 && square > 0 ? { value: chi / freedom, freedom } : { value: 1, freedom: 0 }
}

/** Gates under which there is no common dispersion to speak of. */
const poolMin = 8
/** What all gates together weigh against one gate's own weeks: as much as half a year of them. */
const poolFreedom = 24

/**
 * Each gate's dispersion drawn towards that of all: the same people and the same weeks move every gate, and a gate's own
 * weeks alone say it so badly that tests would be widened, or not, by chance.
 */
export function pooledDispersions(own: readonly Dispersion[]): number[] {
  if (own.length < poolMin) return own.map(({ value }) => value)
  const freedom = own.reduce((sum, each) => sum + each.freedom, 0)
  const common = own.reduce((sum, each) => sum + each.value * each.freedom, 0) / Math.max(1, freedom)
  return own.map(each => (common * poolFreedom + each.value * each.freedom) / (poolFreedom + each.freedom))
}

/** P(Σ t·x ≥ what was seen), given all n and the sum of x: summed over every way the episodes could have fallen. */
function exactRisingP(weeks: readonly Share[], X: number): number {
  const N = weeks.reduce((sum, { n }) => sum + n, 0)
  const seen = weeks.reduce((sum, { x }, t) => sum + x * t, 0)
  const width = X * (weeks.length - 1) + 1
  const ways = new Float64Array((X + 1) * width)
  ways[0] = 1
  let before = 0
  for (const [t, { n }] of weeks.entries()) {
    if (n === 0) continue
    // Scaled by (X/N)ᵏ, which cancels, so that nothing overflows.
    const terms = Array.from({ length: Math.min(n, X) + 1 }, (_, k) => Math.exp(logChoose(n, k) + k * Math.log(X / N)))
    // In place, from many episodes to few: a week only adds to ways of more than it takes them from.
    for (let x = X; x >= 0; x--) {
      for (let sum = x * before; sum >= 0; sum--) {
        const way = ways[x * width + sum] ?? 0
        if (way === 0) continue
        for (let k = 1; k < terms.length && x + k <= X; k++) {
          const at = (x + k) * width + sum + k * t
          ways[at] = (ways[at] ?? 0) + way * (terms[k] ?? 0)
        }
      }
    }
    before = t
  }
  const last = ways.subarray(X * width)
  const all = last.reduce((sum, way) => sum + way, 0)
  return last.subarray(seen).reduce((sum, way) => sum + way, 0) / all
}
