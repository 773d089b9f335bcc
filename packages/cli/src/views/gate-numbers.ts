import type { contract, GateNumbersView, LandingView } from '@breakglass/core/contract'
import {
  type Column,
  formatDuration,
  labelWords,
  percent,
  range,
  shortInstant,
  spark,
  style,
  table,
} from '@breakglass/report'
import type { z } from 'zod'
import { shortCommit } from './grant.ts'

type Shown = z.infer<(typeof contract)['showGateNumbers']['reply']>
type RateView = GateNumbersView['days90']['bypass']

/** Never without what it was counted from: no passage, no rate. */
const rateWords = ({ x, n, rate }: RateView): string => (rate === undefined ? '–' : `${x} of ${n} (${percent(rate)})`)

export const gateColumns: Column<GateNumbersView>[] = [
  { title: 'gate', of: ({ gate }) => gate },
  { title: 'label', of: ({ label }) => labelWords[label] },
  { title: 'passages', of: ({ days90 }) => days90.n },
  { title: 'glass', of: ({ days90 }) => rateWords(days90.glass) },
  { title: 'unsanctioned', of: ({ days90 }) => rateWords(days90.unsanctioned) },
  { title: 'bypass', of: ({ days90 }) => rateWords(days90.bypass) },
  {
    title: '95 %',
    of: ({ days90 }) => (days90.bypass.rate === undefined ? undefined : range(days90.bypass.interval)),
  },
  { title: 'unknown', of: ({ coverage }) => coverage.unknown },
  {
    title: 'watched',
    of: ({ coverage }) => (coverage.watched === undefined ? undefined : percent(coverage.watched)),
  },
  { title: 'what to do', of: ({ action }) => action, flexible: true },
]

/** What could not be seen, each sentence once with the gates it is said of. */
export function blindLines(gates: readonly GateNumbersView[]): string[] {
  const said = Map.groupBy(
    gates.flatMap(({ gate, coverage }) => coverage.words.map(words => ({ gate, words }))),
    ({ words }) => words,
  )
  const lines = [...said].map(([words, of]) =>
    of.length === gates.length ? `  ${words}` : `  ${of.map(({ gate }) => gate).join(', ')}: ${words}`,
  )
  return lines.length === 0 ? [] : ['', style.bold('not seen'), ...lines]
}

/** One gate, with what its numbers are made of. */
export function gateLines(shown: Shown, width: number | undefined): string[] {
  const { numbers, weeks } = shown
  const { now, days90 } = numbers
  const sized = width === undefined ? {} : { width }
  const others = now.fired.filter(label => label !== numbers.label).map(label => labelWords[label])
  return [
    `${style.bold(numbers.gate)}  ${labelWords[numbers.label]}${others.length === 0 ? '' : ` (also: ${others.join(', ')})`}`,
    `  ${numbers.reason}`,
    `  ${style.dim('→')} ${numbers.action}`,
    ...whyLines(shown.why),
    '',
    `  ${days90.from} to ${days90.to}: ${days90.n} passages`,
    `  by a grant    ${rateWords(days90.glass)}`,
    `  unsanctioned  ${rateWords(days90.unsanctioned)}`,
    `  together      ${rateWords(days90.bypass)}, 95 % ${range(days90.bypass.interval)}`,
    `  uses before they are merged into episodes: ${days90.rawUses.sanctioned} by a grant, ${days90.rawUses.unsanctioned} unsanctioned`,
    ...ownLines(days90.own),
    ...(days90.onPaperOnly
      ? ['  Most of what goes round this gate does so without a grant: the program is on paper only.']
      : []),
    ...weekLines(weeks),
    ...monthLines(shown.months),
    ...(shown.people ?? []).map(
      ({ person, x, n }) => `  to its owners alone: ${person.name} has ${x} of the episodes, with ${n} passages`,
    ),
    ...shown.derived.map(
      ({ name, from, to, passages, bypassed }) =>
        `  derived from ${name}, and in no rate: ${bypassed} of ${passages} passages bypassed, ${from} to ${to}`,
    ),
    ...blindLines([numbers]),
    '',
    ...table(landingColumns, shown.landings, sized),
    ...(shown.landingsCut ? ['  There are more; ask for days with --from and --to.'] : []),
  ]
}

function whyLines(why: Shown['why']): string[] {
  const { sentence, flake, durations, later, habits, reasons, reviews } = why
  const told = reasons.map(({ reason, x }) => `${reason.replaceAll('_', ' ')} ${x}`)
  return [
    ...(sentence === undefined ? [] : [`  why it hurts: ${sentence}`]),
    ...(flake.n === 0 ? [] : [`  failed first on code that then passed unchanged: ${rateWords(flake)} commits`]),
    ...durationLines(durations),
    ...waitingLines(why.waiting),
    ...(later.passed.n === 0
      ? []
      : [
          `  of what went around it and was checked after all, passed: ${rateWords(later.passed)}; never checked: ${later.unknown}`,
        ]),
    ...harmLines(why.harm),
    ...why.teams.map(({ words }) => `  ${words}`),
    ...habits.map(sentence => `  ${sentence}`),
    ...(told.length === 0 ? [] : [`  what ${reviews} reviews of 90 days said made it unusable: ${told.join(', ')}`]),
  ]
}

function waitingLines({ n, p50Ms, p90Ms }: Shown['why']['waiting']): string[] {
  if (p50Ms === undefined) return []
  const most = p90Ms === undefined ? '' : `, one time in ten ${formatDuration(Math.round(p90Ms / 1000))} or more`
  return [`  a review takes ${formatDuration(Math.round(p50Ms / 1000))} at the median${most}, of ${n} changes`]
}

/** Nothing is said where nothing was followed: it is not known, and no zero. */
function harmLines({ passed, around, buys, notFollowed }: Shown['why']['harm']): string[] {
  if (passed.n + around.n === 0) return []
  const rest = notFollowed === 0 ? '' : ` (${notFollowed} more are too young, or were not watched)`
  return [`  what it buys: ${buys}${rest}`]
}

function durationLines({ n, p50Ms, p95Ms, trend }: Shown['why']['durations']): string[] {
  if (p50Ms === undefined || p95Ms === undefined) return []
  const trendWords = trend === 'longer' || trend === 'shorter' ? `, ${trend} than before` : ''
  const [half, most] = [formatDuration(Math.round(p50Ms / 1000)), formatDuration(Math.round(p95Ms / 1000))]
  return [`  its check takes ${half}, one time in twenty ${most} or more, of ${n} runs${trendWords}`]
}

const ownWords: Partial<Record<LandingView['outcome'], string>> = {
  waived: 'waived',
  failed_open: 'let through while it could not run',
  preapproved: 'approved beforehand',
}

function ownLines(own: GateNumbersView['days90']['own']): string[] {
  return Object.entries(ownWords).flatMap(([outcome, words]) => {
    const rate = own[outcome as LandingView['outcome']]
    return rate === undefined || rate.x === 0 ? [] : [`  ${words}: ${rateWords(rate)}`]
  })
}

/** A week in which nothing known landed is a gap in the line, and no zero. */
function weekLines(weeks: Shown['weeks']): string[] {
  const rates = weeks.map(({ passages, sanctioned, unsanctioned }) =>
    passages === 0 ? undefined : (sanctioned + unsanctioned) / passages,
  )
  const most = Math.max(0, ...rates.map(rate => rate ?? 0))
  const [first, last] = [weeks[0], weeks.at(-1)]
  if (!first || !last || rates.every(rate => rate === undefined)) return []
  return [`  by week, ${first.from} to ${last.to}: ${spark(rates)} up to ${percent(most)}`]
}

function monthLines(months: Shown['months']): string[] {
  if (months.length === 0) return []
  const words = months.slice(0, 6).map(({ month, found, shown }) => {
    return `${month} ${labelWords[found]}${found === shown ? '' : ` (shown: ${labelWords[shown]})`}`
  })
  return [`  labels by month: ${words.join(' · ')}`]
}

const landingColumns: Column<LandingView>[] = [
  { title: 'landing', of: ({ id }) => id },
  { title: 'when', of: ({ at }) => shortInstant(at) },
  {
    title: 'where',
    of: ({ repository, ref }) => `${repository.name} ${ref.replace(/^refs\/heads\//, '')}`,
    flexible: true,
  },
  { title: 'commit', of: ({ after }) => (after?.startsWith('sha') ? shortCommit(after) : after) },
  { title: 'outcome', of: ({ outcome }) => outcome.replaceAll('_', ' ') },
  { title: 'was', of: ({ was }) => was?.replaceAll('_', ' ') },
  { title: 'told by', of: ({ seen }) => (seen === 'inferred' ? 'nobody' : seen) },
  { title: 'grant', of: ({ grant }) => grant },
]
