import { area, line } from 'd3-shape'
import { h, type ComponentChild } from 'preact'
import { below, type Plot, plotOf, rounded, upright } from './axes.ts'
import { figure, spot } from './figure.ts'
import { count, percent, range } from './number-words.ts'

export interface RatePoint {
  /** The stretch of time that it is of: `2026-Q1`, `week of 4 May`. */
  label: string
  /** Counted events, and what they are of; no passages: no rate, and a gap in the line. */
  x: number
  n: number
  interval: { low: number; high: number }
}

export interface RateChart {
  id: string
  title: string
  /** What is counted: `episodes`. */
  counted: string
  points: readonly RatePoint[]
  /** The points, from 0, that what is said beside it is of. */
  span?: { first: number; last: number; words: string } | undefined
}

const [width, height] = [720, 240]

/**
 * A rate over time with its 95 % interval as a band. The axis reaches as far as the rates do and at most three times the
 * largest of them: the band of a quarter with five passages must not flatten all others, and is cut at the edge.
 */
export function rateChart({ id, title, counted, points, span }: RateChart): ComponentChild {
  const plot = plotOf(width, height)
  const rates = points.map(({ x, n }) => (n === 0 ? undefined : x / n))
  const known = rates.filter(rate => rate !== undefined)
  const most = Math.max(0.01, ...known)
  const highs = points.map(({ interval, n }) => (n === 0 ? 0 : Math.min(interval.high, most * 3)))
  const { y, lines } = upright(plot, [...highs, ...known], { unit: 'share', least: 0.01 })
  const step = (plot.right - plot.left) / Math.max(1, points.length)
  const x = (at: number) => rounded(plot.left + step * (at + 0.5))
  const at = points.map((point, index) => ({ point, index, rate: rates[index] }))
  const isKnown = ({ rate }: { rate: number | undefined }) => rate !== undefined
  const inside = (value: number) => Math.max(plot.top, y(value))
  const band = area<(typeof at)[number]>()
    .defined(isKnown)
    .x(({ index }) => x(index))
    .y0(({ point }) => inside(point.interval.low))
    .y1(({ point }) => inside(point.interval.high))
  const path = line<(typeof at)[number]>()
    .defined(isKnown)
    .x(({ index }) => x(index))
    .y(({ rate }) => y(rate ?? 0))
  const words = ({ point, rate }: (typeof at)[number]) =>
    rate === undefined
      ? `${point.label}: no passages`
      : `${point.label}: ${percent(rate)}, ${count(point.x)} ${counted} in ${count(point.n)} passages, 95 % interval ${range(point.interval)}`
  return figure({
    id,
    title,
    words: `${points.length} points; ${shapeOf(at)}`,
    width,
    height,
    drawing: [
      ...spanOf(plot, step, span),
      ...lines,
      h('path', { class: 'band', d: band(at) ?? '' }),
      h('path', { class: 'rate', d: path(at) ?? '' }),
      ...at.flatMap(each => {
        return each.rate === undefined
          ? []
          : [spot(words(each), { class: 'point', cx: x(each.index), cy: y(each.rate), r: 3.5 }, 'circle')]
      }),
      ...below(
        plot,
        points.map(({ label }) => label),
        x,
      ),
    ],
    table: {
      columns: ['when', counted, 'passages', 'rate', '95 % interval'],
      rows: at.map(({ point, rate }) => [
        point.label,
        count(point.x),
        count(point.n),
        rate === undefined ? '–' : percent(rate),
        rate === undefined ? '–' : range(point.interval),
      ]),
    },
  })
}

function shapeOf(at: readonly { point: RatePoint; rate: number | undefined }[]): string {
  const known = at.flatMap(({ point, rate }) => (rate === undefined ? [] : [{ label: point.label, rate }]))
  const [first, last] = [known[0], known.at(-1)]
  if (first === undefined || last === undefined) return 'there is no rate yet.'
  const most = known.reduce((a, b) => (b.rate > a.rate ? b : a))
  return `from ${percent(first.rate)} (${first.label}) to ${percent(last.rate)} (${last.label}); the most is ${percent(most.rate)} (${most.label}).`
}

/** The stretch of points that the words beside the chart are of, shaded behind them. */
function spanOf(plot: Plot, step: number, span: RateChart['span']): ComponentChild[] {
  if (span === undefined) return []
  const left = rounded(plot.left + step * span.first)
  const right = rounded(plot.left + step * (span.last + 1))
  return [
    h('rect', { class: 'span', x: left, y: plot.top, width: rounded(right - left), height: plot.bottom - plot.top }),
    h('text', { class: 'tick', x: right - 4, y: plot.top - 3, 'text-anchor': 'end' }, span.words),
  ]
}
