const blocks = '▁▂▃▄▅▆▇█'

/**
 * A row of numbers as a line of blocks, one character each, from 0 to the largest: a shape beside the numbers, never instead
 * of them. What is not known is a space, and zero the lowest block.
 */
export function spark(values: readonly (number | undefined)[]): string {
  const most = Math.max(0, ...values.map(value => (value !== undefined && Number.isFinite(value) ? value : 0)))
  return values
    .map(value => {
      if (value === undefined || !Number.isFinite(value)) return ' '
      if (most === 0 || value <= 0) return blocks[0]
      return blocks[Math.max(1, Math.round((value / most) * (blocks.length - 1)))]
    })
    .join('')
}
