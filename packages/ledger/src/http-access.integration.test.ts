import fs from 'node:fs'
import { join } from 'node:path'
import { checkConsistency, decodeBase64 } from '@breakglass/verify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { addCredential, endCredential, listCredentials, rotateCredential } from './credential-file.ts'
import type { WriterLimits } from './credentials.ts'
import type { Files } from './files.ts'
import { reloadMs } from './http/access.ts'
import { type ServeOptions, serveLedger } from './http.ts'
import type { Ledger } from './ledger.ts'
import type { LogEvent } from './log.ts'
import { nodeFiles } from './node-files.ts'
import { entriesFrom, newLedger, open, startMs } from './testing/temporary-ledger.ts'

async function serve(options: Partial<ServeOptions> = {}, alter: (ledger: Ledger) => Ledger = ledger => ledger) {
  const { dir, credentials } = await newLedger()
  const clock = { nowMs: startMs }
  const now = () => clock.nowMs
  const events: LogEvent[] = []
  const ledger = await open(dir, { now })
  const server = await serveLedger(alter(ledger), { now, log: event => void events.push(event), ...options })
  onTestFinished(() => server.close())
  let random = 0
  const file = { dir, now, random: (bytes: number) => new Uint8Array(bytes).fill(++random), files: nodeFiles }
  const call = (path: string, secret: string, body?: string) =>
    fetch(server.url + path, {
      headers: { authorization: `Bearer ${secret}` },
      ...(body !== undefined && { method: 'POST', body }),
    })
  return {
    dir,
    clock,
    ledger,
    server,
    events,
    file,
    call,
    secrets: { server: credentials[0]!.secret, reader: credentials[1]!.secret },
    path: join(dir, 'credentials.json'),
    /** A writer of its own, known to the server by now. */
    async writer(name: string, limits?: WriterLimits) {
      const { secretPath } = await addCredential(file, { name, may: ['append'], ...(limits && { limits }) })
      clock.nowMs += reloadMs
      return fs.readFileSync(secretPath, 'utf8').trim()
    },
    health: async () => (await (await call('/healthz', '')).json()) as Record<string, unknown>,
  }
}

async function outcome(response: Promise<Response>): Promise<string> {
  const answer = await response
  if (answer.ok) return String(answer.status)
  return `${answer.status} ${((await answer.json()) as { error: { code: string } }).error.code}`
}

describe('credentials while serving', () => {
  it('end within a second, without a restart, whatever the clock says later', async () => {
    const { call, clock, file, secrets } = await serve()
    expect(await outcome(call('/append', secrets.server, 'a'))).toBe('200')
    await endCredential(file, 'server')
    clock.nowMs += reloadMs
    expect(await outcome(call('/append', secrets.server, 'b'))).toBe('401 no_credential')
    clock.nowMs -= 3_600_000
    expect(await outcome(call('/append', secrets.server, 'c'))).toBe('401 no_credential')
    expect(await outcome(call('/checkpoint', secrets.reader))).toBe('200')
    await expect(endCredential(file, 'server')).rejects.toMatchObject({ code: 'unknown_credential' })
  })

  it('are exchanged with both secrets counting for a while', async () => {
    const { call, clock, file, secrets } = await serve()
    const { secretPath } = await rotateCredential(file, 'server', 60)
    const fresh = fs.readFileSync(secretPath, 'utf8').trim()
    clock.nowMs += reloadMs
    for (const secret of [secrets.server, fresh]) expect(await outcome(call('/append', secret, 'a'))).toBe('200')
    clock.nowMs += 60_000
    expect(await outcome(call('/append', secrets.server, 'a'))).toBe('401 no_credential')
    expect(await outcome(call('/append', fresh, 'a'))).toBe('200')
    expect(fs.statSync(secretPath).mode & 0o777).toBe(0o600)
    expect(listCredentials(file)).toHaveLength(3)
    await expect(rotateCredential(file, 'nobody', 0)).rejects.toMatchObject({ code: 'unknown_credential' })
    await expect(addCredential(file, { name: 'server', may: ['read'] })).rejects.toMatchObject({ code: 'bad_usage' })
  })

  it('stay as they were when the file cannot be understood, and that is said', async () => {
    const { call, clock, path, secrets, health, events } = await serve()
    const text = fs.readFileSync(path, 'utf8')
    fs.writeFileSync(path, '[')
    clock.nowMs += reloadMs
    expect(await outcome(call('/append', secrets.server, 'a'))).toBe('200')
    expect(await health()).toMatchObject({ credentials: 'damaged' })
    clock.nowMs += reloadMs
    await health()
    expect(events.filter(({ event }) => event === 'credentials_damaged')).toHaveLength(1)
    fs.writeFileSync(path, text)
    clock.nowMs += reloadMs
    expect(await health()).toMatchObject({ credentials: 'current' })
  })
})

describe('a writer', () => {
  const limits = { entriesPerMinuteMax: 6, bytesPerMinuteMax: 40_000 }

  it('is held to its rate, told when to come again, and hinders nobody else', async () => {
    const { call, clock, writer, secrets, ledger } = await serve()
    const chatty = await writer('chatty', limits)
    expect(await outcome(call('/append', chatty, '1\n2\n3\n4\n5\n6'))).toBe('200')
    const over = await call('/append', chatty, '7')
    expect([over.status, over.headers.get('retry-after')]).toEqual([429, '10'])
    expect(await outcome(call('/append', secrets.server, 'glass'))).toBe('200')
    clock.nowMs += 10_000
    expect(await outcome(call('/append', chatty, '7'))).toBe('200')
    expect(await outcome(call('/append', chatty, '8'))).toBe('429 too_many')
    expect(ledger.checkpoint().size).toBe(8)
  })

  it('is held to its bytes, and told when a body can never fit', async () => {
    const { call, writer } = await serve()
    const secret = await writer('large', limits)
    expect(await outcome(call('/append', secret, `${'x'.repeat(30_000)}\n${'y'.repeat(20_000)}`))).toBe('413 too_large')
    expect(await outcome(call('/append', secret, 'x'.repeat(30_000)))).toBe('200')
    expect(await outcome(call('/append', secret, 'y'.repeat(30_000)))).toBe('429 too_many')
    expect(await outcome(call('/append', secret, '1\n2\n3\n4\n5\n6\n7'))).toBe('413 too_large')
  })

  it('keeps its place in the queue while another has filled its own', async () => {
    const held = Promise.withResolvers<never>()
    const isFlood = (entries: readonly Uint8Array[]) => entries.length > 1
    const { call, writer, secrets } = await serve({}, ledger => ({
      ...ledger,
      append: entries => (isFlood(entries) ? held.promise : ledger.append(entries)),
    }))
    const chatty = await writer('chatty')
    // Two writers: a half each, 2 048 entries. None of these is answered before the end.
    const flood = Array.from({ length: 12 }, (_, at) =>
      outcome(call('/append', chatty, Array.from({ length: 256 }, (_, line) => `${at}.${line}`).join('\n'))),
    )
    const refused = await Promise.any(flood)
    expect(refused).toBe('429 too_many')
    expect(await outcome(call('/append', secrets.server, 'glass'))).toBe('200')
    held.reject(new Error('let go'))
    const outcomes = await Promise.all(flood)
    expect(outcomes.filter(one => one === '429 too_many')).toHaveLength(4)
  })
})

describe('/consistency', () => {
  it('joins any two sizes, and the newest under its checkpoint', async () => {
    const { call, ledger, secrets } = await serve()
    const roots = [ledger.checkpoint()]
    for (const count of [3, 5, 300]) {
      for (let at = 0; at < count; at += 150)
        await ledger.append(entriesFrom(roots.at(-1)!.size + at, Math.min(150, count)))
      roots.push(ledger.checkpoint())
    }
    for (const [at, from] of roots.entries()) {
      for (const to of roots.slice(at)) {
        const response = await call(`/consistency?from=${from.size}&to=${to.size}`, secrets.server)
        const answer = (await response.json()) as { from: number; to: number; proof: string[]; checkpoint?: string }
        expect([answer.from, answer.to]).toEqual([from.size, to.size])
        const proof = answer.proof.map(hash => decodeBase64(hash)!)
        expect(checkConsistency(from.size, to.size, proof, from.root, to.root)).toBe(true)
        expect(answer.checkpoint).toBe(to === roots.at(-1) ? ledger.checkpoint().note : undefined)
      }
    }
    const newest = await (await call('/consistency?from=3', secrets.reader)).json()
    expect(newest).toMatchObject({ to: ledger.checkpoint().size, checkpoint: ledger.checkpoint().note })
  })

  it('refuses sizes that are none', async () => {
    const { call, ledger, secrets } = await serve()
    await ledger.append(entriesFrom(0, 4))
    const queries = [
      '',
      '?from=',
      '?from=-1',
      '?from=5',
      '?from=3&to=2',
      '?from=1&to=5',
      '?from=01',
      '?to=3',
      '?from=1&to=2&x',
    ]
    for (const query of [...queries, '?from=9007199254740993', '?from=1e3', '?from=%31']) {
      expect(await outcome(call(`/consistency${query}`, secrets.server))).toBe('400 bad_range')
    }
  })
})

describe('recorded reads', () => {
  const linesIn = (dir: string) => {
    const reads = join(dir, 'reads')
    const text = fs.readdirSync(reads).map(name => fs.readFileSync(join(reads, name), 'utf8'))
    return text
      .join('')
      .split('\n')
      .filter(line => line !== '')
  }

  it('say who read what and what came of it, and no secret', async () => {
    const { call, dir, ledger, secrets, health } = await serve({ recordReads: true })
    await ledger.append(entriesFrom(0, 2))
    await call('/tile/entries/000.p/2', secrets.reader)
    await call(`/tile/${secrets.reader}`, secrets.reader)
    await call('/consistency?from=1', secrets.reader)
    await call('/append', secrets.reader, 'x')
    await call('/checkpoint', secrets.server)
    await call('/checkpoint', 'stranger')
    const lines = linesIn(dir)
    for (const secret of Object.values(secrets)) expect(lines.join()).not.toContain(secret)
    const at = '2026-01-01T00:00:00.000Z'
    const who = { at, name: 'reader', credential: expect.stringMatching(/^cr_[0-9a-f]{12}$/) }
    expect(lines.map(line => JSON.parse(line) as object)).toEqual([
      { ...who, read: '/tile/entries/000.p/2', status: 200 },
      { ...who, read: '/tile/bgl_…', status: 404 },
      { ...who, read: '/consistency?from=1', status: 200 },
    ])
    expect(await health()).toMatchObject({ reads: 'recorded' })
  })

  it('withhold entries when they cannot be recorded, and nothing that breaking glass needs', async () => {
    const disk = { full: false }
    const files: Files = {
      ...nodeFiles,
      open(path, how, mode) {
        const file = nodeFiles.open(path, how, mode)
        return {
          ...file,
          write(bytes) {
            if (!disk.full) return file.write(bytes)
            file.write(bytes.subarray(0, 5))
            throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
          },
        }
      },
    }
    const { call, dir, ledger, secrets, health, events } = await serve({ recordReads: true, files })
    await ledger.append(entriesFrom(0, 2))
    const tile = () => outcome(call('/tile/entries/000.p/2', secrets.reader))
    expect(await tile()).toBe('200')
    disk.full = true
    for (let time = 0; time < 3; time++) expect(await tile()).toBe('503 read_not_recorded')
    expect(await health()).toMatchObject({ reads: 'failing' })
    expect(await outcome(call('/checkpoint', secrets.reader))).toBe('200')
    expect(await outcome(call('/append', secrets.server, 'glass'))).toBe('200')
    expect(events.filter(({ event }) => event === 'reads_not_recorded')).toHaveLength(1)
    disk.full = false
    expect(await tile()).toBe('200')
    expect(await health()).toMatchObject({ reads: 'recorded' })
    // What was half written stands by itself.
    const whole = linesIn(dir).filter(line => line.endsWith('}'))
    expect(whole.map(line => (JSON.parse(line) as { status: number }).status)).toEqual([200, 200])
  })
})
