import { createRequire } from 'node:module'
import { readFile } from 'node:fs/promises'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BreakglassError } from '../../packages/core/src/errors.ts'
import { launchChromium } from '../support/chromium.ts'
import { busy, calm, grant, grantIds, nowMs } from './samples.ts'
import { code, type PageServer, startPageServer, token } from './server.ts'

/*
 * The pages in a real Chromium, found by role and label as a person finds them. Whatever a page says on the console that it
 * should not (an error, or a violation of its own policy) fails the test that made it say so.
 */
let browser: Browser
let server: PageServer
let contexts: BrowserContext[] = []
let complaints: string[] = []

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())
beforeEach(async () => {
  server = await startPageServer()
})
afterEach(async () => {
  for (const context of contexts) await context.close()
  await server.stop()
  const defects = [...complaints, ...server.asked.filter(line => line.startsWith('defect'))]
  contexts = []
  complaints = []
  expect(defects).toEqual([])
})

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options)
  contexts.push(context)
  // Two refreshes and some; what has not come by then will not.
  context.setDefaultTimeout(12_000)
  const page = await context.newPage()
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => {
    // Chromium notes every answer that is no 2xx as an error; those are what some tests are about.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  return page
}

async function signedIn(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newPage(options)
  await page.addInitScript(secret => sessionStorage.setItem('breakglass-token', secret), token)
  await page.goto(server.url)
  await page.getByText('Signed in as Ana Ito').waitFor()
  return page
}

const tokenOf = (page: Page) => page.evaluate(() => sessionStorage.getItem('breakglass-token'))
const askedOf = (id: string) => server.asked.filter(line => line.startsWith(id))

describe('an invitation link', () => {
  it('signs in, once its holder says so, and leaves nothing of the code in the address or the history', async () => {
    const page = await newPage()
    await page.goto(`${server.url}/welcome#${code}`)
    const button = page.getByRole('button', { name: 'Sign in on this device' })
    await button.waitFor()
    expect(page.url()).toBe(`${server.url}/welcome`)
    expect(server.asked).toEqual([])

    await page.getByLabel('A name for this device').fill('laptop')
    await button.click()
    await page.getByText('Signed in as Ana Ito').waitFor()
    expect(askedOf('redeem')).toEqual([`redeemInvitation ${JSON.stringify({ code, device: 'laptop' })}`])
    expect(await tokenOf(page)).toBe(token)

    await page.goBack()
    await page.getByText('There is no invitation code in this address.').waitFor()
    expect(page.url()).toBe(`${server.url}/welcome`)
  })

  it('strips the code before any other script is evaluated', async () => {
    const page = await newPage()
    const seen: string[] = []
    await page.route('**/page/api.js', async route => {
      seen.push('asked')
      await route.fulfill({
        contentType: 'text/javascript',
        body: 'globalThis.seenAddress = location.href; export const ask = () => {}; export const failureOf = () => {}',
      })
    })
    await page.goto(`${server.url}/welcome#${code}`)
    await page.getByRole('button', { name: 'Sign in on this device' }).waitFor()
    expect(seen).toEqual(['asked'])
    expect(await page.evaluate('globalThis.seenAddress')).toBe(`${server.url}/welcome`)
  })

  it('that was used already is refused in words with the next step', async () => {
    const page = await newPage()
    await page.goto(`${server.url}/welcome#spent`)
    await page.getByRole('button', { name: 'Sign in on this device' }).click()
    const alert = page.getByRole('alert')
    await alert.getByText('used already or has expired').waitFor()
    expect(await alert.textContent()).toContain('Ask an administrator for a new link')
    expect(await page.getByRole('button', { name: 'Sign in on this device' }).isEnabled()).toBe(true)
  })

  it('names the command that uses it instead', async () => {
    const page = await newPage()
    await page.goto(`${server.url}/welcome#${code}`)
    await page.getByText('breakglass login').waitFor()
    expect(await page.content()).not.toContain(code)
  })
})

describe('the first page', () => {
  it('says what this is and how to get a link, to somebody not signed in', async () => {
    const page = await newPage()
    await page.goto(server.url)
    await page.getByRole('heading', { level: 1, name: 'The way past a gate' }).waitFor()
    expect(await page.getByText('Ask an administrator').isVisible()).toBe(true)
    expect(server.asked).toEqual([])
  })

  it('signs out by forgetting the token and everything it showed', async () => {
    const page = await signedIn()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'To sign in' }).waitFor()
    expect(await tokenOf(page)).toBeNull()
    expect(await page.content()).not.toContain('Kofi')
  })

  it('goes back to signing in when the token has ended, and says so', async () => {
    const page = await signedIn()
    server.replies.status = async () => {
      throw new BreakglassError('token_expired', 'The token has expired or was ended.')
    }
    await page.getByRole('alert').getByText('The token has expired').waitFor()
    expect(await page.getByRole('heading', { name: 'To sign in' }).isVisible()).toBe(true)
    expect(await tokenOf(page)).toBeNull()
  })

  it('counts open glass down by the server’s clock', async () => {
    const page = await signedIn()
    const timer = page.getByRole('region', { name: 'Open glass' }).getByRole('timer')
    const seconds = async () => {
      const [, minutes = '', rest = ''] = /^(\d+) min (\d\d) s left$/.exec((await timer.textContent()) ?? '') ?? []
      return Number(minutes) * 60 + Number(rest)
    }
    const first = await seconds()
    expect(first).toBeGreaterThan(860)
    expect(first).toBeLessThanOrEqual(905)
    await expect.poll(seconds, { timeout: 10_000 }).toBeLessThan(first)
  })

  it('says that the time is up, and never counts below it', async () => {
    server.replies.status = async () => ({
      ...busy,
      open: [grant({ expiresAt: new Date(nowMs - 1000).toISOString() })],
    })
    const page = await signedIn()
    await page.getByRole('timer').getByText('Its time is up').waitFor()
  })

  it('links every number to what it counts', async () => {
    const page = await signedIn()
    const links = page.getByRole('navigation', { name: 'What there is' }).getByRole('link')
    const counted: Record<string, number> = {}
    for (const link of await links.all()) {
      const [number = '', title = ''] = (await link.textContent())?.split(/(?<=^\d+) /) ?? []
      const target = page.locator((await link.getAttribute('href')) ?? '')
      expect(await target.getByRole('heading', { level: 2 }).textContent()).toBe(title)
      expect(await target.getByRole('listitem').count()).toBe(Number(number))
      counted[title] = Number(number)
    }
    expect(counted).toMatchObject({
      'Open glass': 2,
      'Reviews overdue': 1,
      'Reviews to do': 2,
      'What cannot be seen': 2,
    })
  })

  it('says plainly that the ledger is not out-of-band, and that a bypass nobody saw is not none', async () => {
    const page = await signedIn()
    await page.getByText('The ledger is not out-of-band').waitFor()
    server.replies.status = async () => calm
    await page.getByText('No bypass is known. That is not the same as none').waitFor()
    expect(await page.getByText('The ledger is not out-of-band').count()).toBe(0)
    expect(await page.getByRole('status').textContent()).toBe('No glass is open.')
  })

  it('shows what people wrote as text', async () => {
    const page = await signedIn()
    await page.getByText('<img src=x').first().waitFor()
    expect(await page.locator('#sections img').count()).toBe(0)
  })

  it('keeps what it showed when the server is gone, says so, and recovers', async () => {
    const page = await signedIn()
    await page.route('**/api/v1/status', route => route.abort())
    await page.getByRole('alert').getByText('could not be reached').waitFor()
    expect(await page.getByText('What you see below is from before that').isVisible()).toBe(true)
    expect(await page.getByRole('heading', { name: 'payments/integration-tests' }).first().isVisible()).toBe(true)
    await page.unroute('**/api/v1/status')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('')
  })

  it('asks nothing while nobody looks', async () => {
    const page = await signedIn()
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    const before = askedOf('status').length
    // Longer than a refresh: what is shown here is that nothing comes.
    await page.waitForTimeout(6000)
    expect(askedOf('status').length).toBe(before)
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => false })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await expect.poll(() => askedOf('status').length).toBeGreaterThan(before)
  })
})

describe('the second person', () => {
  it('approves after seeing once more what is asked', async () => {
    const page = await signedIn()
    await page.getByRole('button', { name: 'Approve payments/change-review, asked for by Kofi Mensah' }).click()
    const dialog = page.getByRole('dialog', { name: 'Approve payments/change-review?' })
    expect(await dialog.textContent()).toContain('acme/payments, main, commit 3f9c013f9c')
    expect(askedOf('approveGrant')).toEqual([])
    await dialog.getByRole('button', { name: 'Approve: let it open this gate' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(askedOf('approveGrant')).toEqual([`approveGrant ${grantIds.waiting}`])
  })

  it('declines with words, and not without', async () => {
    const page = await signedIn()
    await page.getByRole('button', { name: /^Decline payments/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Decline' }).click()
    await dialog.getByRole('alert').getByText('Say in a few words why').waitFor()
    expect(askedOf('declineGrant')).toEqual([])
    await dialog.getByLabel('Why not').fill('The cluster is back; run the test.')
    await dialog.getByRole('button', { name: 'Decline' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(askedOf('declineGrant')).toEqual([
      `declineGrant ${grantIds.waiting} {"reason":"The cluster is back; run the test."}`,
    ])
  })

  it('reads in words why an answer was not taken, and may try again', async () => {
    server.replies.approveGrant = async () => {
      throw new BreakglassError('wrong_state', 'This request was withdrawn a moment ago.')
    }
    const page = await signedIn()
    await page.getByRole('button', { name: /^Approve payments/ }).click()
    const go = page.getByRole('dialog').getByRole('button', { name: 'Approve' })
    await go.click()
    await page.getByRole('dialog').getByText('This request was withdrawn a moment ago.').waitFor()
    expect(await go.isEnabled()).toBe(true)
  })

  it('is not offered an answer to an own request, and is told why', async () => {
    const page = await signedIn()
    await page.getByText('This is your own request: somebody else must answer it.').waitFor()
    expect(await page.getByRole('button', { name: /^Approve/ }).count()).toBe(1)
  })

  it('reaches everything by keyboard, and keeps the place when the page refreshes', async () => {
    const page = await signedIn()
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
    const approve = page.getByRole('button', { name: /^Approve payments/ })
    const isFocused = () => approve.evaluate(element => element === document.activeElement)
    for (let presses = 0; presses < 40 && !(await isFocused()); presses += 1) await page.keyboard.press('Tab')
    expect(await isFocused()).toBe(true)

    server.replies.status = async () => ({ ...busy, waiting: busy.waiting.slice(0, 1) })
    await page.getByText('This is your own request').waitFor({ state: 'detached' })
    expect(await isFocused()).toBe(true)

    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await isFocused()).toBe(true)
  })
})

describe('every page', () => {
  const addresses = [
    ['the dashboard', '/', true],
    ['the first page', '/', false],
    ['the welcome page', `/welcome#${code}`, false],
  ] as const
  const open = async (address: string, isSignedIn: boolean, options: BrowserContextOptions) => {
    if (isSignedIn) return await signedIn(options)
    const page = await newPage(options)
    await page.goto(server.url + address)
    return page
  }

  it.each(addresses)('%s fits a phone of 360 pixels', async (_, address, isSignedIn) => {
    const page = await open(address, isSignedIn, { viewport: { width: 360, height: 740 } })
    const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect(wide).toBeLessThanOrEqual(seen ?? 0)
  })

  it.each(addresses.flatMap(row => (['light', 'dark'] as const).map(scheme => [row[0], scheme, ...row] as const)))(
    '%s has no known barrier, in %s colours',
    async (_, colorScheme, _name, address, isSignedIn) => {
      // axe is put into the page from outside, which the page's own policy rightly refuses.
      const page = await open(address, isSignedIn, { colorScheme, bypassCSP: true })
      await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
      const violations: unknown = await page.evaluate(
        "axe.run().then(found => found.violations.map(({ id, nodes }) => id + ': ' + nodes.map(node => node.html).join(' ')))",
      )
      expect(violations).toEqual([])
    },
  )

  it('is in the colours the device asks for', async () => {
    const background = async (colorScheme: 'light' | 'dark') => {
      const page = await open('/', false, { colorScheme })
      return await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    }
    expect(await background('light')).not.toBe(await background('dark'))
  })

  it('may not run a script of somebody else', async () => {
    const page = await newPage()
    await page.goto(server.url)
    await page
      .evaluate(() => {
        const script = document.createElement('script')
        script.src = 'data:text/javascript,globalThis.strange=1'
        document.head.append(script)
      })
      .catch((error: unknown) => expect(String(error)).toContain('TrustedScriptURL'))
    expect(await page.evaluate('globalThis.strange')).toBeUndefined()
    expect(complaints.length).toBeGreaterThan(0)
    complaints = []
  })
})
