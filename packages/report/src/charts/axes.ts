import { scaleLinear } from 'd3-scale'
import { type ComponentChild, h } from 'preact'
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
  left: 52,
  right: width - 12,
  top: 14,
  bottom: height - 34,
})

export interface Measure {
  y(value: number): number
  /** Grid lines with their words. */
  lines: ComponentChild[]
}

const ticksWanted = 4

/** The upright axis from 0, in shares or counts, with a line across at each tick. A chart of nothing but zeros reaches to `least`. */
export function upright(
  plot: Plot,
  values: readonly number[],
  { unit, least }: { unit: 'share' | 'count'; least: number },
): Measure {
  const most = Math.max(least, ...values.filter(Number.isFinite))
  const scale = scaleLinear().domain([0, most]).range([plot.bottom, plot.top]).nice(ticksWanted)
  const ticks = scale.ticks(ticksWanted).filter(tick => unit === 'share' || Number.isInteger(tick))
  const lines = ticks.flatMap(tick => {
    const y = scale(tick)
    return [
      h('line', { class: tick === 0 ? 'axis' : 'grid', x1: plot.left, x2: plot.right, y1: y, y2: y }),
      h(
        'text',
        { class: 'tick', x: plot.left - 6, y: y + 4, 'text-anchor': 'end' },
        unit === 'share' ? percent(tick) : String(tick),
      ),
    ]
  })
  return { y: value => scale(value), lines }
}

/** Of one character, and of what keeps words apart. */
const [letterWidth, apart] = [6.4, 14]

/** Words below the level axis, left out evenly where there is no room for all of them. */
export function below(plot: Plot, words: readonly string[], x: (at: number) => number): ComponentChild[] {
  const longest = Math.max(1, ...words.map(({ length }) => length)) * letterWidth + apart
  const room = Math.max(1, Math.floor((plot.right - plot.left) / longest))
  const each = Math.max(1, Math.ceil(words.length / room))
  return words.flatMap((word, at) =>
    at % each === 0 ? [h('text', { class: 'tick', x: x(at), y: plot.bottom + 16, 'text-anchor': 'middle' }, word)] : [],
  )
}
