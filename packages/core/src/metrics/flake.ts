import type { Rate } from './rates.ts'
import { rateOf } from './rates.ts'
import type { CheckRun } from './input-why.ts'

/** Good commits under which nothing is said of flaking. */
const commitsMin = 20

export interface Flake extends Rate {
  /** Whether n is enough to say anything. */
  measured: boolean
  /** Runs that said neither pass nor fail, of all. */
  couldNotRun: Rate
}

/**
 * How often a check fails on code that is good: of the commits that it passed unchanged at some time, those it had failed
 * first. By commit and not by run, so that retrying does not change the rate. A commit that failed and was never run again
 * is in neither number: nobody knows which it was. So the rate is rather too low. Runs of one gate.
 */
export function flakeOf(runs: readonly CheckRun[]): Flake {
  const commits = new Map<string, { failedFirst: boolean; passed: boolean }>()
  for (const { commit, end } of runs.toSorted((a, b) => a.startedAt - b.startedAt)) {
    if (end === 'could_not_run') continue
    const seen = commits.get(commit)
    if (seen === undefined) commits.set(commit, { failedFirst: end === 'fail', passed: end === 'pass' })
    else if (end === 'pass') seen.passed = true
  }
  const good = [...commits.values()].filter(({ passed }) => passed)
  const rate = rateOf(good.filter(({ failedFirst }) => failedFirst).length, good.length)
  const stuck = runs.filter(({ end }) => end === 'could_not_run').length
  return { ...rate, measured: good.length >= commitsMin, couldNotRun: rateOf(stuck, runs.length) }
}
