import type { BaselineGate } from '@breakglass/core/baseline'
import { jeffreys } from '@breakglass/core/metrics'
import { type ComponentChild, h } from 'preact'
import { type Bar, barChart } from '../charts/bar-chart.ts'
import { type DataTable, dataTable } from '../charts/figure.ts'
import { count, percent, range } from '../charts/number-words.ts'
import { type RateChart, rateChart } from '../charts/rate-chart.ts'
import { labelWords } from '../label-words.ts'

const tone: Readonly<Record<BaselineGate['label'], string>> = {
  one_person: 'act',
  weekday: 'act',
  rising: 'act',
  high: 'act',
  watch: 'watch',
  incidents_only: 'fine',
  near_zero: 'fine',
  insufficient: 'open',
}

export const labelBadge = (label: BaselineGate['label']): ComponentChild =>
  h('span', { class: `label ${tone[label]}` }, labelWords[label])

export const pair = (term: string, words: string): ComponentChild[] => [h('dt', {}, term), h('dd', {}, words)]

/** What one gate's history says: the sentence, what to do, what it is of, and the pictures with their tables. `id` is its anchor. */
export function gateSection(gate: BaselineGate, id: string): ComponentChild {
  const others = gate.fired.filter(label => label !== gate.label).map(label => labelWords[label])
  return h(
    'section',
    { 'aria-labelledby': id },
    h('h2', { id }, gate.name, ' ', labelBadge(gate.label)),
    h('p', { class: 'lead' }, gate.reason, others.length === 0 ? '' : ` Also: ${others.join(', ')}.`),
    h('p', {}, h('strong', {}, gate.action)),
    h('dl', {}, ...numbers(gate)),
    ...charts(gate, id),
    dataTable(yearTable(gate.years), `${gate.name} by year`),
    ...gate.remarks.map(remark => h('p', { class: 'soft' }, remark)),
  )
}

function numbers({ window, people, bypassed, rollbacks, passages, rollbacksProven }: BaselineGate): ComponentChild[] {
  const proven = rollbacksProven === 0 ? '' : `, ${count(rollbacksProven)} of them proven by the tree`
  const { minimumDetectable } = window
  return [
    ...pair(
      'The label is of',
      `${window.from} to ${window.to}: ${count(window.x)} episodes in ${count(window.n)} passages, ${range(window.interval)}`,
    ),
    ...pair('In all years', `${count(bypassed)} of ${count(passages)} passages went around it`),
    ...pair(
      'Of these, rollbacks',
      rollbacks === 0 ? 'none' : `${count(rollbacks)}, ${percent(rollbacks / bypassed)}${proven}`,
    ),
    ...(people.bypassers === 0 ? [] : pair('Who', spreadWords(people))),
    ...(minimumDetectable === undefined ? [] : pair('Least rate that would show as high', percent(minimumDetectable))),
  ]
}

/** The estimate of how many it is spread among may exceed how many there are: that is as even as can be. */
function spreadWords({ bypassers, effective }: BaselineGate['people']): string {
  const all = `${count(bypassers)} ${bypassers === 1 ? 'person' : 'people'}`
  if (effective === undefined) return all
  if (effective >= bypassers) return `${all}, about equally`
  return `${all}, spread as over ${effective.toFixed(1)}`
}

function charts(gate: BaselineGate, id: string): ComponentChild[] {
  if (gate.episodes === 0) return [h('p', { class: 'none' }, nothing(gate))]
  return [
    rateChart({
      id: `${id}-quarters`,
      title: 'Rate of bypass by quarter, rollbacks left out, with its 95 % interval',
      counted: 'episodes',
      points: gate.quarters.map(({ quarter, episodes, passages: n, interval }) => {
        return { label: quarter, x: episodes, n, interval }
      }),
      span: windowSpan(gate),
    }),
    weekdayChart(gate, id),
    peopleChart(gate, id),
  ]
}

const nothing = ({ bypassed, passages }: BaselineGate) => {
  if (passages === 0) return 'No landing passed through it, so there is nothing to draw.'
  if (bypassed === 0) return 'No landing went around it in all these years, so there is nothing to draw.'
  return 'Only rollbacks went around it in all these years, so there is nothing to draw.'
}

const quarterOf = (day: string) => `${day.slice(0, -6)}-Q${Math.ceil(Number(day.slice(-5, -3)) / 3)}`

function windowSpan({ window, quarters }: BaselineGate): RateChart['span'] {
  const at = (day: string) => quarters.findIndex(({ quarter }) => quarter === quarterOf(day))
  const [first, last] = [at(window.from), at(window.to)]
  return first === -1 || last === -1 ? undefined : { first, last, words: 'what the label is of' }
}

function weekdayChart({ weekdays }: BaselineGate, id: string): ComponentChild {
  const bars = weekdays.map(({ weekday, passages: n, bypassed, rollbacks }): Bar => {
    const label = weekday.slice(0, 3)
    if (n === 0) return { label, parts: [], words: 'no passages' }
    const x = bypassed - rollbacks
    const interval = jeffreys({ x, n })
    return {
      label,
      parts: [{ kind: 'unsanctioned', value: x / n }],
      words: `${percent(x / n)}, ${count(x)} of ${count(n)} passages, 95 % interval ${range(interval)}`,
      interval,
    }
  })
  const sum = (of: (day: BaselineGate['weekdays'][number]) => number) => weekdays.reduce((all, day) => all + of(day), 0)
  const [x, n] = [sum(day => day.bypassed - day.rollbacks), sum(day => day.passages)]
  return barChart({
    id: `${id}-weekdays`,
    title: 'Share of passages that went around it, by weekday, all years, rollbacks left out, with 95 % intervals',
    unit: 'share',
    bars,
    kinds: { unsanctioned: 'went around it' },
    ...(n === 0 ? {} : { level: { value: x / n, words: `all days: ${percent(x / n)}` } }),
  })
}

const peopleShown = 7

function peopleChart({ people: { most, bypassers } }: BaselineGate, id: string): ComponentChild {
  const bars = most.slice(0, peopleShown).map(({ person, passages, bypassed, rollbacks }): Bar => {
    const x = bypassed - rollbacks
    return {
      label: person,
      parts: [
        { kind: 'unsanctioned', value: x },
        { kind: 'quiet', value: rollbacks },
      ],
      words: `${count(x)} of ${count(passages)} passages, and ${count(rollbacks)} rollbacks`,
    }
  })
  const rest = bypassers > bars.length ? `, of ${count(bypassers)}` : ''
  return barChart({
    id: `${id}-people`,
    title: `Bypasses by person: the ${bars.length} with the most${rest}`,
    unit: 'count',
    bars,
    kinds: { unsanctioned: 'went around it', quiet: 'rollbacks' },
  })
}

function yearTable(years: BaselineGate['years']): DataTable {
  return {
    columns: ['year', 'passages', 'bypassed', 'of these rollbacks', 'episodes', 'rate', '95 % interval'],
    rows: years.map(row => [
      String(row.year),
      count(row.passages),
      count(row.bypassed),
      count(row.rollbacks),
      count(row.episodes),
      row.rate === undefined ? '–' : percent(row.rate),
      row.passages === 0 ? '–' : range(row.interval),
    ]),
  }
}
