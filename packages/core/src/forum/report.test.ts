import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forumInput, type ForumInput } from './input.ts'
import { forumReport } from './report.ts'
import { type ForumReport, forumReportShape, type ForumSectionId, forumSections } from './report-shape.ts'
import { gateOf, inputOf, notMeasured } from './testing/input.ts'

const sectionOf = (report: ForumReport, id: ForumSectionId) => report.sections.find(section => section.id === id)!
const textOf = (report: ForumReport, id: ForumSectionId) =>
  sectionOf(report, id)
    .items.map(({ gate = '', text }) => `${gate} ${text}`)
    .join('\n')

const measured = <T>(value: T) => ({ measured: true as const, value })
const repair = { id: 'rp_1', gate: 'a', cause: 'flaky', due: '2026-12-01', state: 'open' as const, overdue: false }

describe('the report of a forum', () => {
  it('has every section in the order of the agenda, and fifteen minutes for all of them', () => {
    const { sections } = forumReport(inputOf({}))
    expect(sections.map(({ id }) => id)).toEqual([...forumSections])
    expect(sections.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(15)
  })

  it('is headed by a gate that was high for two runs and that nobody repairs, before one that is higher', () => {
    const gates = [
      gateOf('higher', { label: 'high', highRuns: 1, x: 80, n: 200 }),
      gateOf('unanswered', { label: 'high', highRuns: 2, x: 30, n: 200 }),
      gateOf('repaired', { label: 'high', highRuns: 4, x: 90, n: 200 }),
      gateOf('fine', { label: 'near_zero', x: 0, n: 200 }),
    ]
    const report = forumReport(
      inputOf({ gates: measured(gates), repairs: measured([{ ...repair, gate: 'repaired' }]) }),
    )
    expect(report.headline).toContain('Fix unanswered: labelled high in 2 runs')
    expect(report.questions.map(({ gate }) => gate)).toEqual(['unanswered', 'higher', 'repaired'])
    expect(sectionOf(report, 'fix_next').items.map(({ gate }) => gate)).toEqual(['unanswered', 'higher', 'repaired'])
  })

  it('does not say that nobody repairs a gate when repairs were not measured', () => {
    const gates = measured([gateOf('a', { label: 'high', highRuns: 5, x: 30, n: 200 })])
    const report = forumReport(inputOf({ gates, repairs: notMeasured }))
    expect(JSON.stringify(report)).not.toContain('nobody has taken on')
    expect(sectionOf(report, 'fix_next').notMeasured).toEqual([`Whether it is being repaired: ${notMeasured.why}`])
  })

  it.each([
    ['no_effect', 'Fix a next.', 'no effect'],
    ['too_early', 'a was repaired; it is too early', 'too early'],
  ] as const)('puts a repair back on the agenda whose effect is %s', (verdict, headline, question) => {
    const gates = measured([gateOf('a', { label: 'high', highRuns: 5, x: 30, n: 200 })])
    const done = { ...repair, state: 'done' as const, effect: { verdict } }
    const report = forumReport(inputOf({ gates, repairs: measured([done]) }))
    expect(report.headline).toContain(headline)
    expect(report.questions[0]!.question).toContain(question)
  })

  it('asks nothing about a gate whose repair worked: its label follows', () => {
    const gates = measured([gateOf('a', { label: 'high', highRuns: 5, x: 30, n: 200 })])
    const rate = { x: 1, n: 300, interval: { low: 0, high: 0.02 } }
    const effect = { verdict: 'worked' as const, before: { ...rate, x: 90 }, after: rate }
    const report = forumReport(inputOf({ gates, repairs: measured([{ ...repair, state: 'done', effect }]) }))
    expect(report.questions).toEqual([])
    expect(sectionOf(report, 'repairs').items[0]).toMatchObject({
      tone: 'good',
      text: expect.stringContaining('It worked'),
    })
  })

  it('begins with the decisions of the last forum, those not kept first', () => {
    const decided = { gate: 'a', question: 'who?', owner: 'oncall', due: '2026-11-01', why: 'by the label' }
    const decisions = [
      { ...decided, decision: 'mend the test', state: 'kept' as const },
      { ...decided, decision: 'add a reviewer', state: 'not_kept' as const },
    ]
    const report = forumReport(
      inputOf({ last: { id: 'fo_1', at: '2026-10-20T10:00:00.000Z', decisions, undecided: ['b'] } }),
    )
    const [first, second, third] = report.sections[0]!.items
    expect(first!.text).toMatch(/^Not kept, 30 days past its date: add a reviewer/)
    expect(second).toMatchObject({ tone: 'good', text: expect.stringMatching(/^Kept: mend the test/) })
    expect(third).toMatchObject({ gate: 'b', text: expect.stringContaining('nothing was decided') })
    expect(report.headline).toContain('1 decision of the last forum was not kept.')
  })

  it('says what was not measured, and never a zero for it', () => {
    const nothing = Object.fromEntries(
      Object.entries(inputOf({})).map(([key, value]) =>
        typeof value === 'object' && 'measured' in value ? [key, notMeasured] : [key, value],
      ),
    ) as ForumInput
    const report = forumReport(nothing)
    const silent = report.sections.filter(({ id }) => id !== 'decisions')
    for (const { id, items, empty, notMeasured: why } of silent) {
      expect([id, items, empty]).toEqual([id, [], undefined])
      expect([id, why.length > 0]).toEqual([id, true])
    }
    expect(report.headline).toBe('Gates were not measured in this period.')
  })

  it('tells adoption as good news, displacement and paper as something to act on', () => {
    const gates = [
      gateOf('won', { label: 'watch', x: 5, n: 300, shift: 'adoption' }),
      gateOf('lost', { label: 'watch', x: 5, n: 300, shift: 'displacement' }),
      gateOf('paper', { label: 'watch', x: 5, n: 300, onPaperOnly: true }),
      gateOf('better', { label: 'near_zero', labelBefore: 'high', x: 0, n: 300 }),
    ]
    const { items } = sectionOf(forumReport(inputOf({ gates: measured(gates) })), 'moved')
    expect(items.map(({ gate, tone }) => [gate, tone])).toEqual([
      ['won', 'good'],
      ['lost', 'attention'],
      ['paper', 'attention'],
      ['better', 'good'],
    ])
  })

  it('lists live waivers by age, and asks to end those that are not temporary any more', () => {
    const waiver = { gate: 'a', repositories: 2, renewals: 1, until: '2026-12-24T00:00:00.000Z', live: true }
    const waivers = measured([
      { ...waiver, id: 'wv_1', ageDays: 10 },
      { ...waiver, id: 'wv_2', ageDays: 280 },
      { ...waiver, id: 'wv_3', ageDays: 400, live: false },
    ])
    const { items } = sectionOf(forumReport(inputOf({ waivers })), 'waivers')
    expect(items.map(({ figures, action }) => [figures[0]!.x, action !== undefined])).toEqual([
      [280, true],
      [10, false],
    ])
  })

  it('counts what does not fit into the meeting instead of leaving it out in silence', () => {
    const overdue = Array.from({ length: 40 }, (_, i) => ({
      id: `rv_${i}`,
      gate: 'a',
      dueAt: '2026-11-01T00:00:00.000Z',
    }))
    const reviews = measured({ due: 40, signed: 0, onTime: 0, overdue })
    expect(sectionOf(forumReport(inputOf({ reviews })), 'reviews')).toMatchObject({ more: 29 })
  })

  it('never rounds up to all', () => {
    const coverage = measured({ known: 99_999, all: 100_000 })
    expect(textOf(forumReport(inputOf({ coverage })), 'unseen')).toContain('(99.9 %)')
  })

  it('uses no word that looks for somebody at fault', () => {
    const gates = measured(
      (['high', 'rising', 'weekday', 'one_person', 'watch'] as const).map(label =>
        gateOf(label, { label, labelBefore: 'near_zero', highRuns: 3, x: 40, n: 200, shift: 'displacement' }),
      ),
    )
    const report = JSON.stringify(forumReport(inputOf({ gates })))
    expect(report).not.toMatch(/\b(blame|fault|guilty|offend\w*|violat\w*|abus\w*|careless\w*|disciplin\w*|culprit)\b/i)
  })

  it('gives every number its n, window and a place to look it up', () => {
    const gates = measured([gateOf('a', { label: 'high', highRuns: 2, x: 40, n: 200, labelBefore: 'watch' })])
    const report = forumReport(inputOf({ gates }))
    const figures = report.sections.flatMap(({ items }) => items.flatMap(item => item.figures))
    expect(figures.length).toBeGreaterThan(8)
    for (const { window, link, what } of figures) {
      expect([what, window.from !== '' && window.to !== '', link.command.startsWith('breakglass ')]).toEqual([
        what,
        true,
        true,
      ])
    }
    expect(textOf(report, 'paths')).toContain('unsanctioned 10 of 200 (5 %;')
  })

  it('is of its documented form whatever is handed in, and the same each time', () => {
    const text = fc.string({ maxLength: 40 })
    fc.assert(
      fc.property(text, text, fc.nat(300), fc.nat(300), (decision, reason, x, unknown) => {
        const gate = { ...gateOf('a', { label: 'high', x, n: x + 100 }), reason, unknown }
        const decisions = [
          { gate: 'a', question: 'q', decision, owner: 'o', due: '2026-11-01', state: 'open' as const, why: reason },
        ]
        const last = { id: 'fo_1', at: '2026-10-20T10:00:00.000Z', decisions, undecided: [] }
        const input = forumInput.parse(inputOf({ gates: measured([gate]), last }))
        const report = forumReport(input)
        expect(forumReportShape.parse(report)).toEqual(report)
        expect(forumReport(input)).toEqual(report)
      }),
      { numRuns: 100 },
    )
  })
})
