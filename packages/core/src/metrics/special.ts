const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]
const halfLogTwoPi = 0.9189385332046727
const iterationsMax = 20_000
const tiny = 1e-300

/** ln Γ(x) for x > 0, after Lanczos. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  let sum = lanczos[0] ?? 0
  for (let i = 1; i < lanczos.length; i++) sum += (lanczos[i] ?? 0) / (x - 1 + i)
  const t = x + 6.5
  return halfLogTwoPi + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}

/** What Stirling's formula leaves of ln Γ(x+1). Differences of logGamma at 10⁶ would lose six digits. */
function stirlingError(x: number): number {
  if (x < 15) return logGamma(x + 1) - (x + 0.5) * Math.log(x) + x - halfLogTwoPi
  const s = x * x
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / s) / s) / s) / s) / x
}

/** x·ln(x/m) + m − x without cancellation near x = m (Loader 2000). */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x
  const v = (x - m) / (x + m)
  let sum = (x - m) * v
  let term = 2 * x * v
  for (let j = 1; j < 100; j++) {
    term *= v * v
    const next = sum + term / (2 * j + 1)
    if (next === sum) return next
    sum = next
  }
  return sum
}

/** pˣ(1−p)ⁿ⁻ˣ·n!/(x!(n−x)!), also of numbers that are not whole; 0 < p < 1. */
export function binomialDensity(x: number, n: number, p: number): number {
  if (x < 0 || x > n) return 0
  if (x === 0) return Math.exp(n * Math.log1p(-p))
  if (x === n) return Math.exp(n * Math.log(p))
  const exponent =
    stirlingError(n) - stirlingError(x) - stirlingError(n - x) - deviance(x, n * p) - deviance(n - x, n * (1 - p))
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * x * (n - x)))
}

const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value)

/** The continued fraction of the incomplete beta function, by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let h = d
  for (let m = 1; m < iterationsMax; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    h *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return h
}

/** The regularised incomplete beta function I_x(a, b); a, b > 0. */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  return cdfFrom((binomialDensity(a, a + b, x) * a * b) / (a + b), x, a, b)
}

/** The same from xᵃ(1−x)ᵇ/B(a, b), which a quantile has at hand. */
function cdfFrom(density: number, x: number, a: number, b: number): number {
  return x < (a + 1) / (a + b + 2)
    ? (density * betaFraction(x, a, b)) / a
    : 1 - (density * betaFraction(1 - x, b, a)) / b
}

/** The x with I_x(a, b) = p: Halley's steps from a near start, kept inside a shrinking bracket. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0) return 0
  if (p >= 1) return 1
  let [low, high, x] = [0, 1, nearQuantile(p, a, b)]
  for (let i = 0; i < 1100; i++) {
    const density = (binomialDensity(a, a + b, x) * a * b) / (a + b)
    const error = cdfFrom(density, x, a, b) - p
    if (error < 0) low = x
    else high = x
    const newton = (error * x * (1 - x)) / density
    const bend = Math.min(1, newton * ((a - 1) / x - (b - 1) / (1 - x)))
    const step = x - newton / (1 - bend / 2)
    const next = step > low && step < high ? step : (low + high) / 2
    if (Math.abs(next - x) <= 1e-15 * next) return next
    x = next
  }
  return x
}

/** A first guess, inside (0, 1): Abramowitz and Stegun 26.5.22, and where it does not hold the leading term of either end. */
function nearQuantile(p: number, a: number, b: number): number {
  const guess = a >= 1 && b >= 1 ? byNormal(p, a, b) : byEnds(p, a, b)
  return guess > 0 && guess < 1 ? guess : a / (a + b)
}

function byNormal(p: number, a: number, b: number): number {
  const z = nearNormalQuantile(p)
  const [i, j] = [1 / (2 * a - 1), 1 / (2 * b - 1)]
  const lambda = (z * z - 3) / 6
  const h = 2 / (i + j)
  const w = (z * Math.sqrt(h + lambda)) / h - (j - i) * (lambda + 5 / 6 - 2 / (3 * h))
  return a / (a + b * Math.exp(2 * w))
}

/** Abramowitz and Stegun 26.2.22, upper tail: good to three digits, which is enough to begin with. */
function nearNormalQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)))
  const z = t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t))
  return p < 0.5 ? z : -z
}

function byEnds(p: number, a: number, b: number): number {
  const left = (a / (a + b)) ** a / a
  const right = (b / (a + b)) ** b / b
  const all = left + right
  return p < left / all ? (a * all * p) ** (1 / a) : 1 - (b * all * (1 - p)) ** (1 / b)
}

/** P(a, x) and Q(a, x), the regularised incomplete gamma functions. */
function gammaParts(a: number, x: number): { lower: number; upper: number } {
  if (x <= 0) return { lower: 0, upper: 1 }
  const front = Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a)
  if (x < a + 1) {
    let [sum, term] = [1, 1]
    for (let i = 1; i < iterationsMax && term > sum * 1e-17; i++) sum += term *= x / (a + i)
    return { lower: front * sum, upper: 1 - front * sum }
  }
  let b = x + 1 - a
  let [c, d] = [1 / tiny, 1 / b]
  let h = d
  for (let i = 1; i < iterationsMax; i++) {
    b += 2
    d = 1 / away(i * (a - i) * d + b)
    c = away(b + (i * (a - i)) / c)
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  const upper = front * a * h
  return { lower: 1 - upper, upper }
}

/** P(Z ≥ z) of the standard normal distribution. */
export function normalUpper(z: number): number {
  const { lower, upper } = gammaParts(0.5, (z * z) / 2)
  return z >= 0 ? upper / 2 : 0.5 + lower / 2
}

/** P(X² ≥ x) with `df` degrees of freedom. */
export const chiSquareUpper = (x: number, df: number): number => gammaParts(df / 2, x / 2).upper

/** P(K ≥ k) of a Poisson count with this mean. */
export const poissonUpper = (k: number, mean: number): number => (k <= 0 ? 1 : gammaParts(k, mean).lower)
