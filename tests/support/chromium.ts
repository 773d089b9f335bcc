import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { installFromDebian, mayInstall } from './debian.ts'

const isRoot = () => process.getuid?.() === 0

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const usualPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** What to do where no browser can be had. */
const remedy =
  'The pages are tested in Chromium, and none was found. Install it (Debian and Ubuntu: apt-get install chromium), or name one: CHROME_BIN=/path/to/chrome'

/** The Chromium to test with: the one that CHROME_BIN names, else the first on PATH. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env['CHROME_BIN'] !== undefined && env['CHROME_BIN'] !== '') return env['CHROME_BIN']
  const directories = (env['PATH'] ?? '').split(delimiter).filter(directory => directory !== '')
  const candidates = directories.flatMap(directory => names.map(name => join(directory, name)))
  return [...candidates, ...usualPlaces].find(isExecutable)
}

/** As `findChromium`, and installs Debian's where the tests may (as root, on a machine of their own). Throws the remedy. */
export function findOrInstallChromium(): string {
  const found = findChromium()
  if (found !== undefined) return found
  if (mayInstall()) installFromDebian(['chromium', 'fonts-dejavu-core'], remedy)
  const installed = findChromium()
  if (installed === undefined) throw new Error(remedy)
  return installed
}

/**
 * Starts it without a window. Chromium refuses to run as root with its sandbox; only there is it left out, and what runs is
 * our own page alone.
 */
export function launchChromium(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error(remedy)
  return chromium.launch({
    executablePath,
    chromiumSandbox: !isRoot(),
    // A container's /dev/shm is often too small for a page.
    args: ['--disable-dev-shm-usage', '--disable-gpu'],
  })
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
