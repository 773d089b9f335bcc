import {
  type Durations,
  durationsOf,
  flakeOf,
  type Harm,
  laterOf,
  rateOf,
  type Waiting,
  waitingOf,
  whyItHurts,
} from '@breakglass/core/metrics'
import { unusableReasons } from '@breakglass/core/review'
import { skippedSince } from '../../landings/fates.ts'
import { harmAt } from '../../landings/harm.ts'
import { habitsIn } from '../../landings/habits.ts'
import type { ProgramNumbers } from '../../landings/numbers.ts'
import { teamsIn } from '../../landings/teams.ts'
import { waitsSince } from '../../landings/waits.ts'
import type { Rx } from '../../store/store.ts'
import { checkRunsSince, talliesSince } from '../forum/gather-why.ts'
import type { ReplyOf } from '../points/body-of.ts'

type Why = ReplyOf<'showGateNumbers'>['why']

/** A new habit drowns in half a year. */
const whyDays = 90

/** Why one gate hurts, from what its runs, its landings and the reviews of 90 days say. */
export async function whyHere(
  rx: Rx,
  gate: string,
  { numbers, atMs }: { numbers: ProgramNumbers; atMs: number },
): Promise<Why> {
  const fromMs = atMs - whyDays * 86_400_000
  const checks = await checkRunsSince(rx, fromMs, gate)
  const runs = checks.get(gate) ?? []
  const fates = (await skippedSince(rx, { fromMs, gate }, checks)).get(gate) ?? []
  const [flake, durations, later] = [flakeOf(runs), durationsOf(runs), laterOf(fates)]
  const zones = new Map(numbers.gates.map(each => [each.gate.name, each.gate.timezone]))
  const waits = (await waitsSince(rx, fromMs, name => zones.get(name))).get(gate) ?? []
  const waiting = waitingOf(waits, atMs)
  const sentence = whyItHurts({ flake, durations, later, waiting })
  const tally = (await talliesSince(rx, fromMs)).get(gate)
  const teams = await teamsIn(rx, numbers, { atMs, causeOf: each => (each === gate ? sentence : undefined) })
  const habits = (await habitsIn(rx, numbers)).filter(habit => habit.gate === gate)
  return {
    ...(sentence !== undefined && { sentence }),
    flake: rateOf(flake.x, flake.n),
    durations: durationsView(durations),
    waiting: waitingView(waiting),
    later,
    harm: harmView(await harmAt(rx, gate, { fromMs, nowMs: atMs })),
    teams: teams.filter(team => team.gate === gate).map(({ team, x, n, reason }) => ({ team, x, n, words: reason })),
    habits: habits.map(({ reason }) => reason),
    reasons: (tally?.reasons ?? []).flatMap(({ reason, x }) => {
      const known = unusableReasons.find(each => each === reason)
      return known === undefined ? [] : [{ reason: known, x }]
    }),
    reviews: tally?.n ?? 0,
  }
}

function waitingView({ n, median, p90, slowWeekday }: Waiting): Why['waiting'] {
  return {
    n,
    ...(median && { p50Ms: median.ms }),
    ...(p90 && { p90Ms: p90.ms }),
    ...(slowWeekday && {
      slowWeekday: {
        weekday: slowWeekday.weekday,
        n: slowWeekday.n,
        p50Ms: slowWeekday.median.ms,
        othersMs: slowWeekday.others.ms,
      },
    }),
  }
}

function harmView({ passed, around, buys, outcomes }: Harm): Why['harm'] {
  const notFollowed = outcomes.reduce((sum, { young, unwatched }) => sum + young + unwatched, 0)
  return { passed, around, buys, notFollowed, outcomes: outcomes.map(({ outcome, harmed }) => ({ outcome, harmed })) }
}

function durationsView({ n, p50, p95, trend }: Durations): Why['durations'] {
  return { n, ...(p50 && { p50Ms: p50.ms }), ...(p95 && { p95Ms: p95.ms }), ...(trend && { trend }) }
}
