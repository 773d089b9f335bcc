import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** The real program, started as a shell would; it lives outside this process, so what it leaves behind can be seen. */
const bin = fileURLToPath(new URL('../../bin/breakglass.js', import.meta.url))
let directory: string
let started: ChildProcess[]

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'breakglass-launch-'))
  started = []
})
afterEach(async () => {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    // Not killed: a launcher that is asked waits for its child, so nothing writes into the directory after it is removed.
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  rmSync(directory, { recursive: true, force: true })
})

function start(args: readonly string[], nodeArgs: readonly string[] = []): ChildProcess {
  const env = { PATH: process.env['PATH'], HOME: directory }
  const child = spawn(process.execPath, [...nodeArgs, bin, ...args], {
    cwd: directory,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  return child
}

async function finish(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', chunk => (stdout += chunk))
  child.stderr?.on('data', chunk => (stderr += chunk))
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

async function firstLine(child: ChildProcess): Promise<Record<string, unknown>> {
  const [line] = await once(createInterface({ input: child.stdout! }), 'line')
  return JSON.parse(line)
}

const answers = (url: string) =>
  fetch(`${url}/healthz`).then(
    response => response.ok,
    () => false,
  )

describe('the program', () => {
  it('says its version and mirrors exit statuses', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await finish(start(['--version']))).toMatchObject({ code: 0, stdout: `${version}\n` })
    expect(await finish(start(['opne']))).toMatchObject({ code: 2 })
  })

  // A Node that says it is old finds the bundled one, and that one runs the same command line.
  it('runs again with the bundled Node where its own is too old', async () => {
    const old = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '18.20.0' } })`
    expect(await finish(start(['opne', '--json'], ['--import', old]))).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('did you mean'),
    })
  })
})

describe('a part of Breakglass', () => {
  it('gets its arguments as they are, and its status is ours', async () => {
    expect(await finish(start(['ledger', 'init', '--dir', 'log']))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"vkey"'),
    })
    expect((await finish(start(['ledger', 'init', '--dir', 'log']))).code).toBe(1)
    expect((await finish(start(['ledger', '--', '--help']))).stdout).toContain('breakglass-ledger')
  })

  it('ends when it is asked through us', async () => {
    await finish(start(['ledger', 'init', '--dir', 'log']))
    const launcher = start(['ledger', 'serve', '--dir', 'log'])
    const { url } = await firstLine(launcher)
    expect(await answers(String(url))).toBe(true)
    launcher.kill('SIGTERM')
    expect((await once(launcher, 'exit'))[0]).toBe(0)
    expect(await answers(String(url))).toBe(false)
  })

  it('never outlives us, and leaves no lock behind, when we are killed', async () => {
    await finish(start(['ledger', 'init', '--dir', 'log']))
    const launcher = start(['ledger', 'serve', '--dir', 'log'])
    const { url } = await firstLine(launcher)
    launcher.kill('SIGKILL')
    await once(launcher, 'exit')
    await expect.poll(() => answers(String(url)), { timeout: 10_000 }).toBe(false)
    // It lets go of the lock a moment after it stopped answering.
    await expect
      .poll(
        async () => {
          const again = start(['ledger', 'serve', '--dir', 'log'])
          const line = await Promise.race([firstLine(again), once(again, 'exit').then(() => undefined)])
          again.kill('SIGTERM')
          return line?.['ready']
        },
        { timeout: 15_000 },
      )
      .toBe(true)
  })
})
