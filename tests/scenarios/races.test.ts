import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { type EngineName, install } from '../support/install.ts'
import { type Installation, installAt } from '../support/installation.ts'
import { makePayments, type Payments } from '../support/payments.ts'
import { createDatabase, dropDatabase, type NamedDatabase } from '../support/postgres-admin.ts'
import { bins, type Run, run, type Service, start } from '../support/processes.ts'

interface Grant {
  id: string
  state: string
  used: number
  change: { commit: string }
}

/** What is asked of every installation here, as a person or a job asks it. */
function asking(acme: Installation) {
  const gate = 'payments/tests'
  const asked = (commit: string, more: Record<string, string | true>) => [
    'open',
    `acme/payments@${commit}`,
    ...flags({ ref: 'main', gate, reason: 'the fix waits', ...more }),
  ]
  const points = async (kind: string) =>
    (await acme.api<{ points: { id: string; kind: string }[] }>('ana', '/points')).points.filter(
      point => point.kind === kind,
    )
  return {
    asked,
    pointId: async (kind: string) => (await points(kind))[0]!.id,
    async open(commit: string, more: Record<string, string | true>): Promise<Grant> {
      return (await acme.json<{ grants: Grant[] }>(asked(commit, more), { as: 'ana' })).grants[0]!
    },
    grant: (id: string) => acme.api<Grant>('lee', `/glass/${id}`),
    async statesOf(commit: string): Promise<string[]> {
      const { grants } = await acme.api<{ grants: Grant[] }>('lee', '/glass?limit=200')
      return grants.filter(({ change }) => change.commit === `sha1:${commit}`).map(({ state }) => state)
    },
    async kindsOf(id: string): Promise<string[]> {
      const { entries } = await acme.json<{ entries: { statement: string }[] }>(['show', id], { as: 'lee' })
      return entries.map(({ statement }) => {
        const payload: { kind: string } = JSON.parse(
          Buffer.from(statement.split('.')[1] ?? '', 'base64url').toString('utf8'),
        )
        return payload.kind
      })
    },
  }
}

describe.each(['sqlite', 'postgres'] as const)('at one moment (%s)', (engine: EngineName) => {
  let acme: Installation
  let payments: Payments
  let ask: ReturnType<typeof asking>
  let ci: string
  const ciDir = () => join(acme.dir, 'ci-point')

  beforeAll(async () => {
    acme = await install(engine)
    payments = await makePayments(acme)
    ask = asking(acme)
    await acme.json(['incident', 'open', '--severity', 'SEV1', 'payments down'], { as: 'lee' })
    const installed = flags({ dir: ciDir(), name: 'acme/payments', trust: acme.trustFile })
    await acme.json(['gate', 'install', ...installed], { as: 'admin' })
    ci = await ask.pointId('ci')
  })
  afterAll(() => acme.stop())

  it.each(['online', 'offline'])('two clones push with one %s grant: it is one landing and one use', async mode => {
    const fix = await payments.commit(`pushed-${mode}`)
    await payments.report('payments/smoke', fix, 'pass')
    const file = join(acme.dir, `${mode}.bg`)
    const at = await ask.pointId('git_hook')
    const { id } = await ask.open(fix, { at, ...(mode === 'offline' && { offline: true, out: file }) })
    const handed = mode === 'offline' ? ['-o', (await readFile(file, 'utf8')).trim()] : []
    const clone = join(acme.dir, `clone-${mode}`)
    await payments.git(['clone', '--quiet', payments.work, clone])
    await payments.git(['remote', 'set-url', 'origin', payments.bare], { cwd: clone })
    const push = ['push', 'origin', ...handed, `${fix}:refs/heads/main`]
    const pushes = await Promise.all([payments.git(push), payments.git(push, { cwd: clone })])
    expect(
      pushes.map(({ code }) => code),
      said(pushes),
    ).toContain(0)
    expect(await payments.tip()).toBe(fix)
    await acme.json(['hook', 'sync', '--repo', payments.bare])
    expect(await ask.grant(id)).toMatchObject({ used: 1, state: 'shut' })
    expect((await ask.kindsOf(id)).filter(kind => kind === 'glass.used')).toHaveLength(1)
  })

  it.each(['online', 'offline'])('jobs run with one %s grant: exactly one opens', async mode => {
    const commit = (mode === 'online' ? 'c' : 'd').repeat(40)
    const file = join(acme.dir, `job-${mode}.bg`)
    const { id } = await ask.open(commit, { at: ci, ...(mode === 'offline' && { offline: true, out: file }) })
    const grant = mode === 'offline' ? (await readFile(file, 'utf8')).trim() : ''
    const change = `acme/payments@${commit}`
    const job = (name: string) => ['gate', 'run', 'payments/tests', ...flags({ change, run: name }), '--', 'false']
    const env = { BREAKGLASS_POINT: ciDir(), BREAKGLASS_GRANT: grant }
    const jobs = await Promise.all(['1', '2', '3'].map(name => acme.breakglass(job(name), { env })))
    expect(jobs.map(({ code }) => code).toSorted(), said(jobs)).toEqual([0, 1, 1])
    await acme.json(['hook', 'sync', '--point', ciDir()])
    expect(await ask.grant(id)).toMatchObject({ used: 1 })
    expect((await ask.kindsOf(id)).filter(kind => kind === 'glass.used')).toHaveLength(1)
  })

  it('two people open one gate for one change: exactly one grant lives', async () => {
    for (const digit of ['1', '2', '3']) {
      const commit = digit.repeat(40)
      const args = ask.asked(commit, { at: ci })
      const opens = await Promise.all(['ana', 'okoro'].map(as => acme.breakglass(args, { as })))
      expect(
        opens.filter(({ code }) => code === 0),
        said(opens),
      ).toHaveLength(1)
      expect((await ask.statesOf(commit)).filter(state => state === 'live')).toHaveLength(1)
    }
  })
})

/** Two servers over one PostgreSQL, one ledger and one issuer's key: what one does, the other must not do again. */
describe('two servers on one database', () => {
  const dir = mkdtempSync(join(tmpdir(), 'breakglass-scenario-'))
  let database: NamedDatabase
  let acme: Installation
  let second: Service
  let ask: ReturnType<typeof asking>
  let at: string
  const urls = () => [acme.url, String(second.ready['url'])]

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), 'scenario')
    acme = await installAt(dir, database.url)
    await makePayments(acme)
    ask = asking(acme)
    await acme.json(['incident', 'open', '--severity', 'SEV1', 'payments down'], { as: 'lee' })
    at = await ask.pointId('git_hook')
    mkdirSync(join(dir, 'second'), { mode: 0o700 })
    copyFileSync(join(dir, 'server', 'issuer.seed'), join(dir, 'second', 'issuer.seed'))
    second = await start(
      bins.server,
      [
        'serve',
        ...flags({
          dir: join(dir, 'second'),
          listen: '127.0.0.1:0',
          'ledger-url': String(acme.ledger.ready['url']),
          'ledger-vkey': String(acme.ledger.ready['vkey']),
          'ledger-secret-file': join(dir, 'ledger', 'credentials', 'server.secret'),
        }),
      ],
      { env: { HOME: dir, DATABASE_URL: database.url } },
    )
  })
  afterAll(async () => {
    await second.stop()
    await acme.stop()
    await dropDatabase(inject('postgresUrl'), database.name)
    rmSync(dir, { recursive: true, force: true })
  })

  async function post(url: string, { path, token, body }: { path: string; token: string; body: object }) {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const answer = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: answer.status, reply: (await answer.json()) as Record<string, unknown> }
  }

  it('open one gate for one change once, whoever asks whichever server', async () => {
    const tokens = [await acme.token('ana'), await acme.token('okoro')]
    for (let round = 0; round < 6; round++) {
      const commit = round.toString(16).repeat(40)
      const body = {
        gates: ['payments/tests'],
        repository: 'acme/payments',
        ref: 'main',
        change: { commit: `sha1:${commit}` },
        mode: 'online',
        justification: 'the fix waits',
        at,
        incident: await incident(),
      }
      const opened = await Promise.all(
        urls().map((url, which) => post(url, { path: '/glass', token: tokens[which]!, body })),
      )
      expect((await ask.statesOf(commit)).toSorted(), JSON.stringify(opened)).toEqual(['live', 'refused'])
    }
  })

  async function incident(): Promise<string> {
    const { incidents } = await acme.api<{ incidents: { id: string }[] }>('ana', '/incidents')
    return incidents[0]!.id
  }

  it('spend one grant once, wherever it is asked for, and say the same of one landing', async () => {
    const token = (await readFile(join(dir, 'payments.git', 'breakglass', 'token'), 'utf8')).trim()
    for (const digit of ['a', 'b', 'c']) {
      const { id: grant } = await ask.open(digit.repeat(40), { at })
      const spend = (url: string, useKey: string) =>
        post(url, { path: '/points/self/spend', token, body: { spends: [{ grant, useKey, ref: 'refs/heads/main' }] } })
      const keys = [1, 2, 3].flatMap(landing => urls().map(url => ({ url, useKey: `landing ${landing}` })))
      const answers = await Promise.all(
        keys.map(async ({ url, useKey }) => ({ useKey, ...(await spend(url, useKey)) })),
      )
      const opened = answers.filter(({ status }) => status === 200)
      expect(opened, JSON.stringify(answers)).toHaveLength(2)
      expect(new Set(opened.map(({ useKey }) => useKey)).size).toBe(1)
      for (const { status, reply } of answers.filter(answer => answer.status !== 200)) {
        expect(status).toBe(409)
        expect(JSON.stringify(reply)).toContain('grant_spent')
      }
      expect(await ask.grant(grant)).toMatchObject({ used: 1 })
      await expect
        .poll(async () => (await ask.kindsOf(grant)).filter(kind => kind === 'glass.used'), { timeout: 20_000 })
        .toHaveLength(1)
    }
  })

  it('leave one ledger that is whole, and evidence that verifies', async () => {
    const pending = async () =>
      (await acme.json<{ ledger: { pending: number } }>(['status'], { as: 'lee' })).ledger.pending
    await expect.poll(pending, { timeout: 20_000 }).toBe(0)
    const file = join(dir, 'evidence.json')
    await acme.json(['evidence', '--from', '2020-01-01', '--with-proofs', '--out', file], { as: 'lee' })
    expect(await acme.json(['verify', file, '--trust', acme.trustFile])).toMatchObject({ ok: true })
    await acme.ledger.stop()
    const fsck = await run(process.execPath, [bins.ledger, 'fsck', '--dir', join(dir, 'ledger')])
    expect(fsck).toMatchObject({ code: 0 })
  })
})

const said = (runs: readonly Run[]) => runs.map(({ code, stdout, stderr }) => `${code}\n${stdout}${stderr}`).join('\n')
