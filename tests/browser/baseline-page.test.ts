import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { baselinePage } from '@breakglass/report/pages'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { baselineSample } from '../../packages/report/src/testing/baseline-sample.ts'
import { launchChromium } from '../support/chromium.ts'

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** The page as it is sent around: a file, opened by itself. */
describe('the page of a baseline, in a browser', () => {
  const directory = mkdtempSync(join(tmpdir(), 'breakglass-page-'))
  const file = join(directory, 'baseline.html')
  let browser: Browser

  beforeAll(async () => {
    writeFileSync(file, baselinePage(baselineSample('<b>payments</b>')))
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  async function opened(width: number, colorScheme: 'light' | 'dark'): Promise<{ page: Page; said: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
    const said: string[] = []
    page.on('console', message => said.push(message.text()))
    page.on('pageerror', error => said.push(error.message))
    page.on('request', request => {
      if (!request.url().startsWith('file:')) said.push(`asked for ${request.url()}`)
    })
    await page.goto(pathToFileURL(file).href)
    return { page, said }
  }

  it.each([
    [360, 'light'],
    [360, 'dark'],
    [1440, 'light'],
    [1440, 'dark'],
  ] as const)('at %i px, %s: reads well, loads nothing, does not scroll sideways', async (width, scheme) => {
    const { page, said } = await opened(width, scheme)
    expect(said).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    // Evaluated from outside, past the page's own policy, which lets no script in.
    await page.evaluate(readFileSync(axeFile, 'utf8'))
    const { violations } = await page.evaluate<{
      violations: { id: string; impact: string; nodes: { html: string }[] }[]
    }>('axe.run()')
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(serious.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
    await page.close()
  })

  it('names the habit first, and its chart is walked with the keyboard', async () => {
    const { page } = await opened(1440, 'light')
    await page.getByRole('heading', { level: 1, name: 'Baseline of <b>payments</b>' }).waitFor()
    await page.getByRole('listitem').filter({ hasText: 'one weekday' }).getByRole('link', { name: 'tryjobs' }).click()
    const friday = page.locator('#gate-tryjobs-weekdays').getByRole('img', { name: /^fri: / })
    await friday.focus()
    expect(await friday.evaluate(element => element === document.activeElement)).toBe(true)
    await page.locator('#gate-tryjobs-weekdays').getByText('The numbers').click()
    await page.locator('#gate-tryjobs-weekdays').getByRole('rowheader', { name: 'fri' }).waitFor()
    await page.close()
  })

  it('keeps its width whatever its repository is called', async () => {
    const page = await browser.newPage({ viewport: { width: 360, height: 800 } })
    await page.setContent(baselinePage(baselineSample(`${'w'.repeat(10_000)}\u202e`)))
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    await page.close()
  })

  it('has letters that can be read in its charts on a telephone', async () => {
    const { page } = await opened(360, 'light')
    const heights = await page
      .locator('figure.chart > svg text:not(.sparse)')
      .evaluateAll(texts => texts.map(text => text.getBoundingClientRect().height))
    expect(heights.length).toBeGreaterThan(10)
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(9)
    await page.close()
  })

  // What is left of a sheet between its margins, at 96 dots an inch.
  it.each([
    ['A4', 672],
    ['Letter', 695],
  ] as const)('cuts no table and no chart on %s', async (_, width) => {
    const sample = baselineSample()
    const interval = { low: 0.000042, high: 0.0018 }
    const gates = sample.gates.map(gate => {
      return { ...gate, years: gate.years.map(year => ({ ...year, passages: 1_234_567, rate: 0.00079, interval })) }
    })
    const page = await browser.newPage({ viewport: { width, height: 1000 }, colorScheme: 'dark' })
    await page.setContent(baselinePage({ ...sample, gates }))
    await page.emulateMedia({ media: 'print' })
    const rights = await page
      .locator('table:visible, figure.chart > svg')
      .evaluateAll(shown => shown.map(element => element.getBoundingClientRect().right))
    expect(rights.length).toBeGreaterThan(5)
    expect(Math.max(...rights)).toBeLessThanOrEqual(width)
    await page.close()
  })

  it.each(['A4', 'Letter'])('prints on %s', async format => {
    const { page } = await opened(1440, 'dark')
    const pdf = await page.pdf({ format })
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    expect(pdf.length).toBeGreaterThan(10_000)
    await page.close()
  })
})
