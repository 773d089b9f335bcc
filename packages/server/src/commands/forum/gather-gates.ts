import type { GateFacts } from '@breakglass/core/advise'
import type { ForumGate, ForumInput } from '@breakglass/core/forum'
import {
  effectiveActors,
  type Label,
  labels,
  type LandingFate,
  type Rate,
  rateOf,
  ratesOf,
  type ReviewWait,
  whyItHurts,
  whyOf,
} from '@breakglass/core/metrics'
import { z } from 'zod'
import { skippedSince } from '../../landings/fates.ts'
import { harmAt } from '../../landings/harm.ts'
import { waitsSince } from '../../landings/waits.ts'
import { type GateNumbers, gateNumbers, type ProgramNumbers } from '../../landings/numbers.ts'
import type { Rx } from '../../store/store.ts'
import { type CheckRuns, checkRunsSince, type Tallies, talliesSince } from './gather-why.ts'
import type { Span } from './gather-records.ts'

/** Everything that the report says of gates, looked up once. */
export interface GateReport {
  gates: ForumInput['gates']
  coverage: ForumInput['coverage']
  /** What is not seen of gates, each once. */
  words: string[]
}

/** The numbers of each gate at the end of the period, as everybody may see them. */
export async function gateReport(rx: Rx, span: Span): Promise<GateReport> {
  const numbers = await gateNumbers(rx, { atMs: span.toMs })
  const fromMs = Date.parse(`${numbers.labelled.from}T00:00:00Z`)
  const checks = await checkRunsSince(rx, fromMs)
  const asking = numbers.gates.filter(({ shown }) => asks(shown.label)).map(({ gate }) => gate.name)
  const told = {
    buys: await boughtBy(rx, asking, { fromMs, nowMs: span.nowMs }),
    runs: await labelRuns(rx),
    checks,
    fates: await skippedSince(rx, { fromMs }, checks),
    tallies: await talliesSince(rx, fromMs),
    waits: await waitsSince(rx, fromMs, name => numbers.program.program.gates[name]?.timezone),
    span,
  }
  const all = numbers.gates.map(({ history }) => ratesOf(history.days, history.episodes))
  const [known, unknown] = [sum(all.map(({ n }) => n)), sum(all.map(rates => rates.unknown))]
  return {
    gates: { measured: true, value: numbers.gates.map(each => forumGate(each, numbers, told)) },
    coverage: { measured: true, value: { known, all: known + unknown } },
    words: [...new Set(numbers.gates.flatMap(({ coverage }) => coverage.words))].sort(),
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** Only of gates that the report asks about: their landings are all looked at. */
const asks = (label: Label): boolean => !['near_zero', 'incidents_only', 'insufficient'].includes(label)

async function boughtBy(
  rx: Rx,
  gates: readonly string[],
  window: { fromMs: number; nowMs: number },
): Promise<Map<string, string>> {
  const bought = new Map<string, string>()
  for (const gate of gates) {
    const { passed, around, buys } = await harmAt(rx, gate, window)
    if (passed.n > 0 && around.n > 0) bought.set(gate, buys)
  }
  return bought
}

interface Told {
  buys: ReadonlyMap<string, string>
  runs: ReadonlyMap<string, readonly LabelRun[]>
  checks: CheckRuns
  fates: ReadonlyMap<string, readonly LandingFate[]>
  tallies: Tallies
  waits: ReadonlyMap<string, readonly ReviewWait[]>
  span: Span
}

function forumGate(
  { gate, shown, now, history, onPaperOnly }: GateNumbers,
  { labelled }: ProgramNumbers,
  { buys, runs, checks, fates, tallies, waits, span }: Told,
): ForumGate {
  const rates = ratesOf(history.days, history.episodes)
  const own = runs.get(gate.name) ?? []
  const before = own.find(({ ranMs }) => ranMs < span.fromMs)?.shown
  const tally = tallies.get(gate.name)
  const bought = buys.get(gate.name)
  const seen = {
    runs: checks.get(gate.name) ?? [],
    fates: fates.get(gate.name) ?? [],
    waits: waits.get(gate.name) ?? [],
  }
  const why = whyItHurts(whyOf(seen, span.nowMs))
  const otherwise = own.findIndex(({ found }) => found !== 'high')
  return {
    gate: gate.name,
    owner: gate.owner,
    class: gate.class,
    label: shown.label,
    ...(before === undefined ? {} : { labelBefore: before }),
    highRuns: otherwise === -1 ? own.length : otherwise,
    window: labelled,
    bypass: forumRate(rates.bypass),
    glass: forumRate(rates.glass),
    unsanctioned: forumRate(rates.unsanctioned),
    unknown: rates.unknown,
    reason: shown.reason,
    action: shown.action,
    ...(why === undefined ? {} : { whyItHurts: why }),
    ...(bought === undefined ? {} : { buys: bought }),
    ...(tally === undefined ? {} : { tally }),
    shift: now.shift,
    onPaperOnly,
    weeks: weeksOf(history, labelled.from),
  }
}

/** Late evidence can bring an episode before its passage; a report shows at most all of n. */
const forumRate = ({ x, n, interval }: Rate) => ({ x: n === 0 ? x : Math.min(x, n), n, interval })

const dayMs = 86_400_000
const weeksMax = 60

/** Bypass rates of the weeks of a window; a week without a known passage has none. */
function weeksOf({ days, episodes }: GateNumbers['history'], from: string): (number | null)[] {
  const week = ({ day }: { day: string }) => Math.floor((Date.parse(day) - Date.parse(from)) / (7 * dayMs))
  const last = Math.min(weeksMax, Math.max(0, ...days.map(each => week(each) + 1)))
  return Array.from({ length: last }, (_, at) => {
    const isIn = (each: { day: string }) => week(each) === at
    return ratesOf(days.filter(isIn), episodes.filter(isIn)).bypass.rate ?? null
  })
}

const label = z.enum(labels)

interface LabelRun {
  found: z.infer<typeof label>
  shown: z.infer<typeof label>
  ranMs: number
}

/** As many months as anybody looks back in a forum. */
const monthsMax = 24

/** The monthly runs of every gate, the newest first. */
async function labelRuns(rx: Rx): Promise<Map<string, LabelRun[]>> {
  const rows = await rx.db
    .selectFrom('label_run')
    .select(['gate', 'found', 'shown', 'ran_at'])
    .orderBy('gate')
    .orderBy('month', 'desc')
    .execute()
  const runs = new Map<string, LabelRun[]>()
  for (const { gate, found, shown, ran_at: ranMs } of rows) {
    const of = runs.get(gate) ?? []
    if (of.length === 0) runs.set(gate, of)
    if (of.length < monthsMax) of.push({ found: label.parse(found), shown: label.parse(shown), ranMs })
  }
  return runs
}

/** The same numbers as advice looks at them. */
export async function adviceFacts(rx: Rx, nowMs: number): Promise<GateFacts[]> {
  const numbers = await gateNumbers(rx, { atMs: nowMs })
  const checks = await checkRunsSince(rx, Date.parse(`${numbers.labelled.from}T00:00:00Z`))
  return numbers.gates.flatMap(({ gate, shown, now, history }): GateFacts[] => {
    const rates = ratesOf(history.days, history.episodes)
    // No passage at all: nobody has measured this gate yet.
    if (rates.n === 0) return []
    const { flake } = whyOf({ runs: checks.get(gate.name) ?? [] }, nowMs)
    const actors = effectiveActors(history.episodes)
    return [
      {
        gate: gate.name,
        window: numbers.labelled,
        label: shown.label,
        fired: now.fired,
        bypass: forumRate(rates.bypass),
        glass: forumRate(rates.glass),
        unsanctioned: forumRate(rates.unsanctioned),
        outside: history.episodes.filter(({ incident }) => incident === undefined).length,
        ...(flake?.measured === true ? { flake: forumRate(rateOf(flake.x, flake.n)) } : {}),
        ...(actors === undefined ? {} : { effectiveActors: actors }),
      },
    ]
  })
}
