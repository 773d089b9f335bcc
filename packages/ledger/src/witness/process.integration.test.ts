import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openCheckpoint, parseTrustPolicy } from '@breakglass/verify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryDir } from '../testing/temporary-ledger.ts'
import { originHash } from './heads.ts'
import { formatAddCheckpoint } from './request.ts'
import { type ForkedLog, forkedLog } from './testing/forked-log.ts'
import { newWitness } from './testing/temporary-witness.ts'

const bin = fileURLToPath(new URL('../../bin/breakglass-ledger.js', import.meta.url))
const log = forkedLog()
const { vkey } = log.signer

interface Running {
  child: ChildProcess
  url: string
  ended: Promise<{ code: number | null; signal: string | null; stderr: string }>
}

async function serve(dir: string): Promise<Running> {
  const child = spawn(process.execPath, [bin, 'witness', 'serve', '--dir', dir], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stderr = ''
  child.stderr.on('data', data => (stderr += data.toString()))
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }))
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended.then(() => [''])])
  if (line === '') throw new Error(`did not start: ${(await ended).stderr}`)
  return { child, url: (JSON.parse(String(line)) as { url: string }).url, ended }
}

async function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [bin, 'witness', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', data => (stdout += data.toString()))
  child.stderr.on('data', data => (stderr += data.toString()))
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

const ask = (url: string, from: number, to: number, told: ForkedLog = log) =>
  fetch(`${url}/add-checkpoint`, {
    method: 'POST',
    body: formatAddCheckpoint(from, told.proof(from, to), told.checkpoint(to)),
  })

/** What it says it has cosigned last. */
async function sizeOf(url: string): Promise<number> {
  const answer = await fetch(`${url}/${originHash(log.signer.name)}/checkpoint`)
  return answer.status === 404 ? 0 : Number((await answer.text()).split('\n')[1])
}

describe('the witness process', () => {
  it('is made, told of a log, serves it, and shows what it cosigned', async () => {
    const dir = join(temporaryDir(), 'witness')
    const made = await run('init', '--dir', dir, '--name', 'witness.example/1')
    const own = JSON.parse(made.stdout) as { vkey: string }
    const { child, url, ended } = await serve(dir)
    expect((await ask(url, 0, 5)).status).toBe(404)
    expect((await run('add-log', '--dir', dir, '--vkey', vkey)).code).toBe(0)
    const answer = await ask(url, 0, 5)
    const policy = parseTrustPolicy(`log ${vkey}\nwitness w ${own.vkey}\nquorum w\n`)
    expect(policy.ok && openCheckpoint(log.checkpoint(5) + (await answer.text()), policy.value).ok).toBe(true)
    const shown = JSON.parse((await run('show', '--dir', dir)).stdout) as object
    const root = Buffer.from(log.root(5)).toString('base64')
    expect(shown).toMatchObject({ vkey: own.vkey, logs: [{ origin: log.signer.name, vkeys: [vkey], size: 5, root }] })
    const beside = await run('serve', '--dir', dir)
    expect([beside.code, beside.stderr]).toEqual([1, expect.stringContaining('witness_locked')])
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
  })

  it('says what is wrong with a command line', async () => {
    const { dir, vkey: own } = await newWitness([])
    for (const args of [['serve'], ['init', '--dir', dir], ['add-log', '--dir', dir], ['sing']]) {
      expect((await run(...args)).code).toBe(2)
    }
    // A witness's key signs no checkpoints.
    expect((await run('add-log', '--dir', dir, '--vkey', own)).code).toBe(2)
    expect((await run('init', '--dir', dir, '--name', 'n')).stderr).toContain('already_a_witness')
    expect((await run('serve', '--dir', temporaryDir())).stderr).toContain('not_a_witness')
    expect((await run('serve', '--dir', dir, '--listen', '0.0.0.0:0')).stderr).toContain('remote_not_allowed')
    for (const args of [[], ['--help'], ['serve', '--help']]) {
      expect(await run(...args)).toMatchObject({ code: 0, stdout: expect.stringContaining('witness serve') })
    }
  })

  it('killed at any moment, forgets no size it answered and signs no second history', {
    timeout: 120_000,
  }, async () => {
    const { dir } = await newWitness([vkey])
    // The largest size that was answered with a signature, and which history it was of.
    let answered = 0
    let truth: ForkedLog | undefined
    const fork = log.fork(3)
    for (let round = 0; round < 12; round++) {
      const { child, url, ended } = await serve(dir)
      const known = await sizeOf(url)
      expect(known).toBeGreaterThanOrEqual(answered)
      let untilKill = 1 + ((round * 5) % 13)
      // Two histories that part at 3 compete for the witness, each from wherever it stands.
      const callers = [log, fork, log, fork].map(async (told, caller) => {
        for (let size = known; ; ) {
          const to = size + 1 + ((caller + round) % 4)
          const answer = await ask(url, size, to, told).catch(() => undefined)
          if (answer === undefined) return
          const text = await answer.text().catch(() => undefined)
          if (text === undefined) return
          if (answer.status === 409) size = Number(text)
          else if (answer.status === 422) return
          else {
            expect(answer.status).toBe(200)
            size = to
            // Up to 3 they are the same.
            if (to > 3) expect(told).toBe((truth ??= told))
            answered = Math.max(answered, to)
          }
          if (--untilKill <= 0) child.kill('SIGKILL')
        }
      })
      await Promise.all(callers)
      child.kill('SIGKILL')
      expect((await ended).signal).toBe('SIGKILL')
    }
    expect(answered).toBeGreaterThan(20)
    const { child, url, ended } = await serve(dir)
    expect(await sizeOf(url)).toBeGreaterThanOrEqual(answered)
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
  })
})
