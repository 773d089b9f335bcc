import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { tellPast } from '../support/past.ts'
import { makePayments, type Payments, paymentsProgram } from '../support/payments.ts'
import { atClock } from './attack-support/clock.ts'

const people = ['ida', 'jon', 'kai', 'lia', 'max', 'nia', 'ole', 'pia', 'ron', 'sue']
/** Of 28 landings, ten with glass: 36 %, by ten people. */
const passing = 18
const dayMs = 86_400_000
const since = 80
const perDay = 26

/**
 * A gate with a glass rate of 35 %: the room says the team has a discipline problem. The check fails on good code one run in
 * three. Named for what it is, with the evidence; repaired; and left alone afterwards.
 */
describe('war story 4: the flaky check', () => {
  let acme: Installation
  let payments: Payments
  let repair = ''
  const members = people.map(name => `${name}@acme.example`).join(', ')
  const program = paymentsProgram
    .replace(/on-call: \{[^}]*\}/, `on-call: { members: [${members}] }`)
    .replace('incident: { at_least: SEV2 }', 'incident: optional')

  const restart = async () => {
    await acme.startLedger()
    await acme.startServer()
  }
  const stop = async () => {
    await acme.server.stop()
    await acme.ledger.stop()
  }
  afterAll(() => acme.stop())

  interface Listed {
    gate: string
    now: { label: string; x: number; n: number }
    days90: { n: number; glass: { x: number; rate?: number }; unsanctioned: { x: number } }
  }
  const listed = async (): Promise<Listed> => {
    const { gates } = await acme.json<{ gates: Listed[] }>(['gate', 'list'], { as: 'lee' })
    const found = gates.find(({ gate }) => gate === 'payments/tests')
    if (!found) throw new Error('expected the gate')
    return found
  }
  /** Jobs make the numbers a moment after what was told; the wait has a bound. */
  const until = async (isThere: (gate: Listed) => boolean): Promise<Listed> => {
    for (let tries = 0; ; tries++) {
      const found = await listed()
      if (isThere(found) || tries === 75) return found
      await delay(200)
    }
  }

  beforeAll(async () => {
    await atClock('-88d', async () => {
      acme = await install('sqlite')
      payments = await makePayments(acme, program)
      for (const name of people) await acme.join(name)
    })
  })

  it('lands what is good, after the check has lied about a third of it', async () => {
    await atClock('-88d', async () => {
      for (let at = 0; at < passing; at++) {
        const commit = await payments.commit(`good-${at}`)
        await payments.report('payments/smoke', commit, 'pass')
        if (at % 6 === 0) await payments.report('payments/tests', commit, 'fail', `${at}-first`)
        await payments.report('payments/tests', commit, 'pass', `${at}-again`)
        expect((await payments.push()).code).toBe(0)
      }
      for (const [at, name] of people.entries()) {
        const commit = await payments.commit(`blocked-${at}`)
        await payments.report('payments/smoke', commit, 'pass')
        await payments.report('payments/tests', commit, 'fail', `${at}-first`)
        const reason = 'The integration test timed out again; it has nothing to do with this change.'
        const wish = flags({ ref: 'main', gate: 'payments/tests', incident: 'none', reason })
        await acme.json(['open', `acme/payments@${commit}`, ...wish], { as: name })
        expect((await payments.push()).code).toBe(0)
        // Some are run again when there is time, and pass unchanged.
        if (at % 3 === 0) await payments.report('payments/tests', commit, 'pass', `${at}-again`)
      }
    })
  })

  it('is named as the gate’s problem, with what the check did, and nobody’s', async () => {
    await atClock('-88d', async () => {
      const gate = await until(({ days90 }) => days90.n === passing + people.length && days90.glass.x === people.length)
      expect(gate.days90).toMatchObject({ n: 28, glass: { x: 10 }, unsanctioned: { x: 0 } })
      // What is shown changes when two monthly runs agree; what these weeks say by themselves is told beside it.
      expect(gate.now).toMatchObject({ label: 'high', x: 10, n: 28 })
      const shown = await acme.json<{ why: { sentence?: string } }>(['gate', 'show', 'payments/tests'], { as: 'lee' })
      expect(shown.why.sentence).toContain('fails 1 run in 3 on unchanged code')
      const { stdout, code, stderr } = await acme.breakglass(['report'], { as: 'lee' })
      expect(code, stderr).toBe(0)
      expect(stdout).toContain('fails 1 run in 3 on unchanged code (7 of 22 commits): repair the test')
      expect(stdout).toContain('Fix the gate, not the people')
      expect(stdout).toContain('payments/tests')
      expect(stdout).not.toMatch(new RegExp(`\\b(${people.join('|')})\\b`, 'i'))
    })
  })

  it('is mended: somebody commits to it, and it is done', async () => {
    await atClock('-88d', stop)
    await atClock('-86d', async () => {
      await restart()
      const plan = { plan: 'Fake the broker in the test.', paused: 'The export page' }
      const who = { owner: 'ida@acme.example', sponsor: 'mina@acme.example', due: '2099-01-01' }
      const wish = flags({ cause: 'flaky', ...plan, ...who })
      repair = (await acme.json<{ id: string }>(['repair', 'open', 'payments/tests', ...wish], { as: 'lee' })).id
      const done = ['repair', 'end', repair, '--outcome', 'done', '--note', '400 runs without a flake.']
      await acme.json(done, { as: 'ida' })
      await stop()
    })
    await restart()
    const today = Math.floor(Date.now() / dayMs)
    await tellPast(
      acme,
      payments,
      Array.from({ length: since * perDay }, (_, at) => {
        return { atMs: (today - since + Math.floor(at / perDay)) * dayMs + (6 + (at % perDay) / 2) * 3_600_000 }
      }),
    )
  })

  it('is left alone from then on, and the repair is seen to have worked', async () => {
    const gate = await until(({ now }) => now.n === 28 + since * perDay)
    expect(gate.now).toMatchObject({ x: 10, n: 28 + since * perDay, label: 'near_zero' })
    const report = await acme.breakglass(['report', '--format', 'markdown'], { as: 'lee' })
    expect(report.stdout).toContain('worked')
    const shown = await acme.json<{ effect?: { verdict: string } }>(['repair', 'show', repair], { as: 'lee' })
    expect(shown.effect?.verdict).toBe('worked')
  })
})
