import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { makePayments, type Payments } from '../support/payments.ts'
import { run } from '../support/processes.ts'

interface Grant {
  state: string
  used: number
  change: { commit: string }
}

/**
 * The server's disk takes nothing more: its process may not write to any file past the first KiB (RLIMIT_FSIZE), which
 * the database sees as a write that failed. The limit is taken away again without a restart.
 */
describe('a server whose disk is full (sqlite)', () => {
  let acme: Installation
  let payments: Payments
  let fix: string

  beforeAll(async () => {
    acme = await install('sqlite')
    payments = await makePayments(acme)
    await acme.json(['incident', 'open', '--severity', 'SEV1', 'down'], { as: 'lee' })
    fix = await payments.commit('fix')
    await payments.report('payments/smoke', fix, 'pass')
    await payments.report('payments/tests', fix, 'fail')
  })
  afterAll(() => acme.stop())

  async function limitFiles(bytes: string): Promise<void> {
    const limited = await run('prlimit', ['--pid', String(acme.server.pid), `--fsize=${bytes}:unlimited`])
    if (limited.code !== 0) throw new Error(`prlimit: ${limited.stderr}`)
  }
  const open = (commit: string) =>
    acme.breakglass(
      [
        'open',
        `acme/payments@${commit}`,
        ...flags({ ref: 'main', gate: 'payments/tests', reason: 'payments are down' }),
      ],
      { as: 'ana' },
    )
  const grants = async () => (await acme.api<{ grants: Grant[] }>('ana', '/glass?limit=200')).grants
  const pending = async () =>
    (await acme.json<{ ledger: { pending: number } }>(['status'], { as: 'lee' })).ledger.pending

  it('opens nothing, says so, still answers reads, and the gate stays shut', async () => {
    await limitFiles('1024')
    const said = await open(fix)
    expect(said).toMatchObject({ code: 6, stdout: '' })
    // A write that failed is told as one whose outcome nobody knows: more careful than need be, and it was not made.
    expect(said.stderr).toContain('whether the change was made is not known. Look before you repeat.')
    expect(await grants()).toEqual([])
    const before = await payments.tip()
    expect((await payments.push()).code).not.toBe(0)
    expect(await payments.tip()).toBe(before)
  })

  it('opens when it is asked again after there is space, without a restart, and not before', async () => {
    await limitFiles('unlimited')
    expect(await grants()).toEqual([])
    expect((await open(fix)).code).toBe(0)
    expect(await grants()).toMatchObject([{ state: 'live', change: { commit: `sha1:${fix}` } }])
  })

  it('refuses the push of a live grant, whose use it cannot write down, and lets it land once when there is space', async () => {
    await limitFiles('1024')
    const before = await payments.tip()
    const refused = await payments.push()
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('the server took no part')
    expect(await payments.tip()).toBe(before)
    await limitFiles('unlimited')
    expect(await payments.push()).toMatchObject({ code: 0 })
    expect(await payments.tip()).toBe(fix)
    await acme.breakglass(['hook', 'sync', '--repo', payments.bare])
    await expect.poll(grants, { timeout: 20_000 }).toMatchObject([{ state: 'shut', used: 1 }])
    await expect.poll(pending, { timeout: 20_000 }).toBe(0)
  })

  it('has the same to say after a restart', async () => {
    await acme.server.kill()
    await acme.startServer()
    expect(await grants()).toMatchObject([{ state: 'shut', used: 1 }])
  })
})
