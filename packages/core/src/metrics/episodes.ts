import type { BypassUse } from './input.ts'
import { outcomeTable } from './outcomes.ts'

const quietMsMax = 60 * 60 * 1000

/** Uses that were one event: what rates count, so that a retry at three in the morning is not a habit. */
export interface Episode {
  gate: string
  /** Of the first use: milliseconds since 1970, and the local date. */
  at: number
  day: string
  /** Absent when nobody could tell, or when several people took part. */
  actor?: string
  incident?: string
  /** One unsanctioned use makes the episode unsanctioned. */
  sanctioned: boolean
  /** Of the first use, where it is known. */
  hour?: number
  /** Absent when not known, or when several teams took part. */
  team?: string
  /** Present when every use of it was made on call, as far as a rota is known. */
  onCall?: true
  /** False when any of it was disclosed or cannot be laid to one person. */
  inPersonSignals: boolean
  uses: number
}

/**
 * The chain rule: uses of one gate with one verified incident, else by one actor at most 60 minutes after that
 * episode's previous use. Uses that nobody could be named for never merge. Computed each time, never stored.
 */
export function episodesOf(uses: readonly BypassUse[]): Episode[] {
  const open = new Map<string, { episode: Episode; lastAt: number }>()
  const episodes: Episode[] = []
  for (const use of uses.toSorted((a, b) => a.at - b.at)) {
    const key = chainKey(use)
    const current = key === undefined ? undefined : open.get(key)
    const joins = current !== undefined && (use.incident !== undefined || use.at - current.lastAt <= quietMsMax)
    const episode = joins ? joined(current.episode, use) : begun(use)
    if (!joins) episodes.push(episode)
    if (key !== undefined) open.set(key, { episode, lastAt: use.at })
  }
  return episodes
}

function chainKey({ gate, incident, actor }: BypassUse): string | undefined {
  if (incident !== undefined) return JSON.stringify([gate, 'incident', incident])
  return actor === undefined ? undefined : JSON.stringify([gate, 'actor', actor])
}

function begun({ gate, at, day, hour, actor, team, onCall, incident, outcome }: BypassUse): Episode {
  const rule = outcomeTable[outcome]
  const sanctioned = rule.numerator === 'sanctioned'
  const inPersonSignals = rule.inPersonSignals && actor !== undefined
  const episode: Episode = { gate, at, day, sanctioned, inPersonSignals, uses: 1 }
  if (actor !== undefined) episode.actor = actor
  if (incident !== undefined) episode.incident = incident
  if (hour !== undefined) episode.hour = hour
  if (team !== undefined) episode.team = team
  if (onCall === true) episode.onCall = onCall
  return episode
}

function joined(episode: Episode, { actor, team, onCall, outcome }: BypassUse): Episode {
  const rule = outcomeTable[outcome]
  episode.uses += 1
  episode.sanctioned &&= rule.numerator === 'sanctioned'
  if (onCall !== true) delete episode.onCall
  episode.inPersonSignals &&= rule.inPersonSignals
  if (episode.team !== team) delete episode.team
  if (episode.actor !== actor) {
    delete episode.actor
    episode.inPersonSignals = false
  }
  return episode
}
