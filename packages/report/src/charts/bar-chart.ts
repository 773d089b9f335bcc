import { h, type ComponentChild } from 'preact'
import { below, plotOf, upright } from './axes.ts'
import { figure, spot } from './figure.ts'
import { count, percent } from './number-words.ts'

/** Kinds of a bar's part: each has a colour and a pattern of its own, and words in the legend. */
export type PartKind = 'sanctioned' | 'unsanctioned' | 'quiet'

export interface Bar {
  label: string
  /** From below; in the chart's unit. */
  parts: readonly { kind: PartKind; value: number }[]
  /** What is said of the bar as a whole, behind its label. */
  words: string
}

export interface BarChart {
  id: string
  title: string
  unit: 'share' | 'count'
  bars: readonly Bar[]
  /** What each kind that occurs is called. */
  kinds: Partial<Record<PartKind, string>>
}

const [width, height] = [720, 220]
const barWidthMax = 48

/** Bars side by side, each of parts on top of one another, with a legend when there is more than one kind. */
export function barChart({ id, title, unit, bars, kinds }: BarChart): ComponentChild {
  const plot = plotOf(width, height)
  const total = ({ parts }: Bar) => parts.reduce((sum, { value }) => sum + value, 0)
  const { y, lines } = upright(plot, bars.map(total), { unit, least: unit === 'share' ? 0.01 : 1 })
  const step = (plot.right - plot.left) / Math.max(1, bars.length)
  const x = (at: number) => plot.left + step * (at + 0.5)
  const wide = Math.min(barWidthMax, step * 0.7)
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
      ...bars.map((bar, at) => barOf(bar, x(at) - wide / 2, wide, y)),
      ...below(
        plot,
        bars.map(({ label }) => label),
        x,
      ),
      ...(names.length > 1 ? legend(names, plot.left, height - 4) : []),
    ],
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
    return h('rect', { class: `part ${kind}`, x: left, width: wide, y: to, height: Math.max(0, from - to) })
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

function legend(names: readonly (readonly [PartKind, string])[], left: number, y: number): ComponentChild[] {
  let x = left
  return names.flatMap(([kind, name]) => {
    const at = x
    x += 26 + name.length * 6.5
    return [
      h('rect', { class: `part ${kind}`, x: at, y: y - 9, width: 12, height: 9 }),
      h('text', { class: 'tick', x: at + 17, y }, name),
    ]
  })
}
