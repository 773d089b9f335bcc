import type { Share } from './exact.ts'
import { normalUpper } from './special.ts'

const episodesMin = 20
const surelyP = 0.05
const iterationsMax = 50
/** A logit beyond which a fitted rate is 0 or 1 for good: the weeks are separable and nothing can be said. */
const logitMax = 30

export type Acceleration =
  | { measurable: false; why: string }
  | {
      measurable: true
      /** The quadratic term, time running from −1 to 1 over the weeks, with its standard error. */
      term: number
      error: number
      verdict: 'accelerating' | 'slowing' | 'steady'
    }

/**
 * Whether a change of the rate itself gets faster: the quadratic term of a binomial regression on weeks (logit), by its
 * Wald test, two-sided 5 %. Only from 20 episodes on; under it every curve fits.
 */
export function accelerationOf(weeks: readonly Share[]): Acceleration {
  const X = weeks.reduce((sum, { x }) => sum + x, 0)
  const seen = weeks.filter(({ n }) => n > 0).length
  if (X < episodesMin || seen < 4) {
    return { measurable: false, why: `${X} episodes in ${seen} weeks: not measurable yet under ${episodesMin}.` }
  }
  const fit = fitted(weeks)
  if (fit === undefined) return { measurable: false, why: 'No curve fits these weeks: not measurable yet.' }
  const [term, error] = fit
  const p = 2 * normalUpper(Math.abs(term / error))
  const verdict = p > surelyP ? 'steady' : term > 0 ? 'accelerating' : 'slowing'
  return { measurable: true, term, error, verdict }
}

type Vector = [number, number, number]

/** Fisher's scoring for logit(p) = a + b·t + c·t². */
function fitted(weeks: readonly Share[]): [number, number] | undefined {
  const middle = Math.max(1, (weeks.length - 1) / 2)
  const [x, n] = weeks.reduce(([xs, ns], week) => [xs + week.x, ns + week.n], [0, 0])
  let beta: Vector = [Math.log((x + 0.5) / (n - x + 0.5)), 0, 0]
  for (let i = 0; i < iterationsMax; i++) {
    const { score, information } = momentsAt(beta, weeks, middle)
    const step = solve(information, score)
    if (step === undefined) return undefined
    beta = [beta[0] + step[0], beta[1] + step[1], beta[2] + step[2]]
    if (!beta.every(each => Math.abs(each) < logitMax)) return undefined
    if (Math.abs(step[0]) + Math.abs(step[1]) + Math.abs(step[2]) > 1e-12) continue
    const variance = solve(momentsAt(beta, weeks, middle).information, [0, 0, 1])?.[2]
    return variance === undefined || variance <= 0 ? undefined : [beta[2], Math.sqrt(variance)]
  }
  return undefined
}

/** The score, and the information, which is made of five moments of time alone. */
function momentsAt(beta: Vector, weeks: readonly Share[], middle: number): { score: Vector; information: Vector[] } {
  let [s0, s1, s2] = [0, 0, 0]
  let [m0, m1, m2, m3, m4] = [0, 0, 0, 0, 0]
  for (let at = 0; at < weeks.length; at++) {
    const { x, n } = weeks[at] ?? { x: 0, n: 0 }
    const t = at / middle - 1
    const tt = t * t
    const p = 1 / (1 + Math.exp(-(beta[0] + beta[1] * t + beta[2] * tt)))
    const [rest, weight] = [x - n * p, n * p * (1 - p)]
    s0 += rest
    s1 += rest * t
    s2 += rest * tt
    m0 += weight
    m1 += weight * t
    m2 += weight * tt
    m3 += weight * tt * t
    m4 += weight * tt * tt
  }
  const rows: Vector[] = [vector(m0, m1, m2), vector(m1, m2, m3), vector(m2, m3, m4)]
  return { score: [s0, s1, s2], information: rows }
}

const vector = (a: number, b: number, c: number): Vector => [a, b, c]

/** Cramer's rule; absent when the weeks do not tell the three apart. */
function solve([a, b, c]: readonly Vector[], right: Vector): Vector | undefined {
  if (a === undefined || b === undefined || c === undefined) return undefined
  const columns = [0, 1, 2] as const
  const of = (i: 0 | 1 | 2): Vector => [a[i], b[i], c[i]]
  const whole = determinant(of(0), of(1), of(2))
  if (Math.abs(whole) < 1e-12) return undefined
  const [x, y, z] = columns.map(at => {
    const [first, second, third] = columns.map(i => (i === at ? right : of(i)))
    return first && second && third ? determinant(first, second, third) / whole : 0
  })
  return [x ?? 0, y ?? 0, z ?? 0]
}

const determinant = (u: Vector, v: Vector, w: Vector): number =>
  u[0] * (v[1] * w[2] - v[2] * w[1]) - v[0] * (u[1] * w[2] - u[2] * w[1]) + w[0] * (u[1] * v[2] - u[2] * v[1])
