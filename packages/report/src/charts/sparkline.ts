import { area, line } from 'd3-shape'
import { type ComponentChild, h } from 'preact'

export interface Sparkline {
  /** What it shows, in words that can stand alone: nothing else names it. */
  words: string
  /** From the oldest; unknown is a gap, never zero. */
  values: readonly (number | undefined)[]
  /** What the full height is: the same for all that stand beside one another, or their shapes mislead. */
  most: number
}

const [width, height, edge] = [120, 22, 2]

/** The shape of a row of numbers, small enough for a line of text; never instead of the numbers. */
export function sparkline({ words, values, most }: Sparkline): ComponentChild {
  const step = (width - 2 * edge) / Math.max(1, values.length - 1)
  const x = (_: number | undefined, at: number) => edge + step * at
  const y = (value: number | undefined) => {
    const share = most > 0 ? Math.min(1, (value ?? 0) / most) : 0
    return height - edge - share * (height - 2 * edge)
  }
  const isKnown = (value: number | undefined) => value !== undefined && Number.isFinite(value)
  const fill = area<number | undefined>()
    .defined(isKnown)
    .x(x)
    .y0(height - edge)
    .y1(y)
  const path = line<number | undefined>().defined(isKnown).x(x).y(y)
  return h(
    'svg',
    { class: 'spark', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': words },
    h('title', {}, words),
    h('path', { class: 'band', d: fill([...values]) ?? '' }),
    h('path', { class: 'rate', d: path([...values]) ?? '' }),
  )
}
