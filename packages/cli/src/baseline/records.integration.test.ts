import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { baselineReport } from '@breakglass/core/baseline/schemas'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../testing/world.ts'

let world: World
beforeEach(() => {
  world = createWorld()
})
afterEach(() => world.remove())

const write = (name: string, content: string | Uint8Array) => writeFileSync(path.join(world.directory, name), content)

async function read(args: readonly string[], stdin?: string) {
  const ran = await world.run(['baseline', ...args, '--json'], stdin === undefined ? {} : { stdin })
  expect(ran.stderr).toBe('')
  expect(ran.exit).toBe(0)
  return baselineReport.parse(JSON.parse(ran.stdout))
}

const hour = 3_600_000
const begins = Date.parse('2026-04-01T00:00:00Z')
/** A hundred merges, one an hour; every tenth one around the rule of reviews. */
const log = Array.from({ length: 100 }, (_, at) => {
  const common = {
    actor: `grüße-${at % 4}`,
    repo: at % 2 === 0 ? 'acme/payments' : 'acme/web',
    '@timestamp': begins + at * hour,
  }
  const merge = { ...common, action: 'pull_request.merge', pull_request_id: at }
  const override = {
    ...common,
    action: 'protected_branch.policy_override',
    branch: 'refs/heads/main',
    overridden_codes: ['review_policy_not_satisfied'],
  }
  return at % 10 === 0 ? [merge, override] : [merge]
}).flat()
const suites = Array.from({ length: 50 }, (_, at) => ({
  id: at,
  actor_name: `dev-${at % 4}`,
  ref: 'refs/heads/main',
  repository_name: 'payments',
  pushed_at: new Date(begins + at * hour).toISOString(),
  result: at % 5 === 0 ? 'bypass' : 'pass',
}))

describe('baseline --audit-log', () => {
  it.each([
    ['an array', 'log.json', JSON.stringify(log)],
    ['lines', 'log.ndjson', log.map(entry => JSON.stringify(entry)).join('\n')],
    ['lines, packed', 'log.ndjson.gz', gzipSync(log.map(entry => JSON.stringify(entry)).join('\n'))],
  ])('reads %s', async (_, name, content) => {
    write(name, content)
    const report = await read(['--audit-log', name])
    expect(report).toMatchObject({ landings: 100, people: 4, source: { kind: 'audit-log' }, mapping: { how: 'given' } })
    expect(report.gates).toMatchObject([{ name: 'pull-request', passages: 50, bypassed: 10, episodes: 10 }])
  })

  it('reads one repository of it, and a part of its time', async () => {
    write('log.json', JSON.stringify(log))
    const report = await read([
      'ACME/payments',
      '--audit-log',
      'log.json',
      '--since',
      '2026-04-02',
      '--until',
      '2026-04-03',
    ])
    expect(report).toMatchObject({ landings: 12, source: { repository: 'ACME/payments' } })
  })

  it('names nobody, and says what it cannot see', async () => {
    write('log.json', JSON.stringify(log))
    const { stdout } = await world.run(['baseline', '--audit-log', 'log.json'])
    expect(stdout).toContain('person-1')
    expect(stdout).not.toContain('grüße')
    expect(stdout).toContain('does not say which rules')
  })

  it('counts what is broken beside what is not', async () => {
    write('log.ndjson', `${JSON.stringify(log[1])}\n{"action": "pull_re\n${JSON.stringify(log[2])}\n`)
    const report = await read(['--audit-log', 'log.ndjson'])
    expect(report.landings).toBe(2)
    expect(report.odd).toContainEqual(expect.objectContaining({ kind: 'unreadable', count: 1 }))
  })
})

describe('baseline --rule-suites', () => {
  it('reads pages from standard input', async () => {
    const pages = JSON.stringify(suites.slice(0, 25)) + JSON.stringify(suites.slice(25))
    const report = await read(['--rule-suites', '-'], pages)
    expect(report.gates).toMatchObject([{ name: 'rules', passages: 50, bypassed: 10, label: 'high' }])
  })
})

describe('a record is refused', () => {
  it.each([
    ['that is not there', ['--audit-log', 'nowhere.json'], 4, 'nowhere.json'],
    ['that is a directory', ['--audit-log', '.'], 2, 'file'],
    ['that is no JSON', ['--audit-log', 'words.json'], 2, 'expected an audit log'],
    ['that is empty', ['--rule-suites', 'empty.json'], 2, 'expected rule suites'],
    ['that is not packed as its name says', ['--rule-suites', 'words.gz'], 2, 'gzip'],
    ['beside another', ['--rule-suites', 'empty.json', '--audit-log', 'empty.json'], 2, 'keep one'],
    ['beside a mapping', ['--rule-suites', 'empty.json', '--mapping', 'luci'], 2, '--mapping'],
  ])('%s', async (_, args, exit, words) => {
    write('words.json', 'not found\n')
    write('words.gz', 'not found\n')
    write('empty.json', '')
    const ran = await world.run(['baseline', ...args])
    expect(ran).toMatchObject({ exit, stdout: '' })
    expect(ran.stderr).toContain(words)
  })
})
