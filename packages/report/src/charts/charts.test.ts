import * as fc from 'fast-check'
import { h } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { describe, expect, it } from 'vitest'
import { barChart } from './bar-chart.ts'
import { count, percent } from './number-words.ts'
import { rateChart, type RatePoint } from './rate-chart.ts'
import { sparkline } from './sparkline.ts'

const point = (label: string, x: number, n: number): RatePoint => ({ label, x, n, interval: { low: 0, high: 0.3 } })
const rates = (points: readonly RatePoint[], title = 'Rate') =>
  renderToString(h('div', {}, rateChart({ id: 'r', title, counted: 'episodes', points })))
const cells = (html: string) => [...html.matchAll(/<t[hd][^>]*>([^<]*)<\/t[hd]>/g)].map(([, text = '']) => text)

describe('a rate chart', () => {
  it('has the same numbers in its points and in the table behind it', () => {
    const html = rates([point('2026-Q1', 1, 100), point('2026-Q2', 1234, 5678)])
    expect(cells(html).slice(5, 10)).toEqual(['2026-Q1', '1', '100', '1 %', '0 % to 30 %'])
    expect(cells(html).slice(10)).toEqual(['2026-Q2', '1\u202f234', '5\u202f678', '21.7 %', '0 % to 30 %'])
    expect(html).toContain('aria-label="2026-Q1: 1 %, 1 episodes in 100 passages, 95 % interval 0 % to 30 %"')
  })

  it('leaves a gap where there were no passages, and calls it no zero', () => {
    const html = rates([point('a', 1, 10), point('b', 0, 0), point('c', 1, 10)])
    expect([...html.matchAll(/class="point"/g)]).toHaveLength(2)
    expect(cells(html).slice(10, 15)).toEqual(['b', '0', '0', '–', '–'])
    // Two stretches, each begun anew.
    expect(/class="rate" d="([^"]*)"/.exec(html)?.[1]?.match(/M/g)).toHaveLength(2)
  })

  it('is drawn of nothing, and says so', () => {
    expect(rates([])).toContain('there is no rate yet')
  })

  it('draws nothing outside its frame, whatever the interval', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(500), fc.double({ min: 0, max: 1, noNaN: true }))), given => {
        const points = given.map(([x, more, high], at) => ({
          ...point(`p${at}`, x, x + more),
          interval: { low: 0, high },
        }))
        const html = rates(points)
        expect(html).not.toMatch(/NaN|Infinity|undefined/)
        for (const [, y = ''] of html.matchAll(/c?y[12]?="(-?[\d.]+)"/g)) {
          expect(Number(y)).toBeGreaterThanOrEqual(0)
          expect(Number(y)).toBeLessThanOrEqual(240)
        }
      }),
    )
  })

  it('shows what people wrote and does nothing else with it', () => {
    const hostile = '</title><script>alert(1)</script>\u202e" onload="x'
    const html = rates([point(hostile, 1, 10)], hostile)
    expect(html).not.toContain('<script')
    expect(html).not.toContain('" onload="x')
  })
})

describe('a bar chart', () => {
  const bars = [
    {
      label: 'mon',
      parts: [
        { kind: 'sanctioned' as const, value: 2 },
        { kind: 'unsanctioned' as const, value: 1 },
      ],
      words: '3 of 9',
    },
    { label: 'tue', parts: [], words: 'none' },
  ]
  const html = renderToString(
    h(
      'div',
      {},
      barChart({
        id: 'b',
        title: 'Bars',
        unit: 'count',
        bars,
        kinds: { sanctioned: 'with a grant', unsanctioned: 'without' },
      }),
    ),
  )

  it('has a table of what each part is, and a legend of more than colours', () => {
    expect(cells(html)).toEqual([
      '',
      'with a grant',
      'without',
      'in words',
      'mon',
      '2',
      '1',
      '3 of 9',
      'tue',
      '0',
      '0',
      'none',
    ])
    expect(html).toMatch(/<ul class="legend"><li><svg[^>]*>.*?class="part sanctioned".*?<\/svg> with a grant<\/li>/)
  })

  it('is reached by keyboard bar by bar, also where a bar has no height', () => {
    expect([...html.matchAll(/tabindex="0"/gi)].length).toBeGreaterThanOrEqual(3)
    expect(html).toContain('aria-label="tue: none"')
  })
})

describe('the interval of a bar', () => {
  const weekdays = (bars: readonly (readonly [value: number, high: number])[]) =>
    renderToString(
      h(
        'div',
        {},
        barChart({
          id: 'w',
          title: 'Weekdays',
          unit: 'share',
          bars: bars.map(([value, high], at) => {
            const parts = [{ kind: 'unsanctioned' as const, value }]
            return { label: `d${at}`, parts, words: 'some', interval: { low: value / 2, high } }
          }),
          kinds: { unsanctioned: 'went around it' },
          level: { value: 0.02, words: 'all days' },
        }),
      ),
    )

  it('stays in the frame and does not flatten the bars beside it', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(share, share), { maxLength: 7 }), bars => {
        const html = weekdays(bars.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const))
        expect(html).not.toMatch(/NaN|Infinity|undefined/)
        for (const [, y = ''] of html.matchAll(/ y[12]="(-?[\d.]+)"/g)) {
          expect(Number(y)).toBeGreaterThanOrEqual(14)
          expect(Number(y)).toBeLessThanOrEqual(186)
        }
      }),
    )
    const tall = /class="part unsanctioned"[^>]* height="([\d.]+)"/.exec(
      weekdays(
        [
          [0.1, 0.12],
          [0, 1],
        ].map(([a = 0, b = 0]) => [a, b] as const),
      ),
    )
    expect(Number(tall?.[1])).toBeGreaterThan(172 / 3)
  })

  it('is drawn beside what all have together', () => {
    const html = weekdays([[0.1, 0.2]])
    expect(html).toMatch(/class="whisker"/)
    expect(html).toMatch(/class="mark"[^>]*>.*?>all days<\/text>/)
  })
})

describe('a sparkline', () => {
  const drawn = (values: readonly (number | undefined)[], most: number) =>
    renderToString(h('p', {}, sparkline({ words: 'pay: rate by quarter', values, most })))
  const rateOf = (html: string) => /class="rate" d="([^"]*)"/.exec(html)?.[1] ?? ''

  it('has the height that its neighbours have, and a gap for what is not known', () => {
    expect(rateOf(drawn([0, 1], 1))).toBe('M2,20L118,2')
    expect(rateOf(drawn([0, 1], 2))).toBe('M2,20L118,11')
    expect(rateOf(drawn([1, undefined, 1], 1)).match(/M/g)).toHaveLength(2)
  })

  it('is level where nothing happened, and empty where nothing is known', () => {
    expect(rateOf(drawn([0, 0], 0))).toBe('M2,20L118,20')
    expect(rateOf(drawn([], 0))).toBe('')
    expect(drawn([], 0)).toContain('aria-label="pay: rate by quarter"')
  })
})

describe('words below an axis', () => {
  it('are left out evenly, further on a telephone, and are cut before they cover their neighbours', () => {
    const html = rates(Array.from({ length: 47 }, (_, at) => point(`20${10 + (at % 80)}-Q${1 + (at % 4)}`, 1, 10)))
    const wide = [...html.matchAll(/class="tick"[^>]*text-anchor="middle"/g)].length
    const sparse = [...html.matchAll(/class="tick sparse"/g)].length
    expect(wide).toBeGreaterThanOrEqual(3)
    expect(sparse).toBeGreaterThanOrEqual(wide - 1)
    expect(wide + sparse).toBeLessThanOrEqual(12)
    expect(rates([point('w'.repeat(10_000), 1, 10)])).not.toMatch(/text-anchor="middle">w{17}/)
  })
})

describe('numbers', () => {
  it.each([
    [0, '0 %'],
    [0.0021, '0.21 %'],
    [0.05, '5 %'],
    [0.1234, '12.3 %'],
    [1, '100 %'],
  ])('%d is %s', (share, words) => expect(percent(share)).toBe(words))

  it.each([
    [0, '0'],
    [999, '999'],
    [21149, '21\u202f149'],
    [1000000, '1\u202f000\u202f000'],
  ])('%d is %s', (n, words) => expect(count(n)).toBe(words))
})
