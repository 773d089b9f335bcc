import {
  accelerationOf,
  type BypassUse,
  cusum,
  effectiveActors,
  type Episode,
  episodesOf,
  funnelOf,
  type GateActor,
  type GateDay,
  labelGates,
  ratesOf,
  shrink,
} from '@breakglass/core/metrics'
import { seeded } from '@breakglass/core/simulate'
import { type Line, sample } from './measure.ts'

const gatesCount = 1000
const daysCount = 730
const labelledDays = 182
/** A day at each gate, so that all of them together are 10⁸ passages. */
const perDay = 137
const actorsCount = 30
const dayMs = 86_400_000
const begin = Date.UTC(2025, 0, 1)
const thresholds = { low: 0.01, high: 0.05 }

interface Rollup {
  gate: string
  days: GateDay[]
  uses: BypassUse[]
  actors: GateActor[]
}

/** Everything the engine says of a thousand gates, from two years of days that rollups hold. */
export async function benchMetrics(): Promise<Line[]> {
  const rollups = made()
  const spans = rollups.map(({ uses }) => episodesOf(uses))
  return [
    {
      what: 'metrics: 1 000 gates, 2 years, 10⁸ passages',
      samples: await sample(7, () => whole(rollups), 2),
      barMs: 300,
    },
    { what: 'of that: labels of half a year', samples: await sample(7, () => labelled(rollups, spans), 2) },
  ]
}

function made(): Rollup[] {
  const random = seeded(1)
  const days = Array.from({ length: daysCount }, (_, i) => new Date(begin + i * dayMs).toISOString().slice(0, 10))
  return Array.from({ length: gatesCount }, (_, g) => {
    const gate = `gate-${g}`
    const rate = 0.0002 + 0.004 * random() ** 6
    const uses: BypassUse[] = []
    const rows = days.map((day, i): GateDay => {
      let opened = 0
      for (let mean = perDay * rate; random() < mean; mean--) {
        opened += 1
        const actor = `p_${Math.floor(random() * actorsCount)}`
        const at = begin + i * dayMs + Math.floor(random() * dayMs)
        uses.push({ gate, at, day, actor, outcome: random() < 0.8 ? 'opened_by_grant' : 'bypassed_unsanctioned' })
      }
      const told = uses.slice(uses.length - opened).filter(({ outcome }) => outcome === 'opened_by_grant').length
      const counts = { passed: perDay - opened, opened_by_grant: told, bypassed_unsanctioned: opened - told }
      return { gate, day, counts, duringIncident: i % 20 === 0 ? 10 : 0 }
    })
    const actors = Array.from({ length: actorsCount }, (_, a) => ({
      gate,
      actor: `p_${a}`,
      n: (labelledDays * perDay) / actorsCount,
    }))
    return { gate, days: rows, uses, actors }
  })
}

function whole(rollups: readonly Rollup[]) {
  const spans = rollups.map(({ uses }) => episodesOf(uses))
  const labels = labelled(rollups, spans)
  const rates = rollups.map(({ days }, i) => {
    const episodes = spans[i] ?? []
    const all = ratesOf(days, episodes)
    const weeks = weekly(
      days,
      episodes.map(({ at }) => at),
    )
    return {
      all,
      spread: effectiveActors(episodes),
      bends: accelerationOf(weeks),
      alert: cusum(weeks, { p0: 0.005, p1: 0.02, h: 3.5 }),
    }
  })
  const shares = rates.map(({ all }) => all.bypass)
  return { labels, rates, shrunk: shrink(shares), funnel: funnelOf(shares) }
}

function labelled(rollups: readonly Rollup[], spans: readonly Episode[][]) {
  const from = begin + (daysCount - labelledDays) * dayMs
  return labelGates(
    rollups.map(({ gate, days, actors }, i) => {
      const episodes = spans[i]?.filter(({ at }) => at >= from) ?? []
      return { gate, days: days.slice(-labelledDays), episodes, actors }
    }),
    thresholds,
  )
}

function weekly(days: readonly GateDay[], episodes: readonly number[]) {
  const weeks = Array.from({ length: Math.ceil(daysCount / 7) }, () => ({ x: 0, n: 0 }))
  for (let i = 0; i < days.length; i++) {
    const week = weeks[Math.floor(i / 7)]
    if (week !== undefined) week.n += perDay
  }
  for (const at of episodes) {
    const week = weeks[Math.floor((at - begin) / dayMs / 7)]
    if (week !== undefined) week.x += 1
  }
  return weeks
}
