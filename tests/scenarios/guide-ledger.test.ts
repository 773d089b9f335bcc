import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPage, stepsOf, type TourStep } from '../support/readme.ts'
import { prepareHome, startUp, typeLines } from '../support/typing.ts'

/** The addresses of the page; somebody may be using the real ones. */
const portsOfThePage = [7117, 8470, 8471, 8472, 8473, 8474]

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map(server => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}

/** The README's first steps, which make the organisation that the guide begins with, typed where the guide is. */
function beginning(link: string): TourStep[] {
  const steps = stepsOf(readPage('README.md'), 'tour')
  const end = steps.findIndex(({ line }) => line.startsWith('breakglass hook sync'))
  return steps.slice(0, end + 1).flatMap(step => {
    if (step.line.startsWith('mkdir -p tour')) return []
    const line = step.line.replace("'http://127.0.0.1:7117/welcome#…'", `'${link}'`).replace('../', '')
    return [{ ...step, line }]
  })
}

describe('the guide that puts the ledger out of reach', () => {
  const home = mkdtempSync(join(tmpdir(), 'breakglass-guide-'))
  let ports: number[] = []
  let up = { link: '', stop: async () => {} }

  beforeAll(async () => {
    prepareHome(home)
    ports = await freePorts(portsOfThePage.length)
    up = await startUp(home, ports[0])
  })
  afterAll(async () => {
    await up.stop()
    rmSync(home, { recursive: true, force: true })
  })

  it('works as it is written', { timeout: 180_000 }, async () => {
    const made = await typeLines(beginning(up.link), home)
    expect(made.code, made.said).toBe(0)
    await up.stop()
    const steps = stepsOf(readPage('docs/guides/ledger-out-of-reach.md'), 'guide')
    expect(steps.length).toBeGreaterThan(35)
    const again = ['export PATH="$PWD/node_modules/.bin:$PATH"', 'export BREAKGLASS_CONFIG="$PWD/profiles.json"']
    const typed = [...again.map(line => ({ line, isRefused: false })), ...steps].map(step => ({
      ...step,
      line: portsOfThePage.reduce((line, port, at) => line.replaceAll(`:${port}`, `:${ports[at]}`), step.line),
    }))
    const { code, said } = await typeLines(typed, home, 90_000)
    expect(code, said).toBe(0)
    expect(said.match(/OPEN {2}payments\/tests/g)).toHaveLength(2)
    expect(said).toMatch(/[Nn]othing was opened/)
    expect(said).toContain('"event":"first_look"')
    expect(said).toContain('organization.founded')
  })
})
