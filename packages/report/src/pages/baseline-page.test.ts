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

  it('shows a name that is no name as text', () => {
    const hostile = '<script>alert(1)</script>\u202e'
    expect(baselinePage(baselineSample(hostile))).not.toContain('<script>alert')
  })

  it('says what to do about a history that tells of no gate, and of an empty one', () => {
    expect(baselinePage({ ...sample, gates: [] })).toContain('A mapping file says which footers or subjects do.')
    expect(baselinePage({ ...sample, gates: [], landings: 0 })).toContain('nothing to count')
  })
})
