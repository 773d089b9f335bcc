import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { type EngineName, install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { makePayments, type Payments } from '../support/payments.ts'

/**
 * What the numbers of a gate are made of: pushes through the hook, one use of a grant, one move past the hook that the
 * watcher sees. The real programs on a real repository; every count is known beforehand.
 */
describe.each(['sqlite', 'postgres'] as const)('the numbers of a gate (%s)', (engine: EngineName) => {
  let acme: Installation
  let payments: Payments
  const tests = 'payments/tests'

  beforeAll(async () => {
    acme = await install(engine)
    payments = await makePayments(acme)
  })
  afterAll(() => acme.stop())

  const land = async (name: string) => {
    const commit = await payments.commit(name)
    for (const gate of [tests, 'payments/smoke']) await payments.report(gate, commit, 'pass')
    expect((await payments.push()).code).toBe(0)
    return commit
  }
  const watch = () => acme.breakglass(['watch', '--repo', payments.bare, '--once'])
  const listed = async () => {
    const { gates } = await acme.json<{ gates: Listed[] }>(['gate', 'list'], { as: 'lee' })
    const found = gates.find(({ gate }) => gate === tests)
    if (!found) throw new Error('expected the gate')
    return found
  }
  /** Jobs make the numbers a moment after what was told; the wait has a bound. */
  const until = async (isThere: (gate: Listed) => boolean): Promise<Listed> => {
    for (let tries = 0; ; tries++) {
      const found = await listed()
      if (isThere(found) || tries === 100) return found
      await delay(200)
    }
  }

  it('knows nothing before anything landed, and says what it cannot see', async () => {
    const { label, days90, coverage } = await listed()
    expect(label).toBe('insufficient')
    expect(days90).toMatchObject({ n: 0, bypass: { x: 0, n: 0 } })
    expect(days90.bypass).not.toHaveProperty('rate')
    expect(coverage.words.length).toBeGreaterThan(0)
  })

  it('counts what passed, the use of a grant, and what went past the hook', async () => {
    await land('one')
    await land('two')
    const fix = await payments.commit('fix')
    await payments.report('payments/smoke', fix, 'pass')
    await payments.report(tests, fix, 'fail')
    const { id: incident } = await acme.json<{ id: string }>(['incident', 'open', '--severity', 'SEV1', 'down'], {
      as: 'lee',
    })
    const reason = 'payments are down and the fix waits behind a flaky test'
    const open = ['open', `acme/payments@${fix}`, ...flags({ ref: 'main', gate: tests, incident, reason })]
    await acme.json(open, { as: 'ana' })
    expect((await payments.push()).code).toBe(0)
    await watch()
    // Past the hook: written into the repository itself.
    const past = await payments.commit('past')
    await payments.git(['push', '--quiet', 'origin', 'HEAD:refs/heads/elsewhere'])
    await payments.git(['update-ref', 'refs/heads/main', past], { cwd: payments.bare })
    await watch()
    await land('three')
    await watch()

    const { days90, coverage } = await until(gate => gate.days90.n === 5 && gate.days90.rawUses.sanctioned === 1)
    expect(days90).toMatchObject({
      n: 5,
      glass: { x: 1, n: 5, rate: 0.2 },
      unsanctioned: { x: 1, n: 5, rate: 0.2 },
      bypass: { x: 2, n: 5, rate: 0.4 },
      rawUses: { sanctioned: 1, unsanctioned: 1 },
    })
    expect(coverage).toMatchObject({ unknown: 0, known: 1 })
  })

  it('shows them in the terminal, with the landings behind them', async () => {
    const list = await acme.breakglass(['gate', 'list'], { as: 'lee' })
    expect(list.code).toBe(0)
    expect(list.stdout).toMatch(/payments\/tests +high +5 +1 of 5 \(20 %\) +1 of 5 \(20 %\) +2 of 5 \(40 %\)/)
    expect(list.stdout).toContain('not seen')
    const show = await acme.breakglass(['gate', 'show', tests], { as: 'lee' })
    expect(show.code).toBe(0)
    expect(show.stdout).toContain('2 of 5 (40 %)')
    const past = await acme.json<{ landings: { id: string; seen: string }[] }>(
      ['gate', 'show', tests, '--outcome', 'bypassed_unsanctioned'],
      { as: 'lee' },
    )
    expect(past.landings).toMatchObject([{ seen: 'watcher' }])
    expect(show.stdout).toContain(past.landings[0]?.id ?? 'an id')
    const nowhere = await acme.breakglass(['gate', 'show', 'payments/none'], { as: 'lee' })
    expect(nowhere.code).toBe(4)
  })
})

interface Listed {
  gate: string
  label: string
  days90: { n: number; bypass: { x: number; n: number }; rawUses: { sanctioned: number } }
  coverage: { unknown: number; known?: number; words: string[] }
}
