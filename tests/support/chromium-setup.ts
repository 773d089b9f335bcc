import { findOrInstallChromium } from './chromium.ts'

/** Before the first browser test: a browser, or words that say how to get one. No test is left out for want of it. */
export function setup(): void {
  findOrInstallChromium()
}
