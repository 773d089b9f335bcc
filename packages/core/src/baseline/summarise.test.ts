import { describe, expect, it } from 'vitest'
import { builtInMappings } from './built-in.ts'
import { History, type Landing } from './history.ts'
import type { Mapping } from './mapping.ts'
import { baselineReport } from './report.ts'
import { baselineOf } from './summarise.ts'

const seconds = (text: string) => Date.parse(text) / 1000
const nowMs = Date.parse('2026-11-01T00:00:00Z')

interface Given extends Partial<Landing> {
  at: string
}

/** Landings oldest first, as people tell them; a history has them the other way. */
function historyOf(landings: readonly Given[], mapping: Mapping = builtInMappings.luci): History {
  const history = new History([mapping])
  for (const { at, ...rest } of landings.toReversed()) {
    history.add({
      atSeconds: seconds(at),
      tree: '',
      parents: 1,
      author: 'ada@acme.example',
      message: 'A change',
      ...rest,
    })
  }
  return history
}

function report(landings: readonly Given[], options: { mapping?: Mapping; zone?: string } = {}) {
  const made = baselineOf(historyOf(landings, options.mapping), {
    source: { kind: 'git', shallow: false },
    mapping: { name: 'luci', how: 'named', reason: 'It was asked for.' },
    which: 0,
    zone: options.zone ?? 'UTC',
    thresholds: { low: 0.01, high: 0.05 },
    nowMs,
  })
  return baselineReport.parse(made)
}

const gateOf = (made: ReturnType<typeof report>, name = 'tryjobs') => made.gates.find(gate => gate.name === name)!
const noTry = 'A change\n\nNo-Try: true'

describe('a baseline', () => {
  it('counts passages, bypasses and rollbacks by the year of UTC', () => {
    const made = report([
      { at: '2024-12-31T23:59:59Z', message: noTry },
      { at: '2025-01-01T00:00:00Z' },
      { at: '2025-06-01T12:00:00Z', message: 'Revert it\n\nNo-Try: true' },
      { at: '2025-06-02T12:00:00Z', message: noTry },
    ])
    const years = gateOf(made).years.map(({ year, passages, bypassed, rollbacks, episodes }) => {
      return [year, passages, bypassed, rollbacks, episodes]
    })
    expect(years).toEqual([
      [2024, 1, 1, 0, 1],
      [2025, 3, 2, 1, 1],
    ])
    expect(gateOf(made, 'owners').years.map(({ bypassed }) => bypassed)).toEqual([0, 0])
    expect(gateOf(made).quarters.map(({ quarter, passages }) => [quarter, passages])).toEqual([
      ['2024-Q4', 1],
      ['2025-Q1', 1],
      ['2025-Q2', 2],
    ])
  })

  it('counts the bypasses of one person within an hour once, and of two people twice', () => {
    const made = report([
      { at: '2026-05-04T10:00:00Z', message: noTry },
      { at: '2026-05-04T10:59:00Z', message: noTry },
      { at: '2026-05-04T11:58:00Z', message: noTry },
      { at: '2026-05-04T11:58:00Z', message: noTry, author: 'kofi@acme.example' },
      { at: '2026-05-04T12:59:00Z', message: noTry },
    ])
    expect(gateOf(made)).toMatchObject({ bypassed: 5, episodes: 3 })
    expect(gateOf(made).people).toMatchObject({ bypassers: 2 })
  })

  it('names nobody: people are numbered as they first landed', () => {
    const made = report([
      { at: '2026-05-04T10:00:00Z', author: 'zoe@acme.example' },
      { at: '2026-05-05T10:00:00Z', author: 'ana@acme.example', message: noTry },
      { at: '2026-05-06T10:00:00Z', author: 'zoe@acme.example' },
    ])
    expect(gateOf(made).people.most).toEqual([{ person: 'person-2', passages: 1, bypassed: 1, rollbacks: 0 }])
    expect(JSON.stringify(made)).not.toMatch(/zoe|ana@|acme/)
    expect(made.people).toBe(2)
  })

  it('takes days and weekdays in the zone that is asked for', () => {
    const friday = [{ at: '2026-05-08T23:30:00Z', message: noTry }]
    const onDay = (made: ReturnType<typeof report>) =>
      gateOf(made).weekdays.find(({ bypassed }) => bypassed > 0)?.weekday
    expect(onDay(report(friday))).toBe('friday')
    expect(onDay(report(friday, { zone: 'Europe/Berlin' }))).toBe('saturday')
    expect(onDay(report(friday, { zone: 'America/Los_Angeles' }))).toBe('friday')
  })

  it('says what is odd, keeps it out of where it would mislead, and loses no landing', () => {
    const made = report([
      { at: '1970-01-01T00:00:00Z' },
      { at: '2026-05-04T10:00:00Z', parents: 3 },
      { at: '2026-05-04T08:00:00Z', message: 'Ga\ufffdrbled' },
      { at: '2099-01-01T00:00:00Z', message: noTry },
    ])
    expect(made).toMatchObject({ landings: 4, undated: 1 })
    expect(made.odd.map(({ kind, count }) => [kind, count])).toEqual([
      ['undated', 1],
      ['future', 1],
      ['backwards', 1],
      ['octopus', 1],
      ['garbled', 1],
    ])
    expect(gateOf(made).years.map(({ year, passages }) => [year, passages])).toEqual([
      [2026, 2],
      [2099, 1],
    ])
    expect(gateOf(made).window).toMatchObject({ to: '2026-05-04', n: 2, x: 0 })
  })

  it('says when a mark of having passed is younger than the history', () => {
    const mapping = builtInMappings.gerrit
    const made = report(
      [
        { at: '2020-01-01T00:00:00Z' },
        { at: '2021-01-01T00:00:00Z', message: 'x\n\nReviewed-by: a' },
        { at: '2021-01-02T00:00:00Z' },
      ],
      { mapping },
    )
    expect(gateOf(made, 'review').bypassed).toBe(2)
    expect(gateOf(made, 'review').remarks.join()).toContain('The first mark is of 2021-01-01; the 1 landings before it')
  })

  it('is empty of an empty history, and says so', () => {
    const made = report([])
    expect(made).toMatchObject({ landings: 0, gates: [] })
    expect(made.remarks).toContain('There is no landing in this history.')
  })
})

describe('a rollback by its tree', () => {
  const tree = (letter: string) => letter.repeat(40)
  const mapping: Mapping = { ...builtInMappings.luci, rollback: { subject: [], tree: true } }
  const bypassed = (trees: string[], of: Mapping) => {
    const landings = trees.map((each, at) => ({ at: `2026-05-0${at + 1}T10:00:00Z`, tree: each, message: noTry }))
    return gateOf(report(landings, { mapping: of }))
  }

  it('brings back what was there before, and not what was there just now', () => {
    expect(bypassed([tree('a'), tree('b'), tree('a')], mapping)).toMatchObject({ rollbacks: 1, rollbacksProven: 1 })
    expect(bypassed([tree('a'), tree('a'), tree('b')], mapping)).toMatchObject({ rollbacks: 0 })
  })

  it('is none with an empty tree, and none where the mapping does not say so', () => {
    const empty = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
    expect(bypassed([empty, tree('b'), empty], mapping)).toMatchObject({ rollbacks: 0 })
    expect(bypassed([tree('a'), tree('b'), tree('a')], builtInMappings.luci)).toMatchObject({ rollbacks: 0 })
  })
})

describe('labels', () => {
  /** Three landings a working day for half a year; every `nth` of a Friday, or of any day, goes around. */
  const halfYear = (goesAround: (day: Date, at: number) => boolean): Given[] => {
    const landings: Given[] = []
    for (let day = 0; day < 182; day++) {
      const date = new Date(Date.UTC(2026, 3, 1 + day))
      if (date.getUTCDay() === 0 || date.getUTCDay() === 6) continue
      for (let at = 0; at < 12; at++) {
        const time = new Date(date.getTime() + (8 + at) * 3_600_000 + at * 60_000).toISOString()
        landings.push({
          at: time,
          author: `p${(day * 7 + at) % 9}@x`,
          message: goesAround(date, at) ? noTry : 'A change',
        })
      }
    }
    return landings
  }

  it('tell a habit of Fridays, a gate that is too hard, and one to leave alone', () => {
    expect(gateOf(report(halfYear((day, at) => day.getUTCDay() === 5 && at < 3))).label).toBe('weekday')
    expect(gateOf(report(halfYear((_, at) => at < 2))).label).toBe('high')
    expect(gateOf(report(halfYear(() => false))).label).toBe('near_zero')
  })
})
