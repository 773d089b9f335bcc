import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { makePayments, type Payments } from '../support/payments.ts'
import { atClock } from './attack-support/clock.ts'

/**
 * Expiry is only as true as the clock. Everything began two hours ago, with a grant for one minute; since then it is now,
 * and somebody turns clocks.
 */
describe('a clock that is wrong', () => {
  let acme: Installation
  let payments: Payments
  let fix: string
  let later: string
  let carried: string

  beforeAll(async () => {
    await atClock('-2h', async () => {
      acme = await install('sqlite')
      payments = await makePayments(acme)
      await acme.json(['incident', 'open', '--severity', 'SEV1', 'payments down'], { as: 'lee' })
      fix = await payments.commit('fix')
      await payments.report('payments/smoke', fix, 'pass')
      await payments.report('payments/tests', fix, 'fail')
      const file = join(acme.dir, 'grant.bg')
      const wish = { ref: 'main', gate: 'payments/tests', reason: 'the server moves tonight', ttl: '1m', out: file }
      await acme.json(['open', `acme/payments@${fix}`, ...flags({ ...wish, offline: true })], { as: 'ana' })
      carried = (await readFile(file, 'utf8')).trim()
      await acme.server.stop()
      await acme.ledger.stop()
    })
    await acme.startLedger()
    await acme.startServer()
  })
  afterAll(() => acme.stop())

  async function refused(words: string, push: () => ReturnType<Payments['push']>): Promise<void> {
    const before = await payments.tip()
    const { code, stderr } = await push()
    expect(code, stderr).not.toBe(0)
    expect(stderr).toContain(words)
    expect(await payments.tip()).toBe(before)
  }
  const pushGrant = () => payments.push('-o', carried, `${fix}:refs/heads/main`)

  it('does not bring an expired grant back: the gate remembers a later time that was verified', async () => {
    later = await payments.commit('later')
    await payments.report('payments/smoke', later, 'pass')
    // The receipt of just now, which the issuer signed, is what moves the gate's memory.
    await refused('payments/tests: closed', () => payments.push())
    await acme.server.stop()
    await refused('has expired', pushGrant)
    await refused('behind a time that was verified here', () => atClock('-2h', pushGrant))
    await refused('clock_wrong', () => atClock('-10m', pushGrant))
    await acme.startServer()
  })

  it.each([
    ['+2h', "ahead of the server's"],
    ['-2h', 'behind a time that was verified here'],
  ])('at the hook (%s) keeps gates closed that have passed', async (offset, words) => {
    await payments.report('payments/tests', later, 'pass')
    await refused(words, () => atClock(offset, () => payments.push()))
  })

  it('that was set right opens what had passed', async () => {
    expect(await payments.push()).toMatchObject({ code: 0 })
    expect(await payments.tip()).toBe(later)
  })

  it.each(['+10s', '-10s'])("keeps the server from starting when it is not the ledger's (%s)", async offset => {
    await acme.server.stop()
    const started = atClock(offset, () => acme.startServer())
    await expect(started).rejects.toThrow(/ended with 7 before it was ready[^]*clock_wrong/)
    await acme.startServer()
  })
})
