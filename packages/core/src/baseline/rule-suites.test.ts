import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RecordFilter } from './recorded.ts'
import { RuleSuites } from './rule-suites.ts'

const suite = (id: number, fields: Record<string, unknown> = {}) => ({
  id,
  actor_id: 12,
  actor_name: 'octocat',
  before_sha: '893f768e172fb1bc9c5d6f3dd557557beeb0e1f0',
  after_sha: id.toString(16).padStart(40, '0'),
  ref: 'refs/heads/main',
  repository_id: 404,
  repository_name: 'payments',
  pushed_at: '2026-07-06T08:43:03Z',
  result: 'pass',
  evaluation_result: 'bypass',
  ...fields,
})
const evaluation = (rule_type: string, result: string, enforcement?: string) => ({
  rule_source: { type: 'protected_branch' },
  ...(enforcement === undefined ? {} : { enforcement }),
  result,
  rule_type,
})

function read(records: readonly unknown[], filter?: RecordFilter) {
  const suites = new RuleSuites(filter)
  for (const record of records) suites.add(record)
  const { landings, odd, remarks } = suites.end()
  return { landings, odd: Object.fromEntries(odd.map(({ kind, count }) => [kind, count])), remarks }
}

describe('a listing of rule suites', () => {
  it('counts what passed and what was bypassed as landings, by the result and not by what is only tried out', () => {
    const { landings } = read([suite(1), suite(2, { result: 'bypass', evaluation_result: 'pass' })])
    expect(landings.map(({ passed, bypassed }) => [passed, bypassed])).toEqual([
      [['rules'], []],
      [[], ['rules']],
    ])
    expect(landings[0]).toMatchObject({ atSeconds: Date.parse('2026-07-06T08:43:03Z') / 1000, actor: '12' })
  })

  it('says which rules went around, where the suite tells: several of one kind are one', () => {
    const rule_evaluations = [
      evaluation('pull_request', 'pass', 'active'),
      evaluation('pull_request', 'fail', 'active'),
      evaluation('required_status_checks', 'pass'),
      evaluation('required_signatures', 'fail', 'evaluate'),
    ]
    const { landings } = read([suite(1, { result: 'bypass', rule_evaluations })])
    expect(landings[0]).toMatchObject({
      passed: ['required-status-checks'],
      bypassed: ['rules', 'pull-request'],
    })
  })

  it('counts no landing for what was refused, listed twice, or is no branch', () => {
    const { landings, odd } = read([
      suite(1),
      suite(1),
      suite(2, { result: 'fail' }),
      suite(3, { ref: 'refs/tags/v1' }),
      suite(4, { ref: 'refs/heads/gh-readonly-queue/main/pr-1' }),
    ])
    expect(landings).toHaveLength(1)
    expect(odd).toEqual({ refused: 1, repeated: 1, no_branch: 2 })
  })

  it('keeps what it does not understand as a count', () => {
    const { landings, odd } = read([suite(1, { result: 'deferred', surprise: true }), {}, 'text', null, [suite(2)]])
    expect(landings).toHaveLength(0)
    expect(odd['unknown']).toBe(5)
  })

  it('reads only the branch and the repository asked about', () => {
    const records = [suite(1), suite(2, { ref: 'refs/heads/next' }), suite(3, { repository_name: 'web' })]
    const { landings, odd } = read(records, { branch: 'refs/heads/main', repository: 'Acme/Payments' })
    expect(landings).toHaveLength(1)
    expect(odd).toEqual({ elsewhere: 2 })
  })

  it('says that repositories are counted together', () => {
    expect(read([suite(1), suite(2, { repository_name: 'web' })]).remarks.join(' ')).toContain('2 repositories')
    expect(read([suite(1), suite(2)]).remarks.join(' ')).not.toContain('repositories are')
  })

  it('reads an instant with an offset, and takes what is none as undated', () => {
    const { landings } = read([
      suite(1, { pushed_at: '2026-09-23T06:34:13-07:00' }),
      suite(2, { pushed_at: 'yesterday' }),
    ])
    expect(landings.map(({ atSeconds }) => atSeconds)).toEqual([Date.parse('2026-09-23T13:34:13Z') / 1000, 0])
  })

  it('never throws, and names one of its gates at most once a landing', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.anything(), fc.record({ result: fc.constant('bypass'), rule_evaluations: fc.anything() })),
        ),
        given => {
          for (const { passed, bypassed } of read(given).landings) {
            expect(new Set([...passed, ...bypassed]).size).toBe(passed.length + bypassed.length)
          }
        },
      ),
    )
  })
})
