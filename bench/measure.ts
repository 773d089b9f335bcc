/** One measured thing: every sample in milliseconds, what it should be, and what stands beside it. */
export interface Line {
  what: string
  /** Milliseconds, each a whole run of the thing. */
  samples: number[]
  /** DESIGN's bar for the median, ms; absent for a peer or a limit. */
  barMs?: number
  /** The line it is a multiple of. */
  beside?: string
}

/** Runs something `count` times after `warmup` runs that are not counted. */
export async function sample(
  count: number,
  work: (at: number) => Promise<unknown> | unknown,
  warmup = 10,
): Promise<number[]> {
  for (let at = 0; at < warmup; at++) await work(at)
  const samples: number[] = []
  for (let at = 0; at < count; at++) {
    const began = performance.now()
    await work(warmup + at)
    samples.push(performance.now() - began)
  }
  return samples
}

/** The q-quantile by the nearest rank. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

export interface Result {
  what: string
  p50Ms: number
  p95Ms: number
  runs: number
  barMs?: number
  /** Below 1 keeps the bar. */
  ofBar?: number
  beside?: string
  timesBeside?: number
}

export function resultsOf(lines: readonly Line[]): Result[] {
  return lines.map(({ what, samples, barMs, beside }) => {
    const p50Ms = quantile(samples, 0.5)
    const peer = lines.find(line => line.what === beside)
    return {
      what,
      p50Ms,
      p95Ms: quantile(samples, 0.95),
      runs: samples.length,
      ...(barMs !== undefined && { barMs, ofBar: p50Ms / barMs }),
      ...(peer && { beside: peer.what, timesBeside: p50Ms / quantile(peer.samples, 0.5) }),
    }
  })
}
