import { describe, expect, it } from 'vitest'
import { checkOffline } from './check-offline.ts'

const program = (on: string, more = '') => `organization: acme
timezone: Europe/Berlin
owners: [mina@acme.dev, okoro@acme.dev]
groups:
  oncall: { members: [ana@acme.dev, ben@acme.dev] }
  readers: { members: [rae@acme.dev, sol@acme.dev, tove@acme.dev] }
gates:
  payments/review:
    boundary: merge
    class: quality
    protects: What only its author has read.
    on: ${on}
    reviews: 1
    owner: oncall
    break_glass: { who: [oncall], incident: optional, second_person: { wait: 5m }, ttl: 30m }
reviews: { reviewers: [readers] }
drills: { every: 90d }
forum: { every: 30d }
${more}`

const rulesOf = (text: string, source?: Parameters<typeof checkOffline>[1]) =>
  checkOffline({ file: 'breakglass.yaml', text, files: {} }, source).remarks.map(({ rule }) => rule)

describe('a check without a server', () => {
  it('takes every repository that is named for registered, and its forge for unknown', () => {
    const teams = 'teams: { payments: { repositories: [acme/ledger], people: [oncall] } }\n'
    expect(rulesOf(program('{ repositories: [acme/payments, acme/web], branches: [main] }', teams))).toEqual([])
  })

  it('says nothing of what a selector matches', () => {
    expect(rulesOf(program('{ repositories: { property: tier=1 }, branches: [main] }'))).toEqual([])
  })

  it('knows where the program lives, when it is told', () => {
    const source = {
      repository: 'acme/payments',
      ref: 'refs/heads/main',
      path: 'b.yaml',
      commit: `sha1:${'a'.repeat(40)}`,
    }
    const on = (branch: string) => program(`{ repositories: [acme/payments], branches: [${branch}] }`)
    expect(rulesOf(on('main'), source)).toEqual(['gate_opens_program_source'])
    expect(rulesOf(on('release/*'), source)).toEqual([])
    expect(rulesOf(on('main'), { ...source, repository: 'acme/program' })).toEqual([])
  })

  it('answers a text that is no program with what is wrong', () => {
    expect(checkOffline({ file: 'x.yaml', text: '[a', files: {} })).toMatchObject({
      ok: false,
      remarks: [{ rule: 'yaml_syntax', file: 'x.yaml' }],
    })
  })
})
