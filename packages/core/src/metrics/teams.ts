import type { Episode } from './episodes.ts'
import type { Share } from './exact.ts'
import type { GateTeam } from './input.ts'
import { found } from './labels.ts'
import { type Asked, type GateHistory, shareCandidate } from './signals.ts'

const episodesMin = 8
/** People of a team who must have episodes, so that its name is no person's. */
const peopleMin = 3

export interface TeamInput {
  history: GateHistory
  teams: readonly GateTeam[]
  /** Why the gate hurts, or else its label's action: a team is never named without it. */
  cause: string
}

/** For everybody: a team that goes around a gate far more than the others, beside the gate's own cause. */
export interface TeamSignal extends Share {
  gate: string
  team: string
  /** All other teams at that gate. */
  others: Share
  cause: string
  /** One sentence. */
  reason: string
}

/**
 * Three times the rate of the rest, four episodes in ten, on three dates, beyond chance by episodes and by dates; by at least
 * three people, none of whom has more than half. Outside incidents and outside duty on call. All gates at once.
 */
export function teamSignals(inputs: readonly TeamInput[]): TeamSignal[] {
  const teams = found(inputs.map(teamAsked))
  return inputs.flatMap(({ history, cause, teams: all }, i): TeamSignal[] => {
    const team = teams[i]
    if (team === undefined) return []
    const { key, x, n } = team
    const others = {
      x: eventsOf(history.episodes).length - x,
      n: all.reduce((sum, each) => sum + each.n, 0) - n,
    }
    const reason = `${key} went around it ${x} times in ${n} passages, the others ${others.x} in ${others.n}. ${cause}`
    return [{ gate: history.gate, team: key, x, n, others, cause, reason }]
  })
}

function teamAsked({ history: { episodes }, teams }: TeamInput): Asked<string> {
  const events = eventsOf(episodes)
  if (events.length < episodesMin) return undefined
  const classes = teams.map(({ team, n }) => ({ key: team, n }))
  const candidate = shareCandidate(classes, events, { datesMin: 3, timesMin: 3, shareMin: 0.4 })
  if (candidate === undefined || !isOfSeveral(events.filter(({ key }) => key === candidate.key))) return {}
  return { found: candidate }
}

interface TeamEvent {
  key: string
  day: string
  actor: string | undefined
}

const eventsOf = (episodes: readonly Episode[]): TeamEvent[] =>
  episodes.flatMap(({ incident, onCall, team, day, actor }) =>
    incident === undefined && onCall !== true && team !== undefined ? [{ key: team, day, actor }] : [],
  )

function isOfSeveral(events: readonly TeamEvent[]): boolean {
  const counts = new Map<string, number>()
  for (const { actor } of events) if (actor !== undefined) counts.set(actor, (counts.get(actor) ?? 0) + 1)
  return counts.size >= peopleMin && [...counts.values()].every(x => 2 * x <= events.length)
}
