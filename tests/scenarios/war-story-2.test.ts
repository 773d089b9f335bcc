import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { type Landed, tellPast } from '../support/past.ts'
import { makePayments, type Payments } from '../support/payments.ts'
import { atClock } from './attack-support/clock.ts'

const dayMs = 86_400_000
const weeks = 12

/**
 * "We always admin-merge on Fridays." It began as one emergency and became a habit within a quarter, each time in daylight and
 * never in anybody's numbers. Here the watcher has told of each, and the forum reads what the day has in common.
 */
describe('war story 2: the Friday habit', () => {
  let acme: Installation
  let payments: Payments

  beforeAll(async () => {
    await atClock(`-${weeks * 7 + 4}d`, async () => {
      acme = await install('sqlite')
      payments = await makePayments(acme)
      await acme.server.stop()
      await acme.ledger.stop()
    })
    await acme.startLedger()
    await acme.startServer()
    await tellPast(acme, payments, twelveWeeks())
  })
  afterAll(() => acme.stop())

  /** Four landings a working day; of a Friday's, two went past the hook. */
  function twelveWeeks(): Landed[] {
    const today = Math.floor(Date.now() / dayMs)
    const landings: Landed[] = []
    for (let day = today - weeks * 7; day < today; day++) {
      const weekday = new Date(day * dayMs).getUTCDay()
      if (weekday === 0 || weekday === 6) continue
      for (let at = 0; at < 4; at++) {
        landings.push({ atMs: day * dayMs + (8 + at * 2) * 3_600_000, bypassed: weekday === 5 && at >= 2 })
      }
    }
    return landings
  }

  interface Listed {
    gate: string
    label: string
    reason: string
    action: string
    days90: { n: number; bypass: { x: number } }
  }
  const listed = async (): Promise<Listed> => {
    const { gates } = await acme.json<{ gates: Listed[] }>(['gate', 'list'], { as: 'lee' })
    const found = gates.find(({ gate }) => gate === 'payments/tests')
    if (!found) throw new Error('expected the gate')
    return found
  }

  it('is named within a quarter of its start, with the day, and with reviewers as the thing to look at', async () => {
    // Jobs make the numbers a moment after what was told; the wait has a bound.
    for (let tries = 0; (await listed()).days90.n < weeks * 20 && tries < 300; tries++) await delay(200)
    const gate = await listed()
    expect(gate.days90).toMatchObject({ n: weeks * 20, bypass: { x: weeks * 2 } })
    expect(gate.label).toBe('weekday')
    expect(gate.reason).toContain('Fridays')
    expect(gate.action).toContain('who is there to review on that day')
  })

  it('is a finding each time, with a review that nobody can skip', async () => {
    const { findings } = await acme.json<{ findings: { kind: string }[] }>(['finding', 'list'], { as: 'lee' })
    expect(findings).toHaveLength(weeks * 2)
    const { reviews } = await acme.json<{ reviews: unknown[] }>(['review', 'list'], { as: 'lee' })
    expect(reviews.length).toBeGreaterThanOrEqual(weeks * 2)
  })

  it('stands in the report that the forum reads, and blames nobody', async () => {
    const report = await acme.breakglass(['report', '--format', 'markdown'], { as: 'lee' })
    expect(report.code, report.stderr).toBe(0)
    expect(report.stdout).toContain('Fridays')
    expect(report.stdout).not.toMatch(/ana@|lee@|\bAna\b/)
  })
})
