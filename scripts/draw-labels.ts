import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rateOf } from '@breakglass/core/metrics'
import { type SimulatedGate, simulateOrganisation, type Truth } from '@breakglass/core/simulate'
import { barChart, percent, rateChart } from '@breakglass/report/charts'
import { palette } from '@breakglass/report/pages'
import { h } from 'preact'
import { renderToString } from 'preact-render-to-string'

/**
 * Draws the pictures of docs/guides/reading-the-numbers.md from the simulated organisation that the page names, into
 * docs/guides/pictures: `node scripts/draw-labels.ts`. A test holds the files to what this draws.
 */
const seed = 7

/** By file name. */
export function drawLabels(): Map<string, string> {
  const organisation = simulateOrganisation({ seed })
  const few = simulateOrganisation({ seed, perWeek: 4, gates: { zero: 1 } })
  const of = (truth: Truth): SimulatedGate => {
    const gate = organisation.gates.find(each => each.truth === truth)
    if (gate === undefined) throw new Error(`expected a gate of ${truth}`)
    return gate
  }
  const [short] = few.gates
  if (short === undefined) throw new Error('expected a gate')
  return new Map([
    ['near_zero.svg', fortnights('near zero', of('zero'))],
    ['incidents_only.svg', fortnights('only in incidents', of('incident'))],
    ['watch.svg', fortnights('watch', of('moderate'))],
    ['high.svg', fortnights('high', of('high'))],
    ['rising.svg', fortnights('rising', of('rising'))],
    ['insufficient.svg', fortnights('too few to say', short)],
    ['weekday.svg', weekdays(of('friday'))],
    ['one_person.svg', persons(of('person'))],
  ])
}

const fortnightDays = 14
const dayMs = 86_400_000
const dayOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayMs

function fortnights(name: string, { days, episodes }: SimulatedGate): string {
  const first = Math.min(...days.map(({ day }) => dayOf(day)))
  const points = Array.from({ length: 13 }, (_, at) => {
    const isIn = ({ day }: { day: string }) => Math.floor((dayOf(day) - first) / fortnightDays) === at
    const n = days.filter(isIn).reduce((sum, { counts }) => sum + Object.values(counts).reduce((a, b) => a + b, 0), 0)
    const x = episodes.filter(isIn).length
    return { label: `week ${at * 2 + 1}`, x, n, interval: rateOf(x, n).interval }
  })
  return alone(
    rateChart({ id: 'chart', title: `${name}: episodes in passages, by fortnight`, counted: 'episodes', points }),
  )
}

const names = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

function weekdays({ days, episodes }: SimulatedGate): string {
  const weekdayOf = ({ day }: { day: string }) => new Date(dayOf(day) * dayMs).getUTCDay()
  const bars = [1, 2, 3, 4, 5].map(weekday => {
    const n = days
      .filter(day => weekdayOf(day) === weekday)
      .reduce((sum, { counts }) => sum + Object.values(counts).reduce((a, b) => a + b, 0), 0)
    return barOf(names[weekday] ?? '', episodes.filter(episode => weekdayOf(episode) === weekday).length, n)
  })
  return alone(
    barChart({
      id: 'chart',
      title: 'one weekday: episodes in passages, by weekday',
      unit: 'share',
      bars,
      kinds: { unsanctioned: 'went around it' },
    }),
  )
}

function persons({ actors, episodes }: SimulatedGate): string {
  const bars = actors
    .toSorted((a, b) => b.n - a.n)
    .slice(0, 8)
    .map(({ actor, n }, at) => barOf(`person ${at + 1}`, episodes.filter(episode => episode.actor === actor).length, n))
  return alone(
    barChart({
      id: 'chart',
      title: 'one person: episodes in passages, by person',
      unit: 'share',
      bars,
      kinds: { unsanctioned: 'went around it' },
    }),
  )
}

function barOf(label: string, x: number, n: number) {
  const { rate = 0, interval } = rateOf(x, n)
  const words = `${percent(rate)}, ${x} of ${n} passages`
  return { label, parts: [{ kind: 'unsanctioned' as const, value: rate }], interval, words }
}

const { ink, soft, rule, sheet, unsanctioned, link } = palette
const look = `svg{background:${sheet[0]}}text{font:11px system-ui,sans-serif;fill:${soft[0]}}.axis{stroke:${soft[0]}}.grid{stroke:${rule[0]}}.band{fill:${unsanctioned[0]};opacity:.18}.rate{fill:none;stroke:${unsanctioned[0]};stroke-width:2}.point{fill:${sheet[0]};stroke:${unsanctioned[0]};stroke-width:2}.part{fill:${unsanctioned[0]}}.whole{fill:transparent}.whisker{stroke:${ink[0]};fill:none}.spot:focus{outline:2px solid ${link[0]}}`

/** The drawing by itself, as a file that a page shows. */
function alone(chart: Parameters<typeof h>[2]): string {
  const [svg = ''] = renderToString(h('div', {}, chart)).match(/<svg[\s\S]*<\/svg>/) ?? []
  return `${svg.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"').replace('>', `><style>${look}</style>`)}\n`
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '..', 'docs', 'guides', 'pictures')
  mkdirSync(folder, { recursive: true })
  for (const [name, svg] of drawLabels()) writeFileSync(join(folder, name), svg)
}
