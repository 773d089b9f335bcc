import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPage, stepsOf } from '../support/readme.ts'
import { prepareHome, startUp, typeLines } from '../support/typing.ts'

/** The README's tour, from the README's own text, typed into one shell as a person would. */
describe('the five-minute tour of the README', () => {
  const home = mkdtempSync(join(tmpdir(), 'breakglass-tour-'))
  let up = { link: '', stop: async () => {} }

  beforeAll(async () => {
    prepareHome(home)
    up = await startUp(home)
  })
  afterAll(async () => {
    await up.stop()
    rmSync(home, { recursive: true, force: true })
  })

  it('works as it is written', async () => {
    const steps = stepsOf(readPage('README.md'), 'tour')
    expect(steps.length).toBeGreaterThan(25)
    expect(steps.filter(({ isRefused }) => isRefused)).toHaveLength(3)
    const typed = steps.map(step => ({
      ...step,
      line: step.line.replace("'http://127.0.0.1:7117/welcome#…'", `'${up.link}'`),
    }))
    expect(typed.filter(({ line }) => line.includes(up.link))).toHaveLength(1)
    const { code, said } = await typeLines(typed, home)
    expect(code, said).toBe(0)
    expect(said).toContain('OPEN  payments/tests')
    expect(said).toContain('VERIFIED')
    expect(said).toContain('landed without the gate, protection off')
  })
})
