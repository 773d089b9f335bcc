import { describe, expect, it } from 'vitest'
import type { Episode } from './episodes.ts'
import { labelGates, minimumDetectable, passagesNeeded, settledLabel } from './labels.ts'
import { onPaperOnly, shiftOf, shiftOver } from './shift.ts'
import { dayNumbers, digestOf } from './digest.ts'
import type { GateHistory } from './signals.ts'
import { cochranArmitage, pooledDispersions, risingP } from './trend.ts'

const thresholds = { low: 0.01, high: 0.05 }
const dayOf = (index: number) => new Date(Date.UTC(2026, 0, 5) + index * 86_400_000).toISOString().slice(0, 10)

/** A quarter of working days, ten passages each, shared evenly by ten people; episodes by (day, actor, sanctioned). */
function history(events: [number, string, boolean?, string?][], days = 90): GateHistory {
  const episodes = events.map(([day, actor, sanctioned = true, incident]): Episode => {
    const link = incident === undefined ? {} : { incident }
    return { gate: 'g', at: day, day: dayOf(day), actor, sanctioned, inPersonSignals: true, uses: 1, ...link }
  })
  const range = Array.from({ length: days }, (_, i) => i).filter(i => i % 7 < 5)
  return {
    gate: 'g',
    days: range.map(i => ({ gate: 'g', day: dayOf(i), counts: { passed: 10 }, duringIncident: i % 30 === 0 ? 10 : 0 })),
    episodes,
    actors: Array.from({ length: 10 }, (_, i) => ({ gate: 'g', actor: `p_${i}`, n: range.length })),
  }
}

const labelled = (given: GateHistory) => labelGates([given], thresholds)
const spread = (count: number) =>
  Array.from({ length: count }, (_, i): [number, string] => [(i * 8) % 85, `p_${i % 10}`])

describe('labelGates', () => {
  it('leaves a quiet gate alone', () => {
    expect(labelled(history([])).gates[0]).toMatchObject({ label: 'near_zero', x: 0, interval: { low: 0 } })
  })

  it('says how much is missing when little was seen', () => {
    const [gate] = labelled(history([], 14)).gates
    expect(gate).toMatchObject({ label: 'insufficient', n: 100 })
    expect(gate?.reason).toContain('91 more')
  })

  it('tells a person to the owner alone', () => {
    const own = Array.from({ length: 12 }, (_, i): [number, string] => [i * 6, 'p_3'])
    const { gates, forOwners } = labelled(history([...own, [3, 'p_1'], [9, 'p_2']]))
    expect(gates[0]).toMatchObject({ label: 'one_person', withoutPerson: 'near_zero' })
    expect(JSON.stringify(gates)).not.toContain('p_3')
    expect(forOwners).toMatchObject([{ gate: 'g', actor: 'p_3', x: 12 }])
  })

  it('does not take one bad day for a person’s pattern', () => {
    const burst = Array.from({ length: 12 }, (): [number, string] => [7, 'p_3'])
    expect(labelled(history(burst)).forOwners).toEqual([])
  })

  it('names the weekday of a habit', () => {
    const fridays = Array.from({ length: 12 }, (_, i): [number, string] => [4 + i * 7, `p_${i % 10}`])
    const [gate] = labelled(history([...fridays, [0, 'p_1'], [15, 'p_2']])).gates
    expect(gate?.label).toBe('weekday')
    expect(gate?.reason).toContain('12 fell on Fridays')
  })

  it('calls a level high only outside incidents', () => {
    expect(labelled(history(spread(70))).gates[0]?.label).toBe('high')
    const linked = spread(70).map(([day, actor]): [number, string, boolean, string] => [day, actor, true, 'i'])
    expect(labelled(history(linked)).gates[0]?.label).toBe('incidents_only')
  })
})

describe('a rise', () => {
  const rising = (from: number): [number, string][] =>
    Array.from({ length: 12 }, (_, i) => [from + Math.floor(i / 2) * 7 + (i % 2), `p_${i % 10}`])

  it('is told over a quarter', () => {
    expect(labelled(history(rising(49))).gates[0]?.fired).toContain('rising')
  })

  it('is not told while people come over to the sanctioned path, though the sum rises', () => {
    const improvised = [3, 11, 18, 25].map((day, i): [number, string, boolean] => [day, `p_${i}`, false])
    const granted = Array.from({ length: 20 }, (_, i): [number, string] => [
      49 + Math.floor((i * 37) / 20),
      `p_${i % 10}`,
    ])
    const [adopted] = labelled(history([...improvised, ...granted])).gates
    expect(adopted).toMatchObject({ shift: 'adoption' })
    expect(adopted?.fired).not.toContain('rising')
    const [sameKind] = labelled(
      history([...improvised.map(([day, actor]): [number, string] => [day, actor]), ...granted]),
    ).gates
    expect(sameKind?.fired).toContain('rising')
  })

  it('is told beside any number of gates that have too few episodes to be asked', () => {
    const quiet = Array.from({ length: 60 }, (_, i) => ({ ...history([[3, 'p_1']]), gate: `quiet-${i}` }))
    const { gates } = labelGates([history(rising(49)), ...quiet], thresholds)
    expect(gates[0]?.fired).toContain('rising')
    expect(gates.slice(1).every(({ label }) => label === 'near_zero')).toBe(true)
  })

  it('is doubted where only the sanctioned path rises, and not where all of it is sanctioned', () => {
    const week = (n: number, x: number, s: number) => ({ n, x, s, out: { x, n } })
    const weeks = (s: (at: number) => number, u: (at: number) => number) =>
      Array.from({ length: 26 }, (_, at) => week(60, s(at) + u(at), s(at)))
    const grows = (at: number) => Math.floor(at / 6)
    expect(shiftOver(weeks(grows, at => Number(at % 3 === 1)))).toMatchObject({
      direction: 'none',
      perhapsAdoption: true,
    })
    expect(shiftOver(weeks(grows, () => 0)).perhapsAdoption).toBe(false)
    expect(shiftOver(weeks(grows, grows)).perhapsAdoption).toBe(false)
  })

  it('is not told over less', () => {
    expect(labelled(history(rising(42), 84)).gates[0]?.fired).not.toContain('rising')
  })
})

describe('shiftOf', () => {
  const events = (early: boolean): [number, string, boolean][] =>
    Array.from({ length: 24 }, (_, i) => [Math.floor((i * 85) / 24), `p_${i % 10}`, i < 12 === early])

  it('tells adoption from displacement', () => {
    const [away, towards] = [history(events(true)), history(events(false))]
    expect(shiftOf(away.days, away.episodes)).toBe('displacement')
    expect(shiftOf(towards.days, towards.episodes)).toBe('adoption')
    expect(shiftOf(away.days, [])).toBe('none')
  })

  it('says that a program is on paper only when under half was sanctioned', () => {
    expect(
      onPaperOnly(
        history([
          [0, 'p_1', true],
          [1, 'p_1', false],
        ]).episodes,
      ),
    ).toBe(false)
    expect(onPaperOnly(history([[0, 'p_1', false]]).episodes)).toBe(true)
    expect(onPaperOnly([])).toBe(false)
  })
})

describe('trend', () => {
  it('agrees with R on smokers (prop.trend.test)', () => {
    const smokers = [
      [83, 86],
      [90, 93],
      [129, 136],
      [70, 82],
    ].map(([x = 0, n = 0]) => ({ x, n }))
    // R divides by N where the permutation variance has N − 1.
    const N = 397
    expect(((cochranArmitage(smokers) ** 2 * N) / (N - 1)).toFixed(4)).toBe('8.2249')
  })

  it('draws a gate’s own dispersion towards that of all, from eight gates on', () => {
    const own = (value: number) => ({ value, freedom: 24 })
    const calm = Array.from({ length: 7 }, () => own(1))
    expect(pooledDispersions([...calm, own(9)])).toEqual([...calm.map(() => 1.5), 5.5])
    expect(pooledDispersions([...calm.slice(1), own(9)]).at(-1)).toBe(9)
  })

  it('is exact when episodes are few', () => {
    // All three in the second of two equal weeks: C(20,3) of the C(40,3) ways, where the normal curve says 4 %.
    const weeks = [0, 3].map(x => ({ x, n: 20 }))
    expect(risingP(weeks)).toBeCloseTo(1140 / 9880, 10)
  })

  it('sees weeks outside incidents', () => {
    const given = history(
      [
        [0, 'p_1'],
        [8, 'p_1'],
        [9, 'p_1', true, 'i'],
      ],
      14,
    )
    expect(digestOf(given, dayNumbers()).weeks.map(({ out }) => out)).toEqual([
      { x: 1, n: 40 },
      { x: 1, n: 50 },
    ])
  })
})

describe('what can be seen at all', () => {
  it.each([
    [0, 191],
    [1, 390],
    [2, 552],
    [3, 702],
  ])('%i episodes need %i passages', (x, n) => {
    expect(passagesNeeded(x, 0.01)).toBe(n)
  })

  it('is a smaller rate with more passages, and nothing without any', () => {
    const [few, many] = [minimumDetectable(200, 0.05) ?? 0, minimumDetectable(5200, 0.05) ?? 0]
    expect(few).toBeGreaterThan(many)
    expect(many).toBeGreaterThan(0.05)
    expect(minimumDetectable(0, 0.05)).toBeUndefined()
  })
})

describe('settledLabel', () => {
  it('changes when two runs in a row agree', () => {
    expect(settledLabel('watch', 'watch', 'high')).toBe('watch')
    expect(settledLabel('watch', 'high', 'high')).toBe('high')
    expect(settledLabel(undefined, undefined, 'high')).toBe('high')
    expect(settledLabel('insufficient', 'insufficient', 'high')).toBe('high')
    expect(settledLabel('high', 'high', 'insufficient')).toBe('high')
  })
})
