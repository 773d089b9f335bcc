import { h, type ComponentChild } from 'preact'
import { below, type Level, levelMark, type Plot, plotOf, rounded, upright } from './axes.ts'
import { figure, spot } from './figure.ts'
import { count, percent } from './number-words.ts'

/** Kinds of a bar's part: full, pale within a line, or hollow, so that they differ without colours too; the legend names them. */
export type PartKind = 'sanctioned' | 'unsanctioned' | 'quiet'

export interface Bar {
  label: string
  /** From below; in the chart's unit. */
  parts: readonly { kind: PartKind; value: number }[]
  /** What is said of the bar as a whole, behind its label. */
  words: string
  /** 95 %, of the whole bar: drawn as a line through its end. */
  interval?: { low: number; high: number }
}

export interface BarChart {
  id: string
  title: string
  unit: 'share' | 'count'
  bars: readonly Bar[]
  /** What each kind that occurs is called. */
  kinds: Partial<Record<PartKind, string>>
  /** A level to compare the bars with: what they have together. */
  level?: Level
}

const [width, height] = [720, 220]
const barWidthMax = 48

/** Bars side by side, each of parts on top of one another, with a legend when there is more than one kind. */
export function barChart({ id, title, unit, bars, kinds, level }: BarChart): ComponentChild {
  const plot = plotOf(width, height)
  const total = ({ parts }: Bar) => parts.reduce((sum, { value }) => sum + value, 0)
  const most = Math.max(0, ...bars.map(total))
  // The interval of a bar with next to nothing behind it must not flatten the others: it is cut at the edge.
  const highs = bars.map(({ interval }) => Math.min(interval?.high ?? 0, most * 2))
  const values = [...bars.map(total), ...highs, level?.value ?? 0]
  const { y, lines } = upright(plot, values, { unit, least: unit === 'share' ? 0.001 : 1 })
  const step = (plot.right - plot.left) / Math.max(1, bars.length)
  const x = (at: number) => rounded(plot.left + step * (at + 0.5))
  const wide = rounded(Math.min(barWidthMax, step * 0.7))
  const told = (value: number) => (unit === 'share' ? percent(value) : count(value))
  const names = Object.entries(kinds) as [PartKind, string][]
  return figure({
    id,
    title,
    words: bars.map(bar => `${bar.label}: ${bar.words}`).join('; '),
    width,
    height,
    drawing: [
      ...lines,
      ...bars.map((bar, at) => barOf(bar, rounded(x(at) - wide / 2), wide, y)),
      ...bars.flatMap((bar, at) => whisker(bar, x(at), plot, y)),
      ...(level === undefined ? [] : levelMark(plot, y, level)),
      ...below(
        plot,
        bars.map(({ label }) => label),
        x,
      ),
    ],
    legend: names.length > 1 ? names : [],
    table: {
      columns: ['', ...names.map(([, name]) => name), 'in words'],
      rows: bars.map(bar => [
        bar.label,
        ...names.map(([kind]) => told(bar.parts.find(part => part.kind === kind)?.value ?? 0)),
        bar.words,
      ]),
    },
  })
}

function barOf(bar: Bar, left: number, wide: number, y: (value: number) => number): ComponentChild {
  let below = 0
  const parts = bar.parts.map(({ kind, value }) => {
    const [from, to] = [y(below), y(below + value)]
    below += value
    return h('rect', { class: `part ${kind}`, x: left, width: wide, y: to, height: rounded(Math.max(0, from - to)) })
  })
  const words = `${bar.label}: ${bar.words}`
  const whole = {
    class: 'whole',
    x: left,
    width: wide,
    y: Math.min(y(below), y(0) - 6),
    height: Math.max(6, y(0) - y(below)),
  }
  return h('g', {}, ...parts, spot(words, whole, 'rect'))
}

function whisker({ interval }: Bar, x: number, plot: Plot, y: (value: number) => number): ComponentChild[] {
  if (interval === undefined) return []
  const [low, high] = [y(interval.low), Math.max(plot.top, y(interval.high))]
  return [h('line', { class: 'whisker', x1: x, x2: x, y1: low, y2: high })]
}
