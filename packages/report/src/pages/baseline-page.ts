import type { BaselineGate, BaselineReport } from '@breakglass/core/baseline'
import { type ComponentChild, Fragment, h } from 'preact'
import { type Bar, barChart } from '../charts/bar-chart.ts'
import { dataTable } from '../charts/figure.ts'
import { count, percent, range } from '../charts/number-words.ts'
import { rateChart } from '../charts/rate-chart.ts'
import { byUrgency, labelWords } from '../label-words.ts'
import { page } from './page.ts'

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

const badge = (label: BaselineGate['label']): ComponentChild =>
  h('span', { class: `label ${tone[label]}` }, labelWords[label])

/** The numbers of a history as one page that shows itself, and prints. */
export function baselinePage(report: BaselineReport): string {
  const { source, landings, people, from, to, mapping, zone } = report
  const name = source.repository ?? 'a history'
  const gates = byUrgency(report.gates)
  const when = from === undefined || to === undefined ? '' : `, ${from.slice(0, 10)} to ${to.slice(0, 10)}`
  return page({
    title: `Baseline of ${name}`,
    body: [
      h('h1', {}, `Baseline of ${name}`),
      h('p', { class: 'lead' }, `${count(landings)} landings by ${count(people)} people${when}.`),
      ...(gates.length === 0 ? [empty(report)] : [overview(gates), ...gates.map(gateSection)]),
      h('h2', { id: 'how' }, 'How it was counted'),
      h(
        'dl',
        {},
        ...pair('Gates', `as ${mapping.name} has them: ${mapping.reason}`),
        ...pair('Branch', [source.branch, source.head].filter(part => part !== undefined).join(', ') || 'not known'),
        ...pair('Years and quarters', 'in UTC'),
        ...pair('Days and weekdays', `in ${zone}`),
        ...pair('Episodes', 'bypasses of one person within an hour are one; rollbacks are left out'),
        ...pair('Intervals', '95 %, Jeffreys'),
      ),
      h('h2', { id: 'unseen' }, 'What could not be seen'),
      h(
        'ul',
        {},
        ...report.remarks.map(remark => h('li', {}, remark)),
        ...report.odd.map(odd => h('li', {}, `${count(odd.count)} ${odd.words}`)),
      ),
    ],
    footer: ['People are numbered in the order in which they first landed; nobody is named.'],
  })
}

function pair(term: string, words: string): ComponentChild[] {
  return [h('dt', {}, term), h('dd', {}, words)]
}

const empty = ({ landings }: BaselineReport): ComponentChild =>
  h(
    'p',
    { class: 'sheet' },
    landings === 0
      ? 'There is no landing in this history, so there is nothing to count.'
      : 'Nothing in this history tells of a gate. A mapping file says which footers or subjects do.',
  )

function overview(gates: readonly BaselineGate[]): ComponentChild {
  return h(
    'ul',
    { class: 'sheet' },
    ...gates.map(gate =>
      h('li', {}, h('a', { href: `#${idOf(gate)}` }, gate.name), ' ', badge(gate.label), ' ', gate.action),
    ),
  )
}

const idOf = ({ name }: BaselineGate) => `gate-${name.replace(/[^a-z0-9]+/gi, '-')}`

function gateSection(gate: BaselineGate): ComponentChild {
  const id = idOf(gate)
  const { window, years, people, bypassed, rollbacks, passages, rollbacksProven } = gate
  const others = gate.fired.filter(label => label !== gate.label).map(label => labelWords[label])
  const proven = rollbacksProven === 0 ? '' : `, ${count(rollbacksProven)} of them proven by the tree`
  return h(
    'section',
    { 'aria-labelledby': id },
    h('h2', { id }, gate.name, ' ', badge(gate.label)),
    h('p', { class: 'lead' }, gate.reason, others.length === 0 ? '' : ` Also: ${others.join(', ')}.`),
    h('p', {}, h('strong', {}, gate.action)),
    h(
      'dl',
      {},
      ...pair(
        'The label is of',
        `${window.from} to ${window.to}: ${count(window.x)} episodes in ${count(window.n)} passages, ${range(window.interval)}`,
      ),
      ...pair('In all years', `${count(bypassed)} of ${count(passages)} passages went around it`),
      ...pair(
        'Of these, rollbacks',
        rollbacks === 0 ? 'none' : `${count(rollbacks)}, ${percent(rollbacks / bypassed)}${proven}`,
      ),
      ...peoplePairs(people),
      ...(window.minimumDetectable === undefined
        ? []
        : pair('Least rate that would show as high', percent(window.minimumDetectable))),
    ),
    rateChart({
      id: `${id}-quarters`,
      title: `Rate of bypass by quarter, rollbacks left out, with its 95 % interval`,
      counted: 'episodes',
      points: gate.quarters.map(({ quarter, episodes, passages: n, interval }) => {
        return { label: quarter, x: episodes, n, interval }
      }),
    }),
    h(Fragment, {}, ...weekdayChart(gate, id)),
    dataTable(yearTable(years), 'By year'),
    ...gate.remarks.map(remark => h('p', { class: 'soft' }, remark)),
  )
}

function yearTable(years: BaselineGate['years']) {
  return {
    columns: ['year', 'passages', 'bypassed', 'of these rollbacks', 'episodes', 'rate', '95 % interval'],
    rows: years.map(row => [
      String(row.year),
      count(row.passages),
      count(row.bypassed),
      count(row.rollbacks),
      count(row.episodes),
      row.rate === undefined ? '–' : percent(row.rate),
      range(row.interval),
    ]),
  }
}

function peoplePairs({ bypassers, effective, most }: BaselineGate['people']): ComponentChild[] {
  if (bypassers === 0) return []
  const spread = effective === undefined ? '' : `, spread as over ${effective.toFixed(1)}`
  const named = most.slice(0, 3).map(({ person, bypassed, rollbacks, passages }) => {
    return `${person} ${count(bypassed - rollbacks)} of ${count(passages)}`
  })
  return pair('Who', `${count(bypassers)} people${spread}; most: ${named.join(', ')}`)
}

function weekdayChart({ weekdays, bypassed }: BaselineGate, id: string): ComponentChild[] {
  if (bypassed === 0) return []
  const bars = weekdays.map(({ weekday, passages, bypassed: all, rollbacks }): Bar => {
    const x = all - rollbacks
    return {
      label: weekday.slice(0, 3),
      parts: [{ kind: 'unsanctioned', value: passages === 0 ? 0 : x / passages }],
      words: passages === 0 ? 'no passages' : `${percent(x / passages)}, ${count(x)} of ${count(passages)} passages`,
    }
  })
  const title = 'Share of passages that went around it, by weekday, all years, rollbacks left out'
  return [barChart({ id: `${id}-weekdays`, title, unit: 'share', bars, kinds: { unsanctioned: 'went around it' } })]
}
