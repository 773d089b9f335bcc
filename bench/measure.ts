/** One measured thing: every sample in milliseconds, what it should be, and what stands beside it. */
export interface Line {
  what: string
  /** Milliseconds, each a whole run of the thing. */
  samples: number[]
  /** The design's bar for the median, ms; absent for a peer or a limit. */
  barMs?: number
  /** The line it is a multiple of. */
  beside?: string
  /** The bar for that multiple. */
  barTimes?: number
  /** How many were done in each second, where many callers ask at once. */
  perSecond?: number
  barPerSecond?: number
  /** A size instead of a time; `samples` is empty then. */
  bytes?: number
  barBytes?: number
}

/** Runs something `count` times after `warmup` runs that are not counted. */
export async function sample(
  count: number,
  work: (at: number) => Promise<unknown> | unknown,
  warmup = 10,
): Promise<number[]> {
  for (let at = 0; at < warmup; at++) await work(at)
  const samples: number[] = []
  for (let at = 0; at < count; at++) samples.push(await timed(() => work(warmup + at)))
  return samples
}

/** Two things by turns, so that whatever else the machine does at the time slows both: for a ratio that is a bar. */
export async function sampleByTurns(count: number, first: () => unknown, second: () => unknown, warmup: number) {
  const samples: [number[], number[]] = [[], []]
  for (let at = 0; at < warmup + count; at++) {
    const [one, two] = [await timed(first), await timed(second)]
    if (at < warmup) continue
    samples[0].push(one)
    samples[1].push(two)
  }
  return samples
}

/** `callers` that each ask again as soon as they are answered, `each` times. The first `warmup` of each are not counted. */
export async function sustain(
  callers: number,
  each: number,
  work: (at: number) => Promise<unknown>,
  warmup: number,
): Promise<{ samples: number[]; perSecond: number }> {
  const round = async (from: number, times: number) => {
    const caller = async (number: number) => {
      const samples: number[] = []
      for (let at = 0; at < times; at++) samples.push(await timed(() => work((from + at) * callers + number)))
      return samples
    }
    return (await Promise.all(Array.from({ length: callers }, (_, number) => caller(number)))).flat()
  }
  await round(0, warmup)
  const began = performance.now()
  const samples = await round(warmup, each)
  return { samples, perSecond: (callers * each * 1000) / (performance.now() - began) }
}

async function timed(work: () => unknown): Promise<number> {
  const began = performance.now()
  const answer = work()
  // Waiting for what is no promise would add a turn of the loop's queue to what takes a part of a millisecond.
  if (answer instanceof Promise) await answer
  return performance.now() - began
}

/** The q-quantile by the nearest rank. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

export interface Result {
  what: string
  p50Ms: number
  p95Ms: number
  runs: number
  barMs?: number
  perSecond?: number
  barPerSecond?: number
  bytes?: number
  barBytes?: number
  beside?: string
  timesBeside?: number
  barTimes?: number
  /** Absent where there is no bar. */
  missed?: boolean
}

/** Lines of one bench as numbers; a line's peer is another line of the same bench. */
export function resultsOf(lines: readonly Line[]): Result[] {
  return lines.map(({ samples, ...line }) => {
    const p50Ms = quantile(samples, 0.5)
    const peer = lines.find(({ what }) => what === line.beside)
    const result: Result = { ...line, p50Ms, p95Ms: quantile(samples, 0.95), runs: samples.length }
    if (peer) result.timesBeside = p50Ms / quantile(peer.samples, 0.5)
    const missed = missedOf(result)
    return missed === undefined ? result : { ...result, missed }
  })
}

function missedOf(result: Result): boolean | undefined {
  const { p50Ms, barMs, perSecond, barPerSecond, timesBeside, barTimes } = result
  const kept = [
    barMs === undefined ? [] : [p50Ms <= barMs],
    perSecond === undefined || barPerSecond === undefined ? [] : [perSecond >= barPerSecond],
    timesBeside === undefined || barTimes === undefined ? [] : [timesBeside <= barTimes],
    result.bytes === undefined || result.barBytes === undefined ? [] : [result.bytes <= result.barBytes],
  ].flat()
  return kept.length === 0 ? undefined : kept.includes(false)
}
