import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Landed, landingsFrom, lookMsMax } from './departures.ts'
import type { Observed } from './observed.ts'

let drawn = 0
const told = (kind: Observed['kind'], move: string, at: number, opened: Observed['opened'] = []): Observed => {
  const [before = '', after = ''] = move.split('>')
  return { id: `o${String(drawn++).padStart(3, '0')}`, kind, before, after, at, point: 'pt_1', opened }
}
const minute = 60_000
const passedBy = (gate: string) => [{ gate, opens: 'pass' as const }]

/** The landings that left `A`, of all that was told of its ref. */
function fromA(all: readonly Observed[]): Landed[] {
  const departures = all.filter(({ before }) => before === 'A')
  const left = new Set(all.map(({ before }) => before))
  return landingsFrom({ departures, arrivals: all.filter(({ after }) => after === 'A'), left })
}
const inWords = (landed: readonly Landed[]) =>
  landed.map(({ after, ordinal, seen, unallowed }) => `${after}${ordinal} ${seen}${unallowed ? ' unallowed' : ''}`)

describe('the landings that left a commit', () => {
  it.each<[string, Observed[], string[]]>([
    ['a push that was let through', [told('allowed', 'A>B', 1)], ['B1 hook']],
    ['a move past the hook', [told('advance', 'A>B', 1)], ['B1 watcher unallowed']],
    [
      'a push in two parts, and the same push tried again',
      [told('allowed', 'A>B', 1), told('allowed', 'A>B', 1), told('allowed', 'A>B', 2)],
      ['B1 hook'],
    ],
    [
      'a push of which the hook has no memory',
      [told('allowed', 'A>B', 1), told('advance', 'A>B', 9)],
      ['B1 both unallowed'],
    ],
    [
      'the same move made twice past the hook',
      [told('advance', 'A>B', 1), told('advance', 'A>B', 2)],
      ['B1 watcher unallowed', 'B2 watcher unallowed'],
    ],
    [
      'the same push again after a way back',
      [told('allowed', 'A>B', 1), told('allowed', 'B>A', 2), told('allowed', 'A>B', 3)],
      ['B1 hook', 'B2 hook'],
    ],
    [
      'a way back that was seen a little late',
      [told('allowed', 'A>B', 1), told('allowed', 'A>B', 3), told('advance', 'B>A', 3 + lookMsMax)],
      ['B1 hook', 'B2 hook'],
    ],
    [
      'a way back that came afterwards',
      [told('allowed', 'A>B', 1), told('allowed', 'A>B', 3), told('advance', 'B>A', 4 + lookMsMax)],
      ['B1 hook'],
    ],
    ['two pushes of which git took one', [told('allowed', 'A>B', 1), told('allowed', 'A>C', 2)], ['C1 hook']],
    [
      'two pushes of which one was built upon',
      [told('allowed', 'A>B', 1), told('allowed', 'A>C', 2), told('allowed', 'B>D', 3)],
      ['B1 hook'],
    ],
    [
      'two pushes of which a watcher saw one',
      [told('allowed', 'A>B', 1), told('allowed', 'A>C', 2), told('confirmed', 'A>B', 3)],
      ['B1 hook'],
    ],
    ['a push and what went past it', [told('allowed', 'A>B', 1), told('advance', 'A>C', 2)], ['C1 watcher unallowed']],
    ['a look over several pushes', [told('allowed', 'A>B', 1), told('confirmed', 'A>D', 2)], ['B1 hook']],
    ['nothing', [], []],
  ])('are, of %s', (_, all, landed) => {
    expect(inWords(fromA(all)).toSorted()).toEqual(landed)
  })

  it('keep what opened each gate, told last, and the time of the push', () => {
    const all = [
      told('allowed', 'A>B', 5 * minute, passedBy('x')),
      told('allowed', 'A>B', 6 * minute, [{ gate: 'x', opens: 'grant', evidence: 's_1' }, ...passedBy('w')]),
      told('advance', 'A>B', 2 * minute),
    ]
    expect(fromA(all)).toMatchObject([
      { at: 5 * minute, opened: [{ gate: 'w' }, { gate: 'x', opens: 'grant', evidence: 's_1' }] },
    ])
  })

  it('are the same in any order, and however often each was told', () => {
    const one = fc.record({
      kind: fc.constantFrom<Observed['kind'][]>('allowed', 'advance', 'confirmed'),
      move: fc.constantFrom('A>B', 'A>C', 'B>A', 'C>A', 'B>C'),
      at: fc.integer({ min: 0, max: 8 }).map(at => at * 4 * minute),
      gate: fc.constantFrom('x', 'y'),
    })
    const observations = fc
      .array(one, { maxLength: 12 })
      .map(all => all.map(({ kind, move, at, gate }) => told(kind, move, at, kind === 'allowed' ? passedBy(gate) : [])))
    const shuffled = observations.chain(all =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all)),
    )
    fc.assert(
      fc.property(shuffled, ([all, other, again]) => {
        expect(fromA([...again, ...other])).toEqual(fromA(all))
      }),
    )
  })
})
