import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { flags } from '../support/flags.ts'
import { type Installation, installAt } from '../support/installation.ts'
import { makePayments, type Payments } from '../support/payments.ts'

/** The pages over the programs that serve them: a link that a real administrator made, a grant that a real gate takes. */
describe('the pages of a real server', () => {
  const dir = mkdtempSync(join(tmpdir(), 'breakglass-pages-'))
  let acme: Installation
  let payments: Payments
  let browser: Browser
  beforeAll(async () => {
    acme = await installAt(dir)
    payments = await makePayments(acme)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser.close()
    await acme.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  it('sign in by the link, and show a gate open and then shut by its use', async () => {
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('pageerror', error => complaints.push(String(error)))
    const invite = ['person', 'invite', 'kofi@acme.example', ...flags({ name: 'Kofi' })]
    const { link } = await acme.json<{ link: string }>(invite, { as: 'admin' })
    await page.goto(link)
    await page.getByRole('button', { name: 'Sign in on this device' }).click()
    await page.getByText('Signed in as Kofi').waitFor()
    await page.getByText('No glass is open').first().waitFor()

    const fix = await payments.commit('fix')
    await payments.report('payments/smoke', fix, 'pass')
    await acme.json(['incident', 'open', '--severity', 'SEV1', 'Card payments fail'], { as: 'lee' })
    const reason = 'Payments are down; the fix waits behind a flaky test'
    const open = ['open', `acme/payments@${fix}`, ...flags({ ref: 'main', gate: 'payments/tests', reason })]
    await acme.json(open, { as: 'ana' })
    await page.getByText(reason).first().waitFor({ timeout: 12_000 })
    expect(await page.getByText('Card payments fail').count()).toBeGreaterThan(0)

    expect(await payments.push()).toMatchObject({ code: 0 })
    await page.getByText('No glass is open').first().waitFor({ timeout: 12_000 })
    expect(complaints).toEqual([])
    await page.close()
  })
})
