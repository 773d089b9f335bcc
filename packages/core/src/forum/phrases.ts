import type { ForumGate, ForumRate, Measured } from './input.ts'
import type { Figure, ForumItem, ForumSection, ForumSectionId, Target } from './report-shape.ts'

/** Lines of a section that are printed; the rest is counted, because an agenda of fifteen minutes has an end. */
export const itemsMax = 12

export interface Window {
  from: string
  to: string
}

/** Three digits, and `100 %` for all of them only. */
export function percent(share: number): string {
  const value = Number((share * 100).toPrecision(Math.abs(share) >= 0.1 ? 3 : 2))
  return `${share < 1 ? Math.min(value, 99.9) : value} %`
}

export const rateWords = ({ x, n, interval }: ForumRate): string =>
  n === 0
    ? `${x}, and no passage was seen`
    : `${x} of ${n} (${percent(x / n)}; ${percent(interval.low)} to ${percent(interval.high)})`

export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n === 0 ? 'no' : n} ${n === 1 ? one : many}`

export const dayOf = (instant: string): string => instant.slice(0, 10)

const dayMs = 86_400_000
/** Whole days between two instants or dates, never below 0. */
export const daysBetween = (from: string, to: string): number =>
  Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / dayMs))

export const targets = {
  gate: (name: string): Target => ({
    path: `/gates/${encodeURIComponent(name)}`,
    command: `breakglass gate show ${name}`,
  }),
  gates: (): Target => ({ path: '/gates', command: 'breakglass gate list' }),
  review: (id: string): Target => ({ path: `/reviews/${id}`, command: `breakglass review show ${id}` }),
  reviews: (): Target => ({ path: '/reviews', command: 'breakglass review list' }),
  followUps: (): Target => ({ path: '/follow-ups', command: 'breakglass followup list' }),
  waiver: (id: string): Target => ({ path: `/waivers/${id}`, command: `breakglass waiver show ${id}` }),
  repair: (id: string): Target => ({ path: `/repairs/${id}`, command: `breakglass repair show ${id}` }),
  findings: (): Target => ({ path: '/findings', command: 'breakglass finding list --all' }),
  forum: (id: string): Target => ({ path: `/forums/${id}`, command: `breakglass forum show ${id}` }),
  status: (): Target => ({ path: '/', command: 'breakglass status' }),
} as const

export const rateFigure = (what: string, rate: ForumRate, window: Window, link: Target): Figure => ({
  what,
  x: rate.x,
  n: rate.n,
  ...(rate.n === 0 ? {} : { interval: rate.interval }),
  window,
  link,
})

export const gateFigures = ({ gate, bypass, glass, unsanctioned, window }: ForumGate): Figure[] => [
  rateFigure('bypass', bypass, window, targets.gate(gate)),
  rateFigure('sanctioned', glass, window, targets.gate(gate)),
  rateFigure('unsanctioned', unsanctioned, window, targets.gate(gate)),
]

interface Heading {
  id: ForumSectionId
  title: string
  minutes: number
}

export interface Content {
  items: ForumItem[]
  /** Said where there is no item. */
  empty: string
  notMeasured?: string[]
}

/** One section, cut to what a meeting can take. */
export function sectionOf(heading: Heading, { items, empty, notMeasured = [] }: Content): ForumSection {
  return {
    ...heading,
    items: items.slice(0, itemsMax),
    ...(items.length === 0 && notMeasured.length === 0 ? { empty } : {}),
    notMeasured,
    more: Math.max(0, items.length - itemsMax),
  }
}

/** The section of one measurement: what nobody measured is said, and is no empty list. */
export function sectionOfMeasured<T>(heading: Heading, given: Measured<T>, say: (value: T) => Content): ForumSection {
  return given.measured
    ? sectionOf(heading, say(given.value))
    : sectionOf(heading, { items: [], empty: '', notMeasured: [given.why] })
}
