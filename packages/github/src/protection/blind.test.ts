import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BlindFacts, blindSpans, silenceMsMax } from './blind.ts'

const minute = 60_000
const hour = 60 * minute
/** Somebody who looks every ten minutes. */
const contacts = Array.from({ length: 60 }, (_, i) => i * 10 * minute)
const facts = (fields: Partial<BlindFacts>): BlindFacts => ({
  events: [],
  contacts,
  repository: '42',
  since: 0,
  now: 590 * minute,
  ...fields,
})
const event = (at: number, what: 'blind' | 'sees' | 'rights_changed', ...ids: string[]) => ({
  at,
  what,
  repositories: ids.map(id => ({ id })),
})

describe('while we saw nothing', () => {
  it.each<[string, Partial<BlindFacts>, object[]]>([
    ['never', {}, []],
    [
      'suspended, and back',
      { events: [event(hour, 'blind'), event(2 * hour, 'sees')] },
      [{ from: hour, to: 2 * hour }],
    ],
    ['told in disorder', { events: [event(2 * hour, 'sees'), event(hour, 'blind')] }, [{ from: hour, to: 2 * hour }]],
    [
      'told twice',
      { events: [event(hour, 'blind'), event(hour + 1, 'blind'), event(2 * hour, 'sees')] },
      [{ from: hour, to: 2 * hour }],
    ],
    ['still', { events: [event(hour, 'blind')] }, [{ from: hour }]],
    [
      'this repository taken from us',
      { events: [event(hour, 'blind', '42', '43'), event(2 * hour, 'sees', '42')] },
      [{ from: hour, to: 2 * hour }],
    ],
    ['another one taken from us', { events: [event(hour, 'blind', '43')] }, []],
    ['other rights', { events: [event(hour, 'rights_changed')] }, []],
    [
      'silence',
      { contacts: [0, 10 * minute, 5 * hour, 5 * hour + minute], now: 5 * hour + 2 * minute },
      [{ from: 10 * minute, to: 5 * hour }],
    ],
    ['silence until now', { contacts: [10 * minute], now: hour }, [{ from: 10 * minute }]],
    ['no sign of life at all', { contacts: [], now: hour }, [{ from: 0 }]],
    [
      'suspended, then silent: one span',
      {
        contacts: [...contacts.slice(0, 7), 3 * hour],
        events: [event(hour, 'blind'), event(2 * hour, 'sees')],
        now: 3 * hour + minute,
      },
      [{ from: hour, to: 3 * hour }],
    ],
    ['before it was watched', { since: 3 * hour, events: [event(hour, 'blind'), event(2 * hour, 'sees')] }, []],
  ])('%s', (_, given, expected) => {
    expect(blindSpans(facts(given))).toEqual(expected)
  })

  it('is told in order, apart, and covers every long silence', () => {
    const anEvent = fc
      .tuple(fc.nat(500), fc.constantFrom('blind' as const, 'sees' as const))
      .map(([at, what]) => event(at * minute, what))
    fc.assert(
      fc.property(
        fc.array(anEvent, { maxLength: 6 }),
        fc.array(fc.nat(500).map(at => at * minute)),
        (events, contacts) => {
          const now = 500 * minute
          const spans = blindSpans(facts({ events, contacts, now }))
          spans.forEach(({ from, to = now }, i) => {
            expect(to).toBeGreaterThanOrEqual(from)
            if (i > 0) expect(from).toBeGreaterThan(spans[i - 1]!.to ?? Number.POSITIVE_INFINITY)
          })
          const known = [0, ...contacts, now].toSorted((a, b) => a - b)
          for (const [i, at] of known.entries()) {
            const next = known[i + 1] ?? now
            if (next - at <= silenceMsMax) continue
            expect(spans.some(({ from, to = now }) => from <= at && to >= next)).toBe(true)
          }
        },
      ),
    )
  })
})
