import type { Share } from './exact.ts'
import type { GateHour } from './input.ts'
import { knownOf } from './rates.ts'
import { found } from './labels.ts'
import { type Asked, type GateHistory, shareCandidate } from './signals.ts'

/** Hours of the local day, from and up to. */
const bands = [
  { name: 'at night', from: 0, to: 6 },
  { name: 'in the morning', from: 6, to: 12 },
  { name: 'in the afternoon', from: 12, to: 18 },
  { name: 'in the evening', from: 18, to: 24 },
] as const

/** The rule of the weekday: eight episodes, three dates, two and a half times the rate of the rest. */
const rule = { datesMin: 3, timesMin: 2.5, shareMin: 0 }
const episodesMin = 8

export interface HabitInput {
  history: GateHistory
  /** Passages by hour; absent when hours are not known. */
  hours?: readonly GateHour[]
  /** Local dates that are the last before a freeze; absent when the program has none. */
  freezeEves?: ReadonlySet<string>
}

export interface Habit extends Share {
  gate: string
  kind: 'hours' | 'before_freeze'
  /** One sentence; it names nobody. */
  reason: string
}

/** Hours of the day, and days before a freeze, that have far more episodes than their passages explain. All gates at once. */
export function habitsOf(inputs: readonly HabitInput[]): Habit[] {
  const hours = found(inputs.map(hoursAsked))
  const eves = found(inputs.map(evesAsked))
  return inputs.flatMap(({ history: { gate } }, i): Habit[] => {
    const [band, eve] = [hours[i], eves[i]]
    const told: Habit[] = []
    if (band)
      told.push({ gate, kind: 'hours', x: band.x, n: band.n, reason: reasonOf(band.x, bands[band.key]?.name ?? '') })
    if (eve?.key === true) {
      told.push({
        gate,
        kind: 'before_freeze',
        x: eve.x,
        n: eve.n,
        reason: reasonOf(eve.x, 'on the day before a freeze'),
      })
    }
    return told
  })
}

const reasonOf = (x: number, when: string) => `${x} episodes fell ${when}, far more than its passages explain.`

const bandOf = (hour: number) => bands.findIndex(({ from, to }) => hour >= from && hour < to)

function hoursAsked({ history: { episodes }, hours }: HabitInput): Asked<number> {
  const events = episodes.flatMap(({ incident, hour, day }) =>
    incident === undefined && hour !== undefined ? [{ key: bandOf(hour), day }] : [],
  )
  if (hours === undefined || events.length < episodesMin) return undefined
  const classes = bands.map((_, key) => ({
    key,
    n: hours.reduce((sum, { hour, n }) => sum + (bandOf(hour) === key ? n : 0), 0),
  }))
  const candidate = shareCandidate(classes, events, rule)
  return candidate ? { found: candidate } : {}
}

function evesAsked({ history: { days, episodes }, freezeEves }: HabitInput): Asked<boolean> {
  const outside = episodes.filter(({ incident }) => incident === undefined)
  if (freezeEves === undefined || outside.length < episodesMin) return undefined
  const n = { eve: 0, other: 0 }
  for (const day of days) n[freezeEves.has(day.day) ? 'eve' : 'other'] += knownOf(day) - day.duringIncident
  const classes = [
    { key: true, n: n.eve },
    { key: false, n: n.other },
  ]
  const candidate = shareCandidate(
    classes,
    outside.map(({ day }) => ({ key: freezeEves.has(day), day })),
    rule,
  )
  // That a freeze keeps its eve quiet is no habit.
  return candidate?.key === true ? { found: candidate } : {}
}
