import type { BaselineGate, BaselineReport } from '@breakglass/core/baseline'
import { type ComponentChild, h } from 'preact'
import { count, range } from '../charts/number-words.ts'
import { sparkline } from '../charts/sparkline.ts'
import { byUrgency } from '../label-words.ts'
import { gateSection, labelBadge, pair } from './baseline-gate.ts'
import { page } from './page.ts'

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
      ...(gates.length === 0
        ? [empty(report)]
        : [overview(gates), ...gates.map(gate => gateSection(gate, idOf(gate)))]),
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

const empty = ({ landings }: BaselineReport): ComponentChild =>
  h(
    'p',
    { class: 'sheet' },
    landings === 0
      ? 'There is no landing in this history, so there is nothing to count.'
      : 'Nothing in this history tells of a gate. A mapping file says which footers or subjects do.',
  )

/** One line a gate, what asks for something first; the shapes share a scale, so that they can be compared. */
function overview(gates: readonly BaselineGate[]): ComponentChild {
  const ratesOf = ({ quarters }: BaselineGate) =>
    quarters.map(({ episodes, passages }) => (passages === 0 ? undefined : episodes / passages))
  const most = Math.max(...gates.flatMap(ratesOf).map(rate => rate ?? 0))
  return h(
    'ul',
    { class: 'sheet gates' },
    ...gates.map(gate =>
      h(
        'li',
        {},
        h('p', {}, h('a', { href: `#${idOf(gate)}` }, gate.name), ' ', labelBadge(gate.label), ' ', gate.action),
        h(
          'p',
          { class: 'soft' },
          sparkline({ words: `${gate.name}: rate by quarter`, values: ratesOf(gate), most }),
          ` ${count(gate.window.x)} of ${count(gate.window.n)} passages, ${range(gate.window.interval)}`,
        ),
      ),
    ),
  )
}

const idOf = ({ name }: BaselineGate) => `gate-${name.replace(/[^a-z0-9]+/gi, '-')}`
