import type { Episode } from '../episodes.ts'
import type { GateHistory } from '../signals.ts'

/** A small seeded generator (mulberry32): the same seed, the same numbers on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export const truths = ['zero', 'incident', 'moderate', 'high', 'rising', 'person', 'friday', 'adoption'] as const
export type Truth = (typeof truths)[number]

export interface Disturbance {
  /** Weeks whose rate is a multiple of the planted one: each week times 1 ± this, 0 for none. */
  weeks: number
  /** The share of episodes that bring two more on the same day, by anybody. */
  bursts: number
}

const weeksCount = 26
const actorsCount = 12
const incidentShare = 0.05
const monday = Date.UTC(2026, 0, 5)
const dayMs = 86_400_000

interface Passage {
  truth: Truth
  week: number
  weekday: number
  actor: number
  incident: boolean
}

/** The chance that one passage begins an episode. */
function rateAt({ truth, week, weekday, actor, incident }: Passage): number {
  const rates: Record<Truth, number> = {
    zero: 0.0005,
    incident: incident ? 0.3 : 0.0005,
    moderate: 0.025,
    high: 0.12,
    rising: 0.01 + (0.07 * week) / (weeksCount - 1),
    person: actor === 0 ? 0.25 : 0.005,
    friday: weekday === 4 ? 0.15 : 0.005,
    adoption: 0.03,
  }
  return rates[truth]
}

/** Twenty-six working weeks of one gate with a known truth. */
export function plantedGate(
  truth: Truth,
  { gate, perWeek, disturbance }: { gate: string; perWeek: number; disturbance: Disturbance },
  random: () => number,
): GateHistory {
  const days: GateHistory['days'][number][] = []
  const episodes: Episode[] = []
  const passages = Array.from({ length: actorsCount }, () => 0)
  for (let week = 0; week < weeksCount; week++) {
    const wild = 1 + disturbance.weeks * (random() < 0.5 ? -1 : 1)
    for (let weekday = 0; weekday < 5; weekday++) {
      const at = monday + (week * 7 + weekday) * dayMs
      const day = new Date(at).toISOString().slice(0, 10)
      let during = 0
      const n = Math.round(perWeek / 5)
      for (let i = 0; i < n; i++) {
        const actor = Math.floor(random() * actorsCount)
        const incident = random() < incidentShare
        if (incident) during += 1
        else passages[actor] = (passages[actor] ?? 0) + 1
        if (random() >= rateAt({ truth, week, weekday, actor, incident }) * wild) continue
        // Adoption moves from the improvised path to the sanctioned one while the sum stays.
        const sanctioned = truth === 'adoption' ? random() < week / weeksCount : random() < 0.8
        const episode = { gate, at: at + i, day, sanctioned, inPersonSignals: true, uses: 1 }
        const more = random() < disturbance.bursts ? 2 : 0
        const link = incident ? { incident: `${gate} ${day} ${i}` } : {}
        episodes.push({ ...episode, actor: `p_${actor}`, ...link })
        for (let j = 0; j < more; j++)
          episodes.push({
            ...episode,
            actor: `p_${truth === 'person' ? actor : Math.floor(random() * actorsCount)}`,
            ...link,
          })
      }
      days.push({ gate, day, counts: { passed: n }, duringIncident: during })
    }
  }
  return { gate, days, episodes, actors: passages.map((n, actor) => ({ gate, actor: `p_${actor}`, n })) }
}
