import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readPage, stepsOf } from '../support/readme.ts'
import { prepareHome, typeLines } from '../support/typing.ts'

const home = mkdtempSync(join(tmpdir(), 'breakglass-guide-'))
beforeAll(() => prepareHome(home))
afterAll(() => rmSync(home, { recursive: true, force: true }))

it('the guide to the numbers works as it is written', async () => {
  const steps = stepsOf(readPage('docs/guides/reading-the-numbers.md'), 'numbers')
  expect(steps.length).toBeGreaterThanOrEqual(7)
  const path = { line: `export PATH="$PWD/node_modules/.bin:$PATH"`, isRefused: false }
  const { code, said } = await typeLines([path, ...steps], home)
  expect(code, said).toBe(0)
  expect(said).toContain('13 of 13 gates carry the label that is right')
  expect(said).toContain('pull-request')
})
