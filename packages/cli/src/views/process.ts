import type { contract, GateNumbersView } from '@breakglass/core/contract'
import { facts, formatDuration, percent, shortInstant, style } from '@breakglass/report'
import type { z } from 'zod'

type Shown = z.infer<(typeof contract)['getProcess']['reply']>
type RateView = GateNumbersView['days90']['bypass']
type Quantile = NonNullable<Shown['reviews']['median']>

const rateWords = ({ x, n, rate }: RateView): string =>
  rate === undefined ? 'none' : `${x} of ${n} (${percent(rate)})`
const lengthWords = (ms: number): string => formatDuration(Math.round(ms / 1000))
const quantileWords = (quantile: Quantile | undefined): string | undefined =>
  quantile && `${quantile.atLeast ? 'at least ' : ''}${lengthWords(quantile.ms)}`

const trendWords = { better: ', better than before', worse: ', worse than before', level: '' } as const

/** How the program is run, for a terminal. */
export function processLines({
  from,
  to,
  reviews,
  waivers,
  followUps,
  path,
  disclosures,
  notRecorded,
}: Shown): string[] {
  const { attention } = reviews
  return [
    `${shortInstant(from)} to ${shortInstant(to)}`,
    '',
    style.bold('reviews'),
    ...facts([
      ['signed', `${rateWords(reviews.signed)} of those that fell due`],
      ['on time', `${rateWords(reviews.onTime)}${trendWords[reviews.trend]}`],
      ['open', `${reviews.open}, ${reviews.overdue} overdue`],
      ['oldest', reviews.oldestOpenMs === undefined ? undefined : lengthWords(reviews.oldestOpenMs)],
      ['half within', quantileWords(reviews.median)],
      ['nine of ten', quantileWords(reviews.p90)],
    ]),
    ...(attention === undefined
      ? []
      : facts([
          ['at once', `${rateWords(attention.atOnce)} were signed within a minute of the answer`],
          ['copied', `${rateWords(attention.copied)} answers in the words of another`],
          ['pairs', `${rateWords(attention.reciprocalPairs)} of those who sign for each other do so both ways`],
          ['left', `${rateWords(attention.leaveOnHigh)} at gates labelled high were left as they are`],
        ])),
    style.bold('promises'),
    ...facts([
      ['due', `${followUps.due}: ${followUps.kept} kept, ${followUps.late} late, ${followUps.missing} missing`],
    ]),
    style.bold('waivers'),
    ...facts([
      ['live', `${waivers.live}, ${waivers.pastBound} past what the program allows`],
      ['oldest', waivers.oldestMs === undefined ? undefined : lengthWords(waivers.oldestMs)],
    ]),
    style.bold('the emergency path'),
    ...facts([
      ['opened', String(path.n)],
      ['took', quantileWords(path.median)],
      ['the gate', quantileWords(path.gate)],
      ['so it is', path.times === undefined ? undefined : `${path.times.toPrecision(2)} times as fast as the gate`],
    ]),
    style.bold('told of first'),
    ...facts([['disclosed', `${rateWords(disclosures)} of what nothing sanctioned; more is better`]]),
    ...notRecorded.map(words => style.dim(words)),
  ]
}
