import { cpSync, renameSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { type EngineName, install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { account, makePayments, type Payments, paymentsProgram, verdict } from '../support/payments.ts'
import { bins, type Run, run } from '../support/processes.ts'

interface Grant {
  id: string
  state: string
  used: number
  review?: { id: string }
  ledger?: { index: number }
}

/**
 * The first war story again, with the power cut at every step: SIGKILL while something runs and in between, at several
 * moments. Nothing is lost that was acknowledged, nothing half-done opens a gate, and nothing opens later by itself.
 */
describe.each(['sqlite', 'postgres'] as const)('killed and restarted at each step (%s)', (engine: EngineName) => {
  let acme: Installation
  let payments: Payments
  let incident: string
  let fix: string
  let grant: Grant

  beforeAll(async () => {
    acme = await install(engine)
    payments = await makePayments(acme)
  })
  afterAll(() => acme.stop())

  async function restart(): Promise<void> {
    await acme.server.kill()
    await acme.startServer()
  }

  /** Runs something, kills the server that long after it began, and starts it again. */
  async function killedAfter(ms: number, work: () => Promise<Run>): Promise<Run> {
    const running = work()
    await delay(ms)
    await acme.server.kill()
    const result = await running
    await acme.startServer()
    return result
  }

  const openArgs = (commit: string) => [
    'open',
    `acme/payments@${commit}`,
    ...flags({ ref: 'main', gate: 'payments/tests', incident, reason: 'payments are down, the fix waits' }),
  ]
  const grantsOf = async (commit: string): Promise<Grant[]> => {
    const { grants } = await acme.api<{ grants: (Grant & { change: { commit: string } })[] }>('ana', '/glass?limit=200')
    return grants.filter(({ change }) => change.commit === `sha1:${commit}`)
  }
  const pending = async () =>
    (await acme.json<{ ledger: { pending: number } }>(['status'], { as: 'lee' })).ledger.pending

  it('keeps who signed in and which program is in force', async () => {
    await restart()
    expect(await acme.json(['whoami'], { as: 'ana' })).toMatchObject({ person: { name: 'ana' } })
    expect(await acme.json(['program', 'show'], { as: 'mina' })).toMatchObject({ version: { state: 'in_force' } })
  })

  it('publishes a program once, whenever it was killed meanwhile', async () => {
    for (const [at, ms] of [250, 400].entries()) {
      const ttl = `${29 - at}m`
      await writeFile(join(acme.dir, 'narrower.yaml'), paymentsProgram.replace('ttl: 30m', `ttl: ${ttl}`))
      const publish = ['program', 'publish', 'narrower.yaml']
      await killedAfter(ms, () => acme.breakglass(publish, { as: 'mina' }))
      const { version } = await acme.json<{ version: { digest: string; state: string } }>(publish, { as: 'mina' })
      await expect
        .poll(() => acme.json<{ version: object }>(['program', 'show'], { as: 'mina' }), { timeout: 20_000 })
        .toMatchObject({ version: { digest: version.digest, state: 'in_force' } })
    }
    const { versions } = await acme.json<{ versions: { state: string }[] }>(['program', 'list'], { as: 'mina' })
    expect(versions.filter(({ state }) => state === 'in_force')).toHaveLength(1)
  })

  it('opens wholly or not at all when it is killed while somebody breaks glass, and nothing opens later', async () => {
    const opened = await acme.json<{ id: string }>(['incident', 'open', '--severity', 'SEV1', 'down'], { as: 'lee' })
    incident = opened.id
    const outcomes: string[] = []
    for (const [at, ms] of [150, 280, 320, 360, 420].entries()) {
      const commit = `${at + 1}`.padStart(40, 'a')
      const said = await killedAfter(ms, () => acme.breakglass(openArgs(commit), { as: 'ana' }))
      const states = async () => (await grantsOf(commit)).map(({ state }) => state)
      // A grant that a crash left without its proof is void at the latest five seconds later.
      await expect.poll(states, { timeout: 20_000 }).not.toContain('granted')
      const [found, ...others] = await grantsOf(commit)
      expect(others).toEqual([])
      expect(['live', 'void', undefined]).toContain(found?.state)
      // What somebody was told is what is so.
      if (said.code === 0) expect(found?.state).toBe('live')
      if (found?.state === 'live') expect(found.ledger?.index).toBeTypeOf('number')
      outcomes.push(`${ms} ms: exit ${said.code}, ${found?.state ?? 'nothing'}`)
      if (said.code !== 0) expect([1, 5, 6], outcomes.join('; ')).toContain(said.code)
    }
    expect(await pending()).toBe(0)
  })

  it('has a live grant still live after a crash', async () => {
    fix = await payments.commit('fix')
    await payments.report('payments/smoke', fix, 'pass')
    await payments.report('payments/tests', fix, 'fail')
    const { grants } = await acme.json<{ grants: Grant[] }>(openArgs(fix), { as: 'ana' })
    grant = grants[0]!
    await restart()
    expect(await grantsOf(fix)).toMatchObject([{ id: grant.id, state: 'live' }])
  })

  it('lets the push land once, and counts it once, whenever it was killed meanwhile', async () => {
    for (const ms of [60, 150, 250, 350]) {
      const push = await killedAfter(ms, () => payments.push())
      const landed = (await payments.tip()) === fix
      // Refused or landed; the same push again gets the same answer.
      if (!landed) expect(push.code).not.toBe(0)
    }
    if ((await payments.tip()) !== fix) expect(await payments.push()).toMatchObject({ code: 0 })
    expect(await payments.tip()).toBe(fix)
    await acme.breakglass(['hook', 'sync', '--repo', payments.bare])
    await expect.poll(() => grantsOf(fix), { timeout: 20_000 }).toMatchObject([{ state: 'shut', used: 1 }])
    const next = await payments.commit('next')
    await payments.report('payments/smoke', next, 'pass')
    expect((await payments.push()).code).not.toBe(0)
  })

  it('takes the account and the signature once, whenever it was killed meanwhile', async () => {
    const id = grant.review?.id ?? ''
    const state = async () => (await acme.json<{ state: string }>(['review', 'show', id], { as: 'lee' })).state
    for (const ms of [250, 350]) {
      if ((await state()) === 'due') {
        await killedAfter(ms, () => acme.breakglass(['review', 'answer', id, ...account], { as: 'ana' }))
      }
    }
    if ((await state()) === 'due') await acme.json(['review', 'answer', id, ...account], { as: 'ana' })
    expect(await state()).toBe('answered')
    for (const ms of [250, 350]) {
      if ((await state()) === 'answered') {
        await killedAfter(ms, () => acme.breakglass(['review', 'sign', id, ...verdict], { as: 'lee' }))
      }
    }
    if ((await state()) === 'answered') await acme.json(['review', 'sign', id, ...verdict], { as: 'lee' })
    const review = await acme.json<{ state: string; signOffs: unknown[] }>(['review', 'show', id], { as: 'lee' })
    expect(review).toMatchObject({ state: 'signed' })
    expect(review.signOffs).toHaveLength(1)
  })

  it('is evidence that verifies, over a ledger that is whole', async () => {
    const file = join(acme.dir, 'evidence.json')
    await killedAfter(300, () => acme.breakglass(evidenceTo(file), { as: 'lee' }))
    await acme.json(
      evidenceTo(file).filter(flag => flag !== '--json'),
      { as: 'lee' },
    )
    expect(await acme.json(['verify', file, '--trust', acme.trustFile])).toMatchObject({ ok: true })
    const { counts } = (await payments.evidence()) as { counts: object }
    expect(counts).toMatchObject({ uses: 1, reviewsSigned: 1 })
    await expect.poll(pending, { timeout: 20_000 }).toBe(0)
    await acme.ledger.stop()
    const fsck = await run(process.execPath, [bins.ledger, 'fsck', '--dir', join(acme.dir, 'ledger')])
    expect(fsck).toMatchObject({ code: 0 })
    await acme.startLedger()
  })
})

describe('the ledger killed and restarted', () => {
  let acme: Installation
  let payments: Payments
  beforeAll(async () => {
    acme = await install('sqlite')
    payments = await makePayments(acme)
    await acme.json(['incident', 'open', '--severity', 'SEV1', 'down'], { as: 'lee' })
  })
  afterAll(() => acme.stop())

  const open = (commit: string, as = 'ana') =>
    acme.breakglass(
      [
        'open',
        `acme/payments@${commit}`,
        ...flags({ ref: 'main', gate: 'payments/tests', reason: 'payments are down' }),
      ],
      { as },
    )
  const kinds = async (grant: string) =>
    (await acme.json<{ entries: { kind?: string; statement: string }[] }>(['show', grant], { as: 'lee' })).entries.map(
      ({ statement }) => {
        const payload: { kind: string } = JSON.parse(
          Buffer.from(statement.split('.')[1] ?? '', 'base64url').toString('utf8'),
        )
        return payload.kind
      },
    )

  it('opens nothing while it is down, says so, and nothing of it opens when it is back', async () => {
    await acme.ledger.kill()
    const said = await open('b'.repeat(40))
    expect(said.code).toBe(6)
    expect(`${said.stdout}${said.stderr}`).toContain('Nothing was opened')
    await acme.startLedger()
    const isVoid = async () => {
      const { grants } = await acme.api<{ grants: Grant[] }>('ana', '/glass?limit=1')
      return grants[0]
    }
    const grant = await isVoid()
    expect(grant?.state).toBe('void')
    await expect.poll(() => kinds(grant?.id ?? ''), { timeout: 30_000 }).toContain('glass.voided')
    expect((await isVoid())?.state).toBe('void')
  })

  it('is not needed for a use: a live grant opens once, and the use is logged when it is back', async () => {
    const fix = await payments.commit('fix')
    await payments.report('payments/smoke', fix, 'pass')
    expect((await open(fix)).code).toBe(0)
    await acme.ledger.kill()
    expect(await payments.push()).toMatchObject({ code: 0 })
    expect(await payments.tip()).toBe(fix)
    await acme.startLedger()
    const { grants } = await acme.api<{ grants: Grant[] }>('ana', '/glass?limit=1')
    await expect
      .poll(() => kinds(grants[0]?.id ?? ''), { timeout: 30_000 })
      .toEqual(['glass.requested', 'glass.granted', 'glass.used', 'glass.shut'])
  })

  it('keeps a server whose database is an older copy from starting', async () => {
    const server = join(acme.dir, 'server')
    await acme.server.stop()
    cpSync(server, `${server}.copy`, { recursive: true })
    await acme.startServer()
    expect((await open('c'.repeat(40))).code).toBe(0)
    await acme.server.stop()
    renameSync(server, `${server}.newer`)
    renameSync(`${server}.copy`, server)
    await expect(acme.startServer()).rejects.toThrow('it is an older copy')
    renameSync(server, `${server}.copy`)
    renameSync(`${server}.newer`, server)
    await acme.startServer()
  })
})

const evidenceTo = (file: string) => ['evidence', '--from', '2020-01-01', '--json', '--with-proofs', '--out', file]
