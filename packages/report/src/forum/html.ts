import type { ForumItem, ForumReport, ForumSection } from '@breakglass/core/forum'
import { type ComponentChild, h } from 'preact'
import { type Bar, barChart } from '../charts/bar-chart.ts'
import { dataTable } from '../charts/figure.ts'
import { count, percent, range } from '../charts/number-words.ts'
import { sparkline } from '../charts/sparkline.ts'
import { page } from '../pages/page.ts'
import { figureWords, minutesWords, periodWords, windowWords } from './words.ts'

/** The report as one page that shows itself, needs nothing from anywhere, and prints as the agenda on paper. */
export function forumPage(report: ForumReport): string {
  const title = `The forum of ${report.organization}, ${periodWords(report)}`
  return page({
    title,
    body: [
      h('h1', {}, title),
      h('p', { class: 'lead' }, report.headline),
      ...questions(report),
      ...report.sections.map((section, i) => sectionOf(section, i + 1)),
    ],
    footer: [
      `Made ${report.at}. It names nobody who went around a gate. Record what is decided: breakglass forum hold.`,
    ],
  })
}

function questions({ questions: asked }: ForumReport): ComponentChild[] {
  if (asked.length === 0) return []
  return [
    h('h2', { id: 'questions' }, 'To be decided'),
    h('ol', { class: 'sheet' }, ...asked.map(({ question }) => h('li', {}, question))),
  ]
}

function sectionOf(
  { id, title, minutes, items, empty, notMeasured, more }: ForumSection,
  number: number,
): ComponentChild {
  return h(
    'section',
    { 'aria-labelledby': id },
    h('h2', { id }, `${number}. ${title} `, h('span', { class: 'soft' }, `(${minutesWords(minutes)})`)),
    ...(items.length === 0 ? [] : [h('ul', { class: 'sheet' }, ...items.map(itemOf))]),
    ...(id === 'fix_next' ? chart(items) : []),
    ...(more === 0 ? [] : [h('p', {}, `And ${more} more.`)]),
    ...(empty === undefined ? [] : [h('p', {}, empty)]),
    ...notMeasured.map(why => h('p', { class: 'soft' }, `Not measured: ${why}`)),
  )
}

const marks = { attention: ['act', 'to do'], good: ['fine', 'good'], plain: undefined } as const

function itemOf({ tone, gate, text, action, figures, weeks, link }: ForumItem): ComponentChild {
  const mark = marks[tone]
  return h(
    'li',
    { class: 'keep' },
    ...(mark === undefined ? [] : [h('span', { class: `label ${mark[0]}` }, mark[1]), ' ']),
    ...(gate === undefined ? [] : [h('strong', {}, gate), ': ']),
    text,
    ...(action === undefined ? [] : [h('p', {}, h('strong', {}, action))]),
    ...(figures.length === 0 ? [] : [numbers(figures)]),
    ...(weeks === undefined ? [] : [h('p', { class: 'soft' }, 'By week: ', weekly(weeks))]),
    ...(link === undefined ? [] : [h('p', { class: 'soft' }, h('code', {}, link.command))]),
  )
}

function weekly(weeks: NonNullable<ForumItem['weeks']>): ComponentChild {
  const known = weeks.flatMap(rate => rate ?? [])
  const most = Math.max(0, ...known)
  const words = `${weeks.length} weeks, ${known.length} with a known rate; the most is ${percent(most)}, the last ${percent(known.at(-1) ?? 0)}`
  return sparkline({ words, values: weeks.map(rate => rate ?? undefined), most })
}

function numbers(figures: ForumItem['figures']): ComponentChild {
  return dataTable(
    {
      columns: ['', 'counted', 'of', 'share', '95 % interval', 'window'],
      rows: figures.map(figure => [
        figure.what,
        count(figure.x),
        figure.n === undefined ? '–' : count(figure.n),
        figure.n === undefined || figure.n === 0 ? '–' : percent(figure.x / figure.n),
        figure.interval === undefined ? '–' : range(figure.interval),
        windowWords(figure),
      ]),
    },
    'The numbers behind it',
  )
}

/** Gates that ask for something beside one another, when there is more than one to compare. */
function chart(items: readonly ForumItem[]): ComponentChild[] {
  const bars = items.flatMap((item): Bar[] => {
    const of = (what: string) => item.figures.find(figure => figure.what === what)
    const [glass, unsanctioned] = [of('sanctioned'), of('unsanctioned')]
    if (glass?.n === undefined || glass.n === 0 || unsanctioned === undefined) return []
    const { n } = glass
    return [
      {
        label: item.gate ?? '',
        parts: [
          { kind: 'sanctioned', value: glass.x / n },
          { kind: 'unsanctioned', value: unsanctioned.x / n },
        ],
        words: `${figureWords(glass)}; ${figureWords(unsanctioned)}`,
      },
    ]
  })
  if (bars.length < 2) return []
  const title = 'Share of passages that went around each gate, sanctioned and unsanctioned'
  const kinds = { sanctioned: 'sanctioned', unsanctioned: 'unsanctioned' }
  return [barChart({ id: 'gates-to-fix', title, unit: 'share', bars, kinds })]
}
