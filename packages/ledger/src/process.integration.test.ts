import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { formatState, parseState } from './state.ts'
import { checkSound, entriesFrom, newLedger, open, temporaryDir, verifyLogged } from './testing/temporary-ledger.ts'

const bin = fileURLToPath(new URL('../bin/breakglass-ledger.js', import.meta.url))

interface Running {
  child: ChildProcess
  url: string
  ready: { url: string; origin: string; vkey: string; size: number }
  /** Exit status or signal, and all that stood on stderr. */
  ended: Promise<{ code: number | null; signal: string | null; stderr: string }>
}

function start(
  args: string[],
  { channel = false, file = bin } = {},
): { child: ChildProcess; line: Promise<string>; ended: Running['ended'] } {
  const child = channel
    ? fork(file, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    : spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stderr = ''
  child.stderr?.on('data', data => (stderr += data.toString()))
  // Not `close`: it does not come when it was this side that closed the channel.
  const drained = child.stderr === null ? [] : [once(child.stderr, 'close')]
  const ended = Promise.all([once(child, 'exit'), ...drained]).then(([[code, signal]]) => ({ code, signal, stderr }))
  const line = new Promise<string>(resolve => {
    if (child.stdout === null) throw new Error('expected a pipe')
    createInterface({ input: child.stdout }).once('line', resolve)
    void ended.then(() => resolve(''))
  })
  return { child, line, ended }
}

async function serve(dir: string, options: { channel?: boolean } = {}): Promise<Running> {
  const { child, line, ended } = start(['serve', '--dir', dir], options)
  const text = await line
  if (text === '') throw new Error(`did not start: ${(await ended).stderr}`)
  const ready = JSON.parse(text) as Running['ready'] & { ready: boolean }
  expect(ready.ready).toBe(true)
  return { child, url: ready.url, ready, ended }
}

async function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', data => (stdout += data.toString()))
  child.stderr.on('data', data => (stderr += data.toString()))
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

interface Entry {
  index: number
  leaf: `sha256:${string}`
  proof: string
}

async function append(url: string, secret: string, lines: string[]): Promise<Entry[]> {
  const headers = { authorization: `Bearer ${secret}` }
  const response = await fetch(`${url}/append`, { method: 'POST', headers, body: lines.join('\n') })
  if (response.status !== 200) throw new Error(`status ${response.status}`)
  return ((await response.json()) as { entries: Entry[] }).entries
}

/** The launcher's own file, elsewhere and told that it runs on Node 16; the ledger it starts is the real one. */
function launcherOnNode16(): string {
  const dir = temporaryDir()
  const text = fs
    .readFileSync(bin, 'utf8')
    .replace('process.versions.node.split', "'16.20.2'.split")
    .replace('dirname(fileURLToPath(import.meta.url))', JSON.stringify(dirname(bin)))
    .replace('[fileURLToPath(import.meta.url)]', JSON.stringify([bin]))
  fs.writeFileSync(join(dir, 'package.json'), '{"type":"module"}')
  fs.writeFileSync(join(dir, 'launcher.js'), text)
  return join(dir, 'launcher.js')
}

describe('the command line', () => {
  it('makes, serves and checks a ledger', async () => {
    const dir = join(temporaryDir(), 'ledger')
    const made = await run('init', '--dir', dir, '--origin', 'ledger.example/one')
    expect(made.code).toBe(0)
    const { vkey, credentials } = JSON.parse(made.stdout) as { vkey: string; credentials: { secretPath: string }[] }
    const secret = fs.readFileSync(credentials[0]!.secretPath, 'utf8').trim()
    expect(made.stdout).not.toContain(secret)
    const { child, url, ready, ended } = await serve(dir)
    expect(ready).toMatchObject({ origin: 'ledger.example/one', vkey, size: 0 })
    const [entry] = await append(url, secret, ['hello'])
    verifyLogged(Buffer.from('hello'), entry!, vkey)
    const beside = await run('fsck', '--dir', dir, '--json')
    expect(JSON.parse(beside.stdout)).toMatchObject({ ok: true, size: 1, faults: [] })
    child.kill('SIGTERM')
    const { code, stderr } = await ended
    expect(code).toBe(0)
    for (const line of stderr.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('event')
    expect(stderr).not.toContain(secret)
    expect((await run('fsck', '--dir', dir)).code).toBe(0)
    expect((await run('init', '--dir', dir)).code).toBe(1)
    fs.chmodSync(join(dir, 'tree/tile/0/000.p/1'), 0o600)
    fs.writeFileSync(join(dir, 'tree/tile/0/000.p/1'), Buffer.alloc(32))
    const damaged = await run('fsck', '--dir', dir)
    expect([damaged.code, damaged.stdout]).toEqual([1, expect.stringContaining('NOT SOUND')])
  })

  it('says what is wrong with a command line, and helps', async () => {
    for (const args of [['serve'], ['init'], ['fsck', '--dir'], ['serve', '--dir', '/x', '--what'], ['sing']]) {
      expect((await run(...args)).code).toBe(2)
    }
    for (const args of [['--help'], ['init', '--help'], ['serve', '--help'], ['fsck', '--help']]) {
      const { code, stdout } = await run(...args)
      expect([code, stdout]).toEqual([0, expect.stringContaining('breakglass-ledger')])
    }
    const { dir } = await newLedger()
    const remote = await run('serve', '--dir', dir, '--listen', '0.0.0.0:0')
    expect([remote.code, remote.stderr]).toEqual([1, expect.stringContaining('remote_not_allowed')])
    expect((await run('serve', '--dir', temporaryDir())).stderr).toContain('not_a_ledger')
  })
})

describe('the process', () => {
  it('is the only one of its directory, and frees it however it dies', async () => {
    const { dir } = await newLedger()
    const first = await serve(dir)
    const second = await run('serve', '--dir', dir)
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining('ledger_locked')])
    first.child.kill('SIGKILL')
    await first.ended
    const third = await serve(dir)
    third.child.kill('SIGINT')
    expect((await third.ended).code).toBe(0)
  })

  it('ends when the channel to its launcher closes', async () => {
    const { dir } = await newLedger()
    const { child, ended } = await serve(dir, { channel: true })
    child.disconnect()
    expect((await ended).code).toBe(0)
    await (await open(dir, { now: Date.now })).close()
  })

  it('run by an older Node through the launcher, ends when the launcher is killed, and passes signals and status on', async () => {
    const { dir } = await newLedger()
    const launcher = launcherOnNode16()
    const launch = () => start(['serve', '--dir', dir], { file: launcher })
    const first = launch()
    expect(JSON.parse(await first.line)).toMatchObject({ ready: true })
    first.child.kill('SIGTERM')
    expect(await first.ended).toMatchObject({ code: 0 })
    const second = launch()
    expect(JSON.parse(await second.line)).toMatchObject({ ready: true })
    second.child.kill('SIGKILL')
    // Its stderr stays open until the ledger below it has ended too.
    expect((await second.ended).stderr).toContain('channel closed')
    await (await open(dir, { now: Date.now })).close()
  })

  it('ends with 70 and one plain line when the clock has gone back', async () => {
    const { dir } = await newLedger()
    const path = join(dir, 'state.json')
    const state = parseState(fs.readFileSync(path, 'utf8'), path)
    fs.writeFileSync(path, formatState({ ...state, signedAtMs: Date.now() + 3_600_000 }))
    const { code, stderr } = await run('serve', '--dir', dir)
    expect(code).toBe(70)
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('clock_went_back')])
  })

  it('ends with 70 when it loses its lock while serving', async () => {
    const { dir, credentials } = await newLedger()
    fs.writeFileSync(join(dir, 'state.json'), fs.readFileSync(join(dir, 'state.json')))
    const { url, ended } = await serve(dir)
    fs.rmSync(join(dir, 'lock.db'))
    await expect(append(url, credentials[0]!.secret, ['late'])).rejects.toThrow()
    const { code, stderr } = await ended
    expect([code, stderr]).toEqual([70, expect.stringContaining('lock_lost')])
  })

  it('killed at any moment, keeps all it acknowledged', { timeout: 120_000 }, async () => {
    const { dir, credentials, vkey } = await newLedger()
    const secret = credentials[0]!.secret
    const told = new Map<string, Entry>()
    let previous: { size: number; root: Uint8Array } | undefined
    for (let round = 0; round < 20; round++) {
      const { child, url, ended } = await serve(dir)
      // Killed after a number of answers, not after a time: the moment falls anywhere in the commits under way.
      let untilKill = 1 + ((round * 7) % 23)
      const callers = Array.from({ length: 8 }, async (_, caller) => {
        for (let call = 0; ; call++) {
          const lines = Array.from({ length: 1 + (call % 3) }, (_, line) => `${round}.${caller}.${call}.${line}`)
          const entries = await append(url, secret, lines).catch(() => undefined)
          if (entries === undefined) return
          for (const [position, line] of lines.entries()) told.set(line, entries[position]!)
          if (--untilKill === 0) child.kill('SIGKILL')
        }
      })
      await Promise.all(callers)
      expect((await ended).signal).toBe('SIGKILL')
      const ledger = await open(dir, { now: Date.now })
      const report = checkSound(dir, previous)
      for (const [line, entry] of told) {
        const [again] = await ledger.append([Buffer.from(line)])
        expect([line, again?.index]).toEqual([line, entry.index])
      }
      expect(ledger.checkpoint().size).toBe(report.size)
      previous = ledger.checkpoint()
      await ledger.close()
    }
    expect(told.size).toBeGreaterThan(100)
    for (const [line, entry] of told) verifyLogged(Buffer.from(line), entry, vkey)
    expect(new Set([...told.values()].map(({ index }) => index)).size).toBe(told.size)
  })

  it('serves what another opening has written, under the same indices', async () => {
    const { dir, credentials } = await newLedger()
    const ledger = await open(dir, { now: Date.now })
    await ledger.append(entriesFrom(0, 10))
    await ledger.close()
    const { url, child, ended } = await serve(dir)
    const entries = await append(url, credentials[0]!.secret, ['entry 9', 'new', 'entry 0'])
    expect(entries.map(({ index }) => index)).toEqual([9, 10, 0])
    child.kill('SIGTERM')
    await ended
    checkSound(dir)
  })
})
