import { describe, expect, it } from 'vitest'
import { palette } from './style.ts'

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map(at => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

const grounds = ['ground', 'sheet'] as const
const texts = ['ink', 'soft', 'link', 'bad', 'warn', 'good'] as const
const shapes = ['sanctioned', 'unsanctioned', 'quiet'] as const

describe.each(['light', 'dark'] as const)('the %s colours', scheme => {
  const of = (name: keyof typeof palette) => palette[name][scheme === 'light' ? 0 : 1]

  it.each(texts.flatMap(text => grounds.map(ground => [text, ground] as const)))('%s is read on %s', (text, ground) => {
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(shapes.flatMap(shape => grounds.map(ground => [shape, ground] as const)))(
    '%s is seen on %s',
    (shape, ground) => {
      expect(contrast(of(shape), of(ground))).toBeGreaterThanOrEqual(3)
    },
  )
})

it('this test sees too little contrast', () => {
  expect(contrast('#777777', '#ffffff')).toBeLessThan(4.5)
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
})
