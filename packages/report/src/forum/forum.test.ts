import { type ForumItem, type ForumReport, forumSections } from '@breakglass/core/forum'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderStyles } from '../plain-text.ts'
import { forumPage } from './html.ts'
import { escaped, forumMarkdown } from './markdown.ts'
import { forumLines } from './terminal.ts'

const link = { path: '/gates/pay', command: 'breakglass gate show pay' }
const window = { from: '2026-06-01', to: '2026-11-30' }
const rate = (what: string, x: number) => ({ what, x, n: 400, interval: { low: 0.05, high: 0.12 }, window, link })

function reportOf(text: string, items = 1): ForumReport {
  const item = (gate: string): ForumItem => ({
    tone: 'attention',
    gate,
    text,
    action: text,
    figures: [rate('bypass', 30), rate('sanctioned', 20), rate('unsanctioned', 10)],
    weeks: [0.1, null, 0.2],
    link,
  })
  return {
    format: 'breakglass-forum/1',
    organization: text,
    period: { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' },
    at: '2026-12-01T08:00:00.000Z',
    headline: text,
    questions: [{ gate: 'pay', question: text }],
    sections: forumSections.map(id => ({
      id,
      title: `About ${id}`,
      minutes: 1,
      items: id === 'fix_next' ? Array.from({ length: items }, (_, i) => item(`pay-${i}`)) : [],
      ...(id === 'waivers' ? { empty: text } : {}),
      notMeasured: id === 'repairs' ? [text] : [],
      more: 0,
    })),
  }
}

const plain = (report: ForumReport) => forumLines(report).map(line => renderStyles(line, { colors: false }))

describe('the report for people', () => {
  it('has every section in a terminal, with each number beside what it is of', () => {
    const lines = plain(reportOf('Too flaky.')).join('\n')
    for (const id of forumSections) expect(lines).toContain(`About ${id}`)
    expect(lines).toContain('! pay-0: Too flaky.')
    expect(lines).toContain('unsanctioned 10 of 400 (2.5 %, 5 % to 12 %), 2026-06-01 to 2026-11-30')
    expect(lines).toContain('? not measured: Too flaky.')
    expect(lines).toContain('breakglass gate show pay')
  })

  it('is short in a chat: what asks for something first, the rest counted', () => {
    const report = reportOf('Too flaky.', 9)
    const lines = forumMarkdown(report).split('\n')
    expect(lines.filter(line => line.startsWith('- ! **pay-'))).toHaveLength(4)
    expect(lines).toContain('- and 5 more')
    expect(lines.join('\n').length).toBeLessThan(2000)
    expect(lines.join('\n')).toContain('**Not measured**\n- About repairs: Too flaky.')
  })

  it('is one page that loads nothing, with a chart where there is something to compare', () => {
    const html = forumPage(reportOf('Too flaky.', 3))
    expect(html).toContain('id="gates-to-fix"')
    // A page keeps a number and its sign on one line.
    expect(html).toMatch(/3 weeks, 2 with a known rate; the most is 20\s%/)
    expect(forumPage(reportOf('Too flaky.', 1))).not.toContain('id="gates-to-fix"')
    expect(html).not.toMatch(/<script|<link|src=|href="http|url\(/)
    expect(html).toContain("default-src 'none'")
  })
})

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '</style><img src=x onerror=alert(1)>',
    '\u001b[2J\u001b]0;owned\u0007',
    '[click](https://evil.example) ![x](http://evil.example/a.png)',
    '<!channel> @here @everyone <@U1234>',
    '# heading\n- item\n| a | b |\n```',
    '--- - rule',
    '1. item',
    '\u202eesrever &lt;b&gt; &amp;',
  ),
)

describe('text that people wrote', () => {
  it('moves no cursor and starts no line of a terminal', () => {
    fc.assert(
      fc.property(hostile, text => {
        const [calm, lines] = [plain(reportOf('calm')), plain(reportOf(text))]
        expect(lines).toHaveLength(calm.length)
        for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u)
      }),
    )
  })

  it('is no markup, link or mention in a chat', () => {
    fc.assert(
      fc.property(hostile, text => {
        const words = escaped(text)
        expect(words).not.toMatch(/[<>\n]|@(?!\u2060)|:\/\/|www\./i)
        expect(words.replaceAll(/\\./g, '')).not.toMatch(/[`*_~[\]#|\\]/)
        expect(words).not.toMatch(/^([-+=]|\d+[.)])/)
        expect(words.replaceAll(/&(amp|lt|gt);/g, '')).not.toContain('&')
        expect(forumMarkdown(reportOf(text)).split('\n')).toHaveLength(
          forumMarkdown(reportOf('calm')).split('\n').length,
        )
      }),
    )
  })

  it('is no element of a page', () => {
    const tagsOf = (html: string) => html.match(/<\/?[a-z][^>]*>/gi)!.map(tag => tag.replaceAll(/="[^"]*"/g, ''))
    const calm = tagsOf(forumPage(reportOf('calm', 3)))
    fc.assert(
      fc.property(hostile, text => {
        expect(tagsOf(forumPage(reportOf(text, 3)))).toEqual(calm)
      }),
      { numRuns: 50 },
    )
  })
})
