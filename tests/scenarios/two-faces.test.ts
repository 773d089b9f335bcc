import { cpSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { makePayments, type Payments } from '../support/payments.ts'

interface Finding {
  check: string
  state: string
  words: string
  exhibits?: string[]
}

/** Somebody serves a copy of the ledger, under the same key and address, and lets it go its own way. */
describe('a ledger that shows two faces at different times', () => {
  let acme: Installation
  let payments: Payments
  let ledger: string

  beforeAll(async () => {
    acme = await install('sqlite')
    payments = await makePayments(acme)
    ledger = join(acme.dir, 'ledger')
    await acme.json(['incident', 'open', '--severity', 'SEV1', 'payments down'], { as: 'lee' })
  })
  afterAll(() => acme.stop())

  const open = (commit: string) =>
    acme.json(
      ['open', `acme/payments@${commit}`, ...flags({ ref: 'main', gate: 'payments/tests', reason: 'a flaky test' })],
      { as: 'ana' },
    )
  const doctor = async (code: number) => {
    const { findings } = await acme.json<{ findings: Finding[] }>(['hook', 'doctor', '--repo', payments.bare], { code })
    return findings.find(({ check }) => check === 'ledger')
  }
  const fixed = async (name: string) => {
    const fix = await payments.commit(name)
    await payments.report('payments/smoke', fix, 'pass')
    return fix
  }
  /** Both stop, since a server that sees its ledger shrink stops by itself; `from` becomes the ledger that is served. */
  const serve = async (from: string, aside: string) => {
    await acme.server.stop()
    await acme.ledger.stop()
    renameSync(ledger, aside)
    renameSync(from, ledger)
    await acme.startLedger()
  }

  it('is one history to the point as long as it is', async () => {
    const fix = await fixed('fix')
    await open(fix)
    expect(await payments.push()).toMatchObject({ code: 0 })
    expect(await doctor(0)).toMatchObject({ state: 'ok', words: expect.stringContaining('one history') })
  })

  it('closes the point when it comes back as a copy that went another way', async () => {
    await acme.server.stop()
    await acme.ledger.stop()
    cpSync(ledger, `${ledger}.copy`, { recursive: true })
    cpSync(join(acme.dir, 'server'), `${join(acme.dir, 'server')}.copy`, { recursive: true })
    await acme.startLedger()
    await acme.startServer()
    const fix = await fixed('seen-in-the-first-face')
    await open(fix)
    expect(await payments.push()).toMatchObject({ code: 0 })
    // The same organisation from a copy of everything but the point: other entries at the same indices.
    await serve(`${ledger}.copy`, `${ledger}.first`)
    renameSync(join(acme.dir, 'server'), `${join(acme.dir, 'server')}.first`)
    renameSync(`${join(acme.dir, 'server')}.copy`, join(acme.dir, 'server'))
    await acme.startServer()
    for (const name of ['pat', 'kim', 'sam']) await acme.join(name)
    const next = await fixed('opened-in-the-other-face')
    await open(next)
    const push = await payments.push()
    expect(push.code).not.toBe(0)
    expect(push.stderr).toContain('closed (ledger_inconsistent)')
    expect(await payments.tip()).toBe(fix)
  })

  it('shows a person both checkpoints, word for word', async () => {
    const finding = await doctor(1)
    expect(finding).toMatchObject({ state: 'problem' })
    expect(finding?.exhibits).toHaveLength(2)
    for (const note of finding?.exhibits ?? []) expect(note).toContain('\n\n— ')
    expect(new Set(finding?.exhibits).size).toBe(2)
  })

  it('stays closed when the first face is back, for a change that passed every gate too', async () => {
    await serve(`${ledger}.first`, `${ledger}.other`)
    renameSync(join(acme.dir, 'server'), `${join(acme.dir, 'server')}.other`)
    renameSync(`${join(acme.dir, 'server')}.first`, join(acme.dir, 'server'))
    await acme.startServer()
    const fix = await fixed('passes')
    await payments.report('payments/tests', fix, 'pass')
    const push = await payments.push()
    expect(push.code).not.toBe(0)
    expect(push.stderr).toContain('closed (ledger_inconsistent)')
  })

  it('is an alarm at the server, once the point could tell it', async () => {
    await acme.breakglass(['hook', 'sync', '--repo', payments.bare])
    const { alarms } = await acme.json<{ alarms: { kind: string; words: string }[] }>(['status'], { as: 'lee' })
    expect(alarms.map(({ kind }) => kind)).toContain('ledger_split')
  })
})
