import { scaleLinear } from 'd3-scale'
import { type ComponentChild, h } from 'preact'
import { truncateText } from '../plain-text.ts'
import { percent } from './number-words.ts'

export interface Plot {
  width: number
  height: number
  left: number
  right: number
  top: number
  bottom: number
}

export const plotOf = (width: number, height: number): Plot => ({
  width,
  height,
  left: 64,
  right: width - 12,
  top: 14,
  bottom: height - 34,
})

export interface Level {
  value: number
  words: string
}

export interface Measure {
  y(value: number): number
  /** Grid lines with their words. */
  lines: ComponentChild[]
}

const ticksWanted = 4

/** A hundredth of a point is finer than anybody sees. */
export const rounded = (at: number): number => Math.round(at * 100) / 100

/** The upright axis from 0, in shares or counts, with a line across at each tick. A chart of nothing but zeros reaches to `least`. */
export function upright(
  plot: Plot,
  values: readonly number[],
  { unit, least }: { unit: 'share' | 'count'; least: number },
): Measure {
  const most = Math.max(least, ...values.filter(Number.isFinite))
  const scale = scaleLinear().domain([0, most]).range([plot.bottom, plot.top]).nice(ticksWanted)
  const y = (value: number) => rounded(scale(value))
  const ticks = scale.ticks(ticksWanted).filter(tick => unit === 'share' || Number.isInteger(tick))
  const lines = ticks.flatMap(tick => {
    const at = y(tick)
    return [
      h('line', { class: tick === 0 ? 'axis' : 'grid', x1: plot.left, x2: plot.right, y1: at, y2: at }),
      h(
        'text',
        { class: 'tick', x: plot.left - 6, y: rounded(at + 4), 'text-anchor': 'end' },
        unit === 'share' ? percent(tick) : String(tick),
      ),
    ]
  })
  return { y, lines }
}

/** Of one character as drawn on a wide page and, in larger letters, on a telephone; and what keeps words apart. */
const [letterWidth, narrowLetterWidth, apart] = [6.4, 11.5, 14]
const letters = 16

/**
 * Words below the level axis, left out evenly where there is no room for all of them; those that a telephone has no room for
 * are `sparse`, which the style leaves out there.
 */
export function below(plot: Plot, words: readonly string[], x: (at: number) => number): ComponentChild[] {
  const shown = words.map(word => truncateText(word, letters))
  const longest = Math.max(1, ...shown.map(({ length }) => length))
  const eachOf = (width: number) => {
    const room = Math.max(1, Math.floor((plot.right - plot.left) / (longest * width + apart)))
    return Math.max(1, Math.ceil(words.length / room))
  }
  const each = eachOf(letterWidth)
  const narrow = each * Math.ceil(eachOf(narrowLetterWidth) / each)
  return shown.flatMap((word, at) => {
    if (at % each !== 0) return []
    const name = at % narrow === 0 ? 'tick' : 'tick sparse'
    return [h('text', { class: name, x: x(at), y: plot.bottom + 18, 'text-anchor': 'middle' }, word)]
  })
}

/** A level drawn across with its words, such as what all days have together; left out where it would leave the frame. */
export function levelMark(plot: Plot, y: (value: number) => number, { value, words }: Level): ComponentChild[] {
  const at = y(value)
  if (at < plot.top) return []
  return [
    h('line', { class: 'mark', x1: plot.left, x2: plot.right, y1: at, y2: at }),
    h('text', { class: 'tick halo', x: plot.right, y: at - 5, 'text-anchor': 'end' }, words),
  ]
}
