import { describe, expect, it } from 'vitest'
import { baselineOfRecord } from './recorded-baseline.ts'
import type { RecordedLanding } from './recorded.ts'
import { baselineReport } from './report.ts'

const nowMs = Date.parse('2026-11-01T00:00:00Z')
const landing = (at: string, rest: Partial<RecordedLanding> = {}): RecordedLanding => ({
  atSeconds: Date.parse(at) / 1000,
  actor: 'ada',
  passed: ['pull-request'],
  bypassed: [],
  isPopulated: true,
  ...rest,
})
const around = { passed: [], bypassed: ['pull-request'] }

function report(landings: readonly RecordedLanding[]) {
  const made = baselineOfRecord(
    'github-audit-log',
    { landings, odd: [{ kind: 'refused', count: 3, words: 'refused' }], remarks: ['As far as it goes.'] },
    { source: { kind: 'audit-log', shallow: false }, zone: 'UTC', thresholds: { low: 0.01, high: 0.05 }, nowMs },
  )
  return baselineReport.parse(made)
}

describe('a baseline of a record', () => {
  it('counts by the year of UTC, whatever order the record has', () => {
    const { gates, landings, odd, remarks } = report([
      landing('2026-01-01T00:00:00Z', around),
      landing('2025-12-31T23:59:59Z'),
      landing('2026-05-01T00:00:00Z'),
    ])
    expect(landings).toBe(3)
    expect(gates[0]?.years.map(({ year, passages, bypassed }) => [year, passages, bypassed])).toEqual([
      [2025, 1, 0],
      [2026, 2, 1],
    ])
    expect(odd).toContainEqual({ kind: 'refused', count: 3, words: 'refused' })
    expect(remarks).toContain('As far as it goes.')
  })

  it('counts as passages of a gate only landings at which it was in force', () => {
    const { gates } = report([
      landing('2026-01-01T00:00:00Z', { passed: ['pull-request', 'signatures'] }),
      landing('2026-01-02T00:00:00Z', { ...around, bypassed: ['signatures'] }),
      landing('2026-01-03T00:00:00Z', around),
    ])
    expect(gates.map(({ name, passages, bypassed, window }) => [name, passages, bypassed, window.n])).toEqual([
      ['pull-request', 2, 1, 2],
      ['signatures', 2, 1, 2],
    ])
  })

  it('gives every person one pseudonym at every gate', () => {
    const { gates } = report([
      landing('2026-01-01T00:00:00Z', { actor: 'eve' }),
      landing('2026-01-02T00:00:00Z', { ...around, bypassed: ['signatures', 'pull-request'], actor: 'ada' }),
    ])
    expect(gates.map(({ people }) => people.most.map(({ person }) => person))).toEqual([['person-2'], ['person-2']])
  })

  it('has no rate where the record shows bypasses and not the landings beside them', () => {
    const alone = Array.from({ length: 20 }, (_, day) =>
      landing(`2026-05-${String(day + 1).padStart(2, '0')}T10:00:00Z`, { ...around, isPopulated: false }),
    )
    const gate = report(alone).gates[0]
    expect(gate).toMatchObject({
      passages: 0,
      bypassed: 20,
      episodes: 0,
      label: 'insufficient',
      window: { x: 0, n: 0 },
    })
    expect(gate?.years).toEqual([
      { year: 2026, passages: 0, bypassed: 20, rollbacks: 0, episodes: 0, interval: { low: 0, high: 1 } },
    ])
    expect(gate?.remarks).toHaveLength(1)
  })

  it('never takes two that nobody is named for as one person', () => {
    const nobody: RecordedLanding[] = [0, 1].map(minute => {
      const { actor: _, ...rest } = landing(`2026-05-01T10:0${minute}:00Z`, around)
      return rest
    })
    expect(report(nobody).gates[0]).toMatchObject({ episodes: 2, people: { bypassers: 2 } })
  })

  it('tells the thirty most bypassed of more kinds of rule than that, and that there are more', () => {
    const many = Array.from({ length: 33 }, (_, rule) => `rule-${rule}`)
    const { gates, remarks } = report(
      [landing('2026-05-01T10:00:00Z', { passed: many, bypassed: ['rule-32'] })].map(each => ({
        ...each,
        passed: many.slice(0, 32),
      })),
    )
    expect(gates).toHaveLength(30)
    expect(gates[0]?.name).toBe('rule-32')
    expect(remarks.join(' ')).toContain('3 more kinds')
  })

  it('is a report of nothing when there is no landing', () => {
    expect(report([])).toMatchObject({ landings: 0, gates: [], remarks: ['There is no landing in this record.'] })
  })
})
