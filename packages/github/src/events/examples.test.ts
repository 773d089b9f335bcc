import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { readDelivery } from './read.ts'
import type { Reading } from './told.ts'

/* Payloads that were recorded on github.com and on Enterprise Servers of five versions, published with an MIT licence. */

const load = createRequire(import.meta.url)
const hosts = ['api.github.com', 'ghes-31', 'ghes-32', 'ghes-33', 'ghes-34', 'ghes-35']
const reader = { apiBase: 'https://api.github.com', app: '7' }

interface Recorded {
  event: string
  action: string
  reading: Reading
}

function read(host: string): Recorded[] {
  const all = load(`@octokit/webhooks-examples/${host}/index.json`) as {
    name: string
    examples: { action?: string }[]
  }[]
  return all.flatMap(({ name: event, examples }) =>
    examples.map(body => ({ event, action: body.action ?? '', reading: readDelivery(event, body, reader) })),
  )
}

/** Nothing of ours: alerts, projects, sponsors, and what only an enterprise or the marketplace is told. */
const notOurs =
  /^(?:code_scanning_alert|dependabot_alert|secret_scanning_alert|secret_scanning_alert_location|marketplace_purchase|org_block|project|project_card|project_column|projects_v2_item|repository_dispatch|repository_import|repository_vulnerability_alert|security_advisory|sponsorship|content_reference|enterprise|user|cache_sync)$/

describe.each(hosts)('what %s has sent', host => {
  const recorded = read(host)

  it('is understood, whatever of it is about a gate', () => {
    const unknown = recorded.filter(({ reading, event }) => reading.is === 'unknown' && !notOurs.test(event))
    expect(unknown).toEqual([])
    expect(recorded.some(({ reading }) => reading.is === 'told')).toBe(true)
  })

  it('is unknown by name where it is none of ours', () => {
    for (const { event, reading } of recorded.filter(({ event }) => notOurs.test(event)))
      expect(reading).toEqual({ is: 'unknown', what: `event ${event}` })
  })
})

describe('what github.com has sent', () => {
  const recorded = read('api.github.com')
  const told = (event: string, action = '') =>
    recorded.flatMap(({ reading, ...of }) =>
      of.event === event && of.action === action && reading.is === 'told' ? reading.told : [],
    )

  it.each([
    ['branch_protection_rule', 'edited', 2, { kind: 'protection_trigger', source: 'classic' }],
    ['check_run', 'completed', 3, { kind: 'check_run', isOurs: false }],
    ['check_suite', 'requested', 3, { kind: 'check_suite' }],
    ['merge_group', 'checks_requested', 2, { kind: 'queue_group', what: 'requested', number: 104 }],
    ['status', '', 4, { kind: 'status', by: { isBot: expect.any(Boolean) } }],
    ['deployment_status', 'created', 4, { kind: 'deployment', commit: expect.any(String) }],
    ['pull_request', 'synchronize', 1, { kind: 'change', what: 'pushed', headBefore: expect.any(String) }],
    ['pull_request_review', 'submitted', 3, { kind: 'review', commit: expect.any(String) }],
    ['repository', 'edited', 1, { kind: 'scope', what: 'default_branch', from: expect.any(String) }],
    ['installation', 'suspend', 1, { kind: 'observer', what: 'blind', at: expect.any(Number) }],
    ['meta', 'deleted', 2, { kind: 'observer', what: 'blind' }],
    ['push', '', 2, { kind: 'advance', at: expect.any(Number) }],
  ])('tells %s %s as %i facts like %j', (event, action, count, expected) => {
    const facts = told(event, action)
    expect(facts).toHaveLength(count)
    for (const fact of facts) expect(fact).toMatchObject(expected)
  })

  it('makes a finding of nothing that is merged: none of it is', () => {
    expect(
      recorded.some(({ reading }) => reading.is === 'told' && reading.told.some(({ kind }) => kind === 'merge')),
    ).toBe(false)
  })
})
