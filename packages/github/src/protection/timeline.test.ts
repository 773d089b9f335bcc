import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intervalsOf, lengthWords } from './intervals.ts'
import { strengths } from './strength.ts'
import { type Entry, gatesAt, isNews, type Span, sources, stateAt, stretchesOf } from './timeline.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const entry = (at: number, strength: Entry['strength'], fields: Partial<Entry> = {}): Entry => ({
  at,
  source: 'webhook',
  digest: `sha256:${strength}`,
  strength,
  exempt: 'nobody',
  ...fields,
})

describe('how long protection was off', () => {
  const off = (entries: Entry[], now: number, fields: object = {}) =>
    intervalsOf(entries, { now, ...fields }).off.map(({ from, to, words, landings }) => ({ from, to, words, landings }))

  it.each<[string, Entry[], number, object, object[]]>([
    ['never', [entry(0, 'enforced')], day, {}, []],
    [
      'deleted at night, restored after days',
      [entry(0, 'enforced'), entry(hour, 'off'), entry(hour + 11 * day + 4 * hour, 'enforced')],
      20 * day,
      { landings: [2 * hour, 3 * day, 19 * day] },
      [{ from: hour, to: hour + 11 * day + 4 * hour, words: 'off for 11 d 4 h', landings: 2 }],
    ],
    [
      'still off',
      [entry(0, 'enforced'), entry(hour, 'off')],
      3 * hour,
      {},
      [{ from: hour, to: undefined, words: 'off for 2 h', landings: 0 }],
    ],
    [
      'weakened',
      [entry(0, 'enforced'), entry(hour, 'enforced_admins_exempt'), entry(2 * hour, 'enforced')],
      day,
      {},
      [{ from: hour, to: 2 * hour, words: 'weakened for 1 h', landings: 0 }],
    ],
    [
      'weakened, then off: one interval',
      [entry(0, 'enforced'), entry(hour, 'unpinned'), entry(2 * hour, 'off'), entry(3 * hour, 'enforced')],
      day,
      {},
      [{ from: hour, to: 3 * hour, words: 'off for 2 h', landings: 0 }],
    ],
    ['weaker than ever asked for', [entry(0, 'enforced_admins_exempt')], day, { least: 'enforced_admins_exempt' }, []],
    [
      'deleted and made again in seconds',
      [entry(0, 'enforced'), entry(hour, 'off'), entry(hour + 4 * second, 'enforced')],
      day,
      {},
      [],
    ],
    // Real bypasses take less than a minute: disable, merge, restore.
    [
      'so, with a landing in between',
      [entry(0, 'enforced'), entry(hour, 'off'), entry(hour + 20 * second, 'enforced')],
      day,
      { landings: [hour + 9 * second] },
      [{ from: hour, to: hour + 20 * second, words: 'off for 20 s', landings: 1 }],
    ],
    [
      'so, with a landing in the very second',
      [entry(0, 'enforced'), entry(hour + 400, 'off'), entry(hour + 900, 'enforced')],
      day,
      { landings: [hour] },
      [{ from: hour + 400, to: hour + 900, words: 'off for 0 s', landings: 0 }],
    ],
    [
      'made again weaker',
      [entry(0, 'enforced'), entry(hour, 'off'), entry(hour + second, 'unpinned')],
      2 * hour,
      {},
      [{ from: hour, to: undefined, words: 'off for 1 h', landings: 0 }],
    ],
    [
      'made again weaker than before, though as strong as is asked for',
      [entry(0, 'enforced'), entry(hour, 'off'), entry(hour + second, 'unpinned')],
      day,
      { least: 'unpinned' },
      [{ from: hour, to: hour + second, words: 'off for 1 s', landings: 0 }],
    ],
    [
      'within a minute is an interval',
      [entry(0, 'enforced'), entry(hour, 'off'), entry(hour + minute, 'enforced')],
      day,
      {},
      [{ from: hour, to: hour + minute, words: 'off for 1 min', landings: 0 }],
    ],
    [
      'off from the first look',
      [entry(0, 'off'), entry(second, 'enforced')],
      day,
      {},
      [{ from: 0, to: second, words: 'off for 1 s', landings: 0 }],
    ],
  ])('%s', (_, entries, now, fields, expected) => {
    expect(off(entries, now, fields)).toEqual(expected)
  })

  it('says a re-application apart', () => {
    const entries = [entry(0, 'enforced'), entry(hour, 'off'), entry(hour + second, 'enforced')]
    expect(intervalsOf(entries, { now: day })).toEqual({
      off: [],
      unknown: [],
      reapplied: [{ from: hour, to: hour + second }],
      offMs: 0,
    })
  })

  it('keeps what is not known apart from what was off, until the next look after it', () => {
    const blind: Span[] = [{ from: 2 * hour, to: 4 * hour }]
    const entries = [entry(0, 'enforced'), entry(hour, 'off'), entry(5 * hour, 'off'), entry(6 * hour, 'enforced')]
    const found = intervalsOf(entries, { now: day, blind })
    expect(found.unknown).toEqual([{ from: 2 * hour, to: 5 * hour }])
    expect(found.off.map(({ ms }) => ms)).toEqual([hour, hour])
    expect(found.offMs).toBe(2 * hour)
  })

  it('is unknown while we are blind, though looks before and after are equal', () => {
    const entries = [entry(0, 'enforced'), entry(10 * hour, 'enforced')]
    const blind = [{ from: hour, to: 2 * hour }]
    expect(stateAt(entries, 90 * minute, blind).strength).toBe('unknown')
    expect(stateAt(entries, 3 * hour, blind).strength).toBe('unknown')
    expect(stateAt(entries, 10 * hour, blind).strength).toBe('enforced')
    expect(stateAt(entries, 11 * hour, [{ from: hour }]).strength).toBe('unknown')
  })

  it('adds up: in force, below and unknown are all of the time', () => {
    const anEntry = fc.record({
      at: fc.nat(1000).map(at => at * minute),
      source: fc.constantFrom(...sources),
      digest: fc.constant('sha256:x'),
      strength: fc.constantFrom(...strengths, 'unknown' as const),
      exempt: fc.constant('nobody' as const),
    })
    const aSpan = fc
      .tuple(fc.nat(1000), fc.nat(100))
      .map(([from, length]) => ({ from: from * minute, to: (from + length) * minute }))
    fc.assert(
      fc.property(fc.array(anEntry, { minLength: 1 }), fc.array(aSpan, { maxLength: 3 }), (entries, blind) => {
        const now = 2000 * minute
        const first = Math.min(...entries.map(({ at }) => at))
        const length = ({ from, to = now }: Span) => to - from
        const { offMs, unknown, reapplied } = intervalsOf(entries, { now, blind })
        const held = stretchesOf(entries, blind).filter(({ strength }) => strength === 'enforced')
        const sum = [...held, ...unknown, ...reapplied].reduce((all, each) => all + length(each), offMs)
        expect(sum).toBe(now - first)
      }),
    )
  })
})

describe('a timeline', () => {
  it('believes the better source of one instant, in whatever order they were told', () => {
    const told = [
      entry(hour, 'off', { source: 'poll' }),
      entry(hour, 'enforced', { source: 'audit' }),
      entry(hour, 'unpinned'),
    ]
    fc.assert(
      fc.property(fc.shuffledSubarray(told, { minLength: 3 }), entries => {
        expect(stateAt(entries, 2 * hour).strength).toBe('enforced')
      }),
    )
  })

  it('knows nothing from before its first entry', () => {
    expect(stateAt([entry(hour, 'enforced')], 0)).toEqual({ strength: 'unknown', exempt: 'unknown' })
    expect(stateAt([], 0).strength).toBe('unknown')
  })

  it('takes an entry that came late where it belongs', () => {
    const late = [entry(0, 'enforced'), entry(3 * hour, 'enforced'), entry(hour, 'off')]
    expect(stateAt(late, 2 * hour).strength).toBe('off')
    expect(stateAt(late, 4 * hour).strength).toBe('enforced')
  })

  it('has no use for an entry that says nothing new', () => {
    const entries = [entry(0, 'enforced'), entry(hour, 'off')]
    expect(isNews(entries, entry(2 * hour, 'off'))).toBe(false)
    expect(isNews(entries, entry(2 * hour, 'enforced'))).toBe(true)
    expect(isNews(entries, entry(2 * hour, 'off', { digest: 'sha256:other' }))).toBe(true)
    expect(isNews(entries, entry(minute, 'enforced'))).toBe(false)
    expect(isNews([], entry(0, 'enforced'))).toBe(true)
    // It is what ends the unknown.
    expect(isNews(entries, entry(4 * hour, 'off'), [{ from: 2 * hour, to: 3 * hour }])).toBe(true)
    expect(isNews(entries, entry(4 * hour, 'off'), [{ from: 0, to: minute }])).toBe(false)
  })
})

describe('the gates in force at an instant', () => {
  it.each([
    ['enforced', undefined, 'in_force'],
    ['enforced_admins_exempt', undefined, 'weakened'],
    ['enforced_admins_exempt', 'enforced_admins_exempt', 'in_force'],
    ['unpinned', undefined, 'weakened'],
    ['evaluate', undefined, 'off'],
    ['off', 'off', 'off'],
    ['unknown', undefined, 'unknown'],
  ] as const)('%s where %s is asked for: %s', (strength, least, standing) => {
    const gates = [{ gate: 'build', entries: [entry(0, strength)], least }]
    expect(gatesAt(gates, hour)).toEqual([{ gate: 'build', strength, standing }])
  })
})

describe('a length in words', () => {
  it.each([
    [0, '0 s'],
    [999, '0 s'],
    [59 * second, '59 s'],
    [61 * second, '1 min 1 s'],
    [hour, '1 h'],
    [11 * day + 4 * hour + 59 * minute, '11 d 4 h'],
    // The second unit is the next one: minutes say nothing beside days.
    [day + 59 * minute, '1 d'],
  ])('%i ms: %s', (ms, words) => {
    expect(lengthWords(ms)).toBe(words)
  })
})
