import { describe, expect, it } from 'vitest'
import { baselineSample } from '../testing/baseline-sample.ts'
import { baselinePage } from './baseline-page.ts'

const sample = baselineSample()

describe('the page of a baseline', () => {
  const html = baselinePage(sample)

  it('begins with what asks for something, and links to it', () => {
    const order = [...html.matchAll(/<a href="#(gate-[a-z-]+)">/g)].map(([, id]) => id)
    expect(order[0]).toBe('gate-tryjobs')
    for (const id of order) expect(html).toContain(`id="${id}"`)
    expect(html).toContain('one weekday')
    expect(html).toContain('look at who is there to review on that day')
  })

  it('loads nothing and runs nothing, and says so to the browser', () => {
    expect(html).toContain('default-src &#39;none&#39;'.replaceAll('&#39;', "'"))
    expect(html).not.toMatch(/<script|<link|<img|<iframe|src=|@import|url\(/)
  })

  it('has every identity once', () => {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('shows each year of each gate', () => {
    for (const gate of sample.gates) {
      for (const { year, bypassed } of gate.years) expect(html).toMatch(new RegExp(`>${year}</th>.*?>${bypassed}</td>`))
    }
  })

  it('closes what it opens, in order', () => {
    expect(unclosed(html)).toEqual([])
    expect(unclosed('<p><b></p></b>')).not.toEqual([])
  })

  it('draws a gate that was gone around, and says of the others that there is nothing to draw', () => {
    const drawn = sample.gates.filter(({ episodes }) => episodes > 0)
    const charts = [...html.matchAll(/<figure class="chart" id="([^"]+)"/g)].map(([, id]) => id)
    expect(charts).toEqual(
      drawn.flatMap(({ name }) => ['quarters', 'weekdays', 'people'].map(kind => `gate-${name}-${kind}`)),
    )
    expect(html.match(/nothing to draw/g)).toHaveLength(sample.gates.length - drawn.length)
  })

  it('says of a gate that only rollbacks went around what they were', () => {
    const [gate] = sample.gates.filter(({ episodes }) => episodes === 0)
    const rollbacks = { ...gate!, bypassed: 3, rollbacks: 3 }
    expect(baselinePage({ ...sample, gates: [rollbacks] })).toContain('Only rollbacks went around it')
  })

  it('has behind each spot of a chart a row that says the same', () => {
    const figures = html.split('<figure class="chart"').slice(1)
    expect(figures.length).toBeGreaterThan(0)
    for (const figure of figures) {
      const spots = [...figure.matchAll(/class="spot" role="img" aria-label="([^:]+): ([^"]*)"/g)]
      expect(spots.length).toBeGreaterThan(0)
      for (const [, label = '', words = ''] of spots) {
        const row = new RegExp(`<th scope="row">${label}</th>(.*?)</tr>`).exec(figure)?.[1] ?? ''
        const numbers = words.match(/\d[\d.\u202f]*/g) ?? []
        for (const number of numbers.filter(number => number !== '95')) expect(row).toContain(number)
      }
    }
  })

  it('shows a name that is no name as text', () => {
    const hostile = `<script>alert(1)</script>\u202e${'w'.repeat(10_000)}`
    const page = baselinePage(baselineSample(hostile))
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain('\u202e')
    expect(page).toContain('&lt;script>alert(1)&lt;/script>\ufffdwww')
  })

  it('says what to do about a history that tells of no gate, and of an empty one', () => {
    expect(baselinePage({ ...sample, gates: [] })).toContain('A mapping file says which footers or subjects do.')
    expect(baselinePage({ ...sample, gates: [], landings: 0 })).toContain('nothing to count')
  })
})

const empty = new Set(['meta', 'br', '!doctype'])

/** What is left open, or closed where it was not open, with a small stack; attributes hold no `>` unescaped but in quotes. */
function unclosed(html: string): string[] {
  const open: string[] = []
  for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z!][a-z0-9]*)(?:"[^"]*"|[^">])*>/gi)) {
    if (slash === '') open.push(name)
    else if (open.at(-1) === name) open.pop()
    else open.push(`/${name}`)
    if (empty.has(name)) open.pop()
  }
  return open
}
