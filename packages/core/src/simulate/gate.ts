import { episodesOf } from '../metrics/episodes.ts'
import type { BypassUse, GateDay, GateHour, GateTeam } from '../metrics/input.ts'
import type { GateHistory } from '../metrics/signals.ts'
import { type Planted, planted, type Truth } from './truths.ts'

/** What real weeks do beside what was planted. */
export interface Disturbance {
  /** Weeks whose rate is a multiple of the planted one: each week times 1 ± this, 0 for none. */
  weeks: number
  /** The share of episodes that bring two more on the same day, by anybody. */
  bursts: number
  /** The share of uses in an incident that nobody linked to it; none when absent. */
  unlinked?: number
}

export interface GatePlan {
  gate: string
  truth: Truth
  weeks: number
  /** Passages of a working week, five days. */
  perWeek: number
  disturbance: Disturbance
  /** The weeks in which the truth holds, from and up to; outside them the gate is quiet. All of them when absent. */
  holds?: { from: number; to: number }
}

/** One passage that was made: what everything else of the gate is derived from. */
export interface Passage {
  gate: string
  at: number
  day: string
  weekday: number
  hour: number
  actor: string
  /** The truth of its week. */
  truth: Truth
  incident?: string
  /** The incident stands in no record of the use. */
  unlinked: boolean
  onCall: boolean
  /** Absent when it went through the gate. */
  around?: BypassUse['outcome']
}

/** A Monday; simulated time has no other meaning. */
export const beginMs = Date.UTC(2026, 0, 5)
export const dayMs = 86_400_000
export const hourMs = 3_600_000
const actorsCount = 12
const onCallCount = 2
const incidentShare = 0.05
/** Unsanctioned episodes that somebody told of first. */
const disclosedShare = 0.15

export const never: Disturbance = { weeks: 0, bursts: 0 }

/** The passages of one gate with a known truth, day by day. */
export function passagesOf(plan: GatePlan, random: () => number): Passage[] {
  const passages: Passage[] = []
  for (let week = 0; week < plan.weeks; week++) {
    const wild = 1 + plan.disturbance.weeks * (random() < 0.5 ? -1 : 1)
    const { from = 0, to = plan.weeks } = plan.holds ?? {}
    const truth = week >= from && week < to ? plan.truth : 'zero'
    const progress = (week - from) / Math.max(1, to - from - 1)
    for (let weekday = 1; weekday <= 5; weekday++) {
      const midnight = beginMs + (week * 7 + weekday - 1) * dayMs
      const date = new Date(midnight).toISOString().slice(0, 10)
      const day = { ...plan, week, weekday, truth, progress, wild, midnight, date }
      const n = Math.round((plan.perWeek * weekday) / 5) - Math.round((plan.perWeek * (weekday - 1)) / 5)
      for (let i = 0; i < n; i++) passages.push(...passageOn(day, i, random))
    }
  }
  return passages
}

interface Day extends GatePlan {
  week: number
  weekday: number
  progress: number
  wild: number
  midnight: number
  date: string
}

/** One passage, and those that a burst brings with it. */
function passageOn(of: Day, i: number, random: () => number): Passage[] {
  const { gate, week, weekday, truth, progress, wild, disturbance, midnight, date: day } = of
  const rule = planted[truth]
  const someone = Math.floor(random() * actorsCount)
  const incident = random() < incidentShare
  const onCall = someone === week % onCallCount
  const around = random() < rule.rate({ progress, weekday, actor: someone, onCall, incident }) * wild
  const hour = 8 + Math.floor(random() * 8)
  const unlinked = disturbance.unlinked !== undefined && random() < disturbance.unlinked
  const made = (actor: number, later: number, how: Passage['around']): Passage => ({
    gate,
    at: midnight + (hour + later) * hourMs + i,
    day,
    weekday,
    hour: hour + later,
    actor: `p_${actor}`,
    truth,
    ...(incident ? { incident: `${gate} ${day} ${i}` } : {}),
    unlinked,
    onCall: actor === week % onCallCount,
    ...(how === undefined ? {} : { around: how }),
  })
  if (!around) return [made(someone, 0, undefined)]
  const how = howAround(rule, progress, random)
  const first = made(someone, 0, how)
  if (random() >= Math.max(disturbance.bursts, rule.bursts)) return [first]
  // Hours apart, so that each is an episode of its own.
  const next = () => (truth === 'person' ? someone : Math.floor(random() * actorsCount))
  return [first, made(next(), 2, how), made(next(), 4, how)]
}

function howAround(rule: Planted, progress: number, random: () => number): BypassUse['outcome'] {
  if (random() < rule.sanctioned(progress)) return 'opened_by_grant'
  return random() < disclosedShare ? 'disclosed' : 'bypassed_unsanctioned'
}

export interface SimulatedHistory extends GateHistory {
  uses: BypassUse[]
  hours: GateHour[]
  teams: GateTeam[]
}

/** Passages in the shapes that the metrics read. */
export function historyOf(gate: string, passages: readonly Passage[]): SimulatedHistory {
  const days = new Map<string, GateDay>()
  const uses: BypassUse[] = []
  for (const { day, actor, around, incident, unlinked, at, hour, onCall } of passages) {
    const outcome = around ?? 'passed'
    const of = days.get(day) ?? { gate, day, counts: {}, duringIncident: 0 }
    of.counts[outcome] = (of.counts[outcome] ?? 0) + 1
    if (incident !== undefined) of.duringIncident += 1
    days.set(day, of)
    if (around === undefined) continue
    const link = incident === undefined || unlinked ? {} : { incident }
    uses.push({ gate, at, day, hour, actor, team: teamOf(actor), onCall, ...link, outcome: around })
  }
  const outside = passages.filter(({ incident }) => incident === undefined)
  const onCall = new Map(
    countedBy(
      outside.filter(passage => passage.onCall),
      ({ actor }) => actor,
    ),
  )
  return {
    gate,
    days: [...days.values()],
    episodes: episodesOf(uses),
    actors: countedBy(outside, ({ actor }) => actor).map(([actor, n]) => {
      return { gate, actor, n, onCall: onCall.get(actor) ?? 0 }
    }),
    uses,
    hours: countedBy(outside, ({ hour }) => hour).map(([hour, n]) => ({ gate, hour, n })),
    teams: countedBy(outside, ({ actor }) => teamOf(actor)).map(([team, n]) => ({ gate, team, n })),
  }
}

function countedBy<Key>(passages: readonly Passage[], keyOf: (passage: Passage) => Key): [Key, number][] {
  const counts = new Map<Key, number>()
  for (const passage of passages) {
    const key = keyOf(passage)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts]
}

const teamsCount = 3
const teamOf = (actor: string): string => `team-${(Number(actor.slice(2)) % teamsCount) + 1}`
