import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AuditLog } from './audit-log.ts'
import type { RecordFilter } from './recorded.ts'

const atMs = Date.parse('2026-03-02T10:00:00.000Z')
let next = 0
const entry = (action: string, fields: Record<string, unknown> = {}) => ({
  '@timestamp': atMs,
  _document_id: `document-${next++}`,
  action,
  actor: 'octocat',
  repo: 'acme/payments',
  ...fields,
})
const merge = (fields: Record<string, unknown> = {}) => entry('pull_request.merge', fields)
const override = (fields: Record<string, unknown> = {}) =>
  entry('protected_branch.policy_override', {
    branch: 'refs/heads/main',
    after: '087409487aebdefbedbefb7a89ebfe7bd7ebfbe7',
    overridden_codes: ['review_policy_not_satisfied'],
    ...fields,
  })

function read(records: readonly unknown[], filter?: RecordFilter) {
  const log = new AuditLog(filter)
  for (const record of records) log.add(record)
  const { landings, odd } = log.end()
  return { landings, odd: Object.fromEntries(odd.map(({ kind, count }) => [kind, count])) }
}
const gates = (records: readonly unknown[]) => read(records).landings.map(({ passed, bypassed }) => [passed, bypassed])

describe('an audit log', () => {
  it('counts merges as landings, and an override as one that went around what it names', () => {
    expect(
      gates([merge(), override({ '@timestamp': atMs + 60_000, overridden_codes: ['required_status_checks'] })]),
    ).toEqual([
      [['required-status-checks'], []],
      [[], ['required-status-checks']],
    ])
  })

  it('reads fields that an edition nests, and instants as text', () => {
    const { landings } = read([
      merge(),
      {
        action: 'protected_branch.policy_override',
        created_at: '2026-03-02T11:00:00Z',
        data: {
          repo: 'acme/payments',
          actor_id: 7,
          reasons: [{ code: 'required_status_checks', message: 'expected' }],
        },
      },
    ])
    expect(landings[1]).toEqual({
      atSeconds: Date.parse('2026-03-02T11:00:00Z') / 1000,
      actor: '7',
      passed: [],
      bypassed: ['required-status-checks'],
      isPopulated: true,
    })
  })

  it.each([
    ['the same pull request', { pull_request_id: 9 }, { pull_request_id: 9, '@timestamp': atMs + 3_600_000 }, 1],
    ['the same person within ten seconds', {}, { '@timestamp': atMs + 10_000 }, 1],
    ['the same person eleven seconds later', {}, { '@timestamp': atMs + 11_000 }, 2],
    ['another person', {}, { actor: 'hubot' }, 2],
    ['another pull request', { pull_request_id: 9 }, { pull_request_id: 10 }, 2],
    ['another repository', {}, { repo: 'acme/web' }, 2],
  ])('takes a merge and an override of %s for %# landings', (_, first, second, landings) => {
    expect(gates([merge(first), override(second)])).toHaveLength(landings)
  })

  it('takes one merge for one override, however many there are at that moment', () => {
    expect(gates([merge(), override(), override({ after: 'another' })])).toHaveLength(2)
  })

  it('takes several overrides of one landing for one, around everything they name', () => {
    const [landing, ...others] = gates([override(), override({ overridden_codes: ['required_status_checks'] })])
    expect(landing).toEqual([[], ['pull-request', 'required-status-checks']])
    expect(others).toEqual([])
  })

  it('has a rule in force only in repositories where it was overridden', () => {
    const records = [merge(), merge({ repo: 'acme/web' }), override({ '@timestamp': 1 })]
    expect(gates(records)).toEqual([
      [['pull-request'], []],
      [[], []],
      [[], ['pull-request']],
    ])
  })

  it('says where it shows no merges, so that nothing is divided by nothing', () => {
    const { landings, odd } = read([merge(), override({ repo: 'acme/web' })])
    expect(landings.map(({ isPopulated }) => isPopulated)).toEqual([true, false])
    expect(odd['unpopulated']).toBe(1)
  })

  it('tells what is no landing apart', () => {
    const { landings, odd } = read([
      entry('protected_branch.rejected_ref_update'),
      entry('pull_request.indirect_merge'),
      entry('protected_branch.destroy'),
      entry('repository_ruleset.update'),
      entry('workflows.bypass_protection_rules'),
      entry('repo.create'),
      entry('constructor'),
      {},
      7,
    ])
    expect(landings).toEqual([])
    expect(odd).toEqual({ refused: 1, indirect: 1, protection: 2, environment: 1, other: 4 })
  })

  it('counts an entry that is listed twice once', () => {
    const twice = merge()
    expect(read([twice, twice])).toMatchObject({ landings: [{}], odd: { repeated: 1 } })
  })

  it('reads only what is asked about, and what does not say', () => {
    const records = [
      merge(),
      merge({ repo: 'acme/web' }),
      override({ branch: 'refs/heads/next' }),
      override({ branch: undefined, after: undefined, '@timestamp': atMs + 60_000 }),
    ]
    const { landings, odd } = read(records, { repository: 'ACME/payments', branch: 'refs/heads/main' })
    expect(landings).toHaveLength(2)
    expect(odd).toEqual({ elsewhere: 2 })
  })

  it('never throws, whatever an entry is', () => {
    const kinds = fc.constantFrom('pull_request.merge', 'protected_branch.policy_override', 'other')
    const fields = fc.record({
      action: kinds,
      repo: fc.anything(),
      overridden_codes: fc.anything(),
      reasons: fc.anything(),
      '@timestamp': fc.anything(),
      data: fc.anything(),
    })
    fc.assert(
      fc.property(fc.array(fc.oneof(fields, fc.anything())), given => {
        for (const { bypassed, passed, atSeconds } of read(given).landings) {
          expect(Number.isSafeInteger(atSeconds)).toBe(true)
          expect(passed.filter(gate => bypassed.includes(gate))).toEqual([])
        }
      }),
    )
  })
})
