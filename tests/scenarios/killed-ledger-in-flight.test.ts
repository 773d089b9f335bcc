import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { makePayments, paymentsProgram } from '../support/payments.ts'
import { bins, type Run, run } from '../support/processes.ts'

interface Grant {
  state: string
  change: { commit: string }
}

/** The ledger dies while somebody waits for it, at several moments; the server lives on and knows what it answered. */
describe('the ledger killed while it is asked', () => {
  let acme: Installation
  /** What `open` ended with, by commit. */
  const answers = new Map<string, number>()

  beforeAll(async () => {
    acme = await install('sqlite')
    await makePayments(acme)
    await acme.json(['incident', 'open', '--severity', 'SEV1', 'down'], { as: 'lee' })
  })
  afterAll(() => acme.stop())

  /** Runs something, kills the ledger that long after it began, and starts it again when there is an answer. */
  async function killedAfter(ms: number, work: () => Promise<Run>): Promise<Run> {
    const running = work()
    await delay(ms)
    await acme.ledger.kill()
    const result = await running
    await acme.startLedger()
    return result
  }
  const pending = async () =>
    (await acme.json<{ ledger: { pending: number } }>(['status'], { as: 'lee' })).ledger.pending
  const statesOf = async (commit: string) => {
    const { grants } = await acme.api<{ grants: Grant[] }>('ana', '/glass?limit=200')
    return grants.filter(({ change }) => change.commit === `sha1:${commit}`).map(({ state }) => state)
  }

  const asAnswered = async () => {
    for (const [commit, code] of answers) expect(await statesOf(commit)).toEqual([code === 0 ? 'live' : 'void'])
  }

  it('leaves a grant live exactly where that was the answer, and no other opens when it is back', async () => {
    const wish = flags({ ref: 'main', gate: 'payments/tests', reason: 'payments are down' })
    for (const [at, ms] of [260, 300, 320, 420].entries()) {
      const commit = `${at + 1}`.padStart(40, 'd')
      const open = () => acme.breakglass(['open', `acme/payments@${commit}`, ...wish], { as: 'ana' })
      const said = await killedAfter(ms, open)
      answers.set(commit, said.code)
      if (said.code !== 0)
        expect(said).toMatchObject({ code: 6, stderr: expect.stringContaining('Nothing was opened') })
    }
    await expect.poll(pending, { timeout: 30_000 }).toBe(0)
    await asAnswered()
  })

  it('puts a program in force once, whatever was answered', async () => {
    for (const [at, ms] of [250, 350].entries()) {
      await writeFile(join(acme.dir, 'narrower.yaml'), paymentsProgram.replace('ttl: 30m', `ttl: ${29 - at}m`))
      const publish = ['program', 'publish', 'narrower.yaml']
      const said = await killedAfter(ms, () => acme.breakglass(publish, { as: 'mina' }))
      expect([0, 6]).toContain(said.code)
      const { version } = await acme.json<{ version: { digest: string } }>(publish, { as: 'mina' })
      await expect
        .poll(() => acme.json<{ version: object }>(['program', 'show'], { as: 'mina' }), { timeout: 20_000 })
        .toMatchObject({ version: { digest: version.digest, state: 'in_force' } })
    }
    const { versions } = await acme.json<{ versions: { state: string }[] }>(['program', 'list'], { as: 'mina' })
    expect(versions.filter(({ state }) => state === 'in_force')).toHaveLength(1)
  })

  it('is whole afterwards, and nothing opened meanwhile', async () => {
    await expect.poll(pending, { timeout: 30_000 }).toBe(0)
    await asAnswered()
    await acme.ledger.stop()
    expect(await run(process.execPath, [bins.ledger, 'fsck', '--dir', join(acme.dir, 'ledger')])).toMatchObject({
      code: 0,
    })
    await acme.startLedger()
  })
})
