import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import { type JobRunner, runJobs } from '../jobs/runner.ts'
import type { Store } from '../store/store.ts'
import { readDelivery } from '@breakglass/github/events'
import { heldBytesMax } from './body.ts'
import { bodyKeptMs, eraseOld } from './erase.ts'
import { type Intake, readJob, startIntake } from './intake.ts'
import { intakeStatus } from './intake-status.ts'
import { unpackBody } from './pack.ts'
import { readDeliveries } from './read-deliveries.ts'

const secrets = ['the-old-secret-of-many-words', 'the-new-secret-of-many-words']
const bytesMax = 3 * 1024 * 1024

/** A store whose disk is full while the test says so. */
function fillable(store: Store) {
  const state = { isFull: false, before: () => Promise.resolve() }
  const guarded: Store = {
    ...store,
    async transact(work, options) {
      await state.before()
      if (state.isFull) throw new Error('the disk is full')
      return store.transact(work, options)
    },
  }
  return { state, store: guarded }
}

eachEngine('intake', makeStore => {
  let store: Store
  let disk: ReturnType<typeof fillable>
  let intake: Intake
  let server: Server
  let url: string
  let now = Date.now()
  let ids = 0
  const errors: unknown[] = []
  const parts = () => ({
    store: disk.store,
    secrets,
    bytesMax,
    nowMs: () => now,
    randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
    onError: (cause: unknown) => void errors.push(cause),
  })

  beforeAll(async () => {
    store = await makeStore()
    disk = fillable(store)
    intake = await startIntake(parts())
    server = createServer((request, response) => intake.take(request, response))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/github`
  })
  afterAll(async () => {
    await intake.stop()
    server.closeAllConnections()
    server.close()
  })

  const sign = (body: string | Uint8Array, secret = secrets[1]!) =>
    `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  const newId = () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`

  interface Sent {
    id?: string
    event?: string
    signature?: string
    headers?: Record<string, string>
    method?: string
  }
  function send(body: string | Uint8Array, { id = newId(), event = 'push', signature, headers, method }: Sent = {}) {
    return fetch(url, {
      method: method ?? 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-GitHub-Delivery': id,
        'X-GitHub-Event': event,
        'X-Hub-Signature-256': signature ?? sign(body),
        ...headers,
      },
      ...(method === 'GET' ? {} : { body: body as BodyInit }),
    })
  }
  const kept = () => store.read(rx => rx.db.selectFrom('delivery').selectAll().orderBy('seq').execute())
  const status = async () => (await store.read(intakeStatus))!

  async function readAll(interpretDelivery = reader) {
    const failed: unknown[] = []
    const runner: JobRunner = runJobs({
      store,
      handlers: { [readJob]: readDeliveries({ store, nowMs: () => now, interpretDelivery }) },
      owner: 'test',
      random: Math.random,
      onError: error => void failed.push(error),
    })
    await expect.poll(async () => (await status()).unread, { timeout: 20_000 }).toBe(0)
    await runner.stop()
    expect(failed).toEqual([])
  }
  const reader = ({ event, body }: { event: string; body: unknown }) =>
    readDelivery(event, body, { apiBase: 'https://api.github.com', app: '7' })

  it('keeps what is signed with any of the secrets, byte by byte, and answers 202', async () => {
    for (const secret of secrets) {
      const body = `{"zen":"ä ${secret.length}","n":1e400}  `
      const id = newId()
      expect((await send(body, { id, event: 'ping', signature: sign(body, secret) })).status).toBe(202)
      const row = (await kept()).at(-1)!
      expect(row).toMatchObject({ delivery_id: id, event: 'ping', encoding: 'plain', read_at: null })
      expect(Buffer.from(row.body).toString()).toBe(body)
    }
  })

  it('keeps a large body smaller, and gives it back as it was', async () => {
    const body = Buffer.from(
      JSON.stringify({ commits: Array.from({ length: 9000 }, (_, n) => ({ id: n, message: 'm' })) }),
    )
    expect((await send(body)).status).toBe(202)
    const row = (await kept()).at(-1)!
    expect(row.encoding).toBe('zstd')
    expect(row.body.length).toBeLessThan(body.length / 2)
    expect(
      Buffer.from(await unpackBody({ encoding: row.encoding, body: row.body, bodyBytes: row.body_bytes })),
    ).toEqual(body)
  })

  it('keeps each delivery once, however often, at once and after a restart', async () => {
    const id = newId()
    const before = (await kept()).length
    const answers = await Promise.all(Array.from({ length: 40 }, () => send('{}', { id })))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
    expect(await kept()).toHaveLength(before + 1)
    const other = await startIntake(parts())
    await other.stop()
    expect((await send('{}', { id })).status).toBe(202)
    expect(await kept()).toHaveLength(before + 1)
  })

  it.each<[string, Sent, number, string]>([
    ['another secret', { signature: sign('{}', 'x'.repeat(32)) }, 401, 'signature'],
    ['no signature', { signature: '' }, 401, 'signature'],
    ['an upper-case signature', { signature: sign('{}').toUpperCase() }, 401, 'signature'],
    ['a shorter signature', { signature: sign('{}').slice(0, -1) }, 401, 'signature'],
    ['the SHA-1 signature alone', { signature: `sha1=${'0'.repeat(40)}` }, 401, 'signature'],
    ['no event', { event: '' }, 400, 'headers'],
    ['an event that is a path', { event: '../push' }, 400, 'headers'],
    ['no id', { id: '' }, 400, 'headers'],
    ['an id that is too long', { id: 'a'.repeat(101) }, 400, 'headers'],
    ['a form', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 400, 'media_type'],
    ['an encoded body', { headers: { 'Content-Encoding': 'gzip' } }, 400, 'media_type'],
    ['a GET', { method: 'GET' }, 405, 'method'],
  ])('refuses %s, keeps nothing of it and counts it', async (_, sent, wanted, reason) => {
    const before = (await kept()).length
    const response = await send('{}', sent)
    expect(response.status).toBe(wanted)
    expect(await response.json()).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } })
    expect(await kept()).toHaveLength(before)
    await expect.poll(async () => (await status()).refused.map(one => one.reason), { timeout: 5_000 }).toContain(reason)
  })

  it('refuses more bytes than it takes, whether the length was declared or not', async () => {
    const body = Buffer.alloc(bytesMax + 1, 32)
    const before = (await kept()).length
    expect((await send(body)).status).toBe(413)
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(body))
        controller.close()
      },
    })
    const chunked = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-GitHub-Delivery': newId(),
        'X-GitHub-Event': 'push',
        'X-Hub-Signature-256': sign(body),
      },
      body: stream,
      duplex: 'half',
    } as RequestInit)
    expect(chunked.status).toBe(413)
    expect(await kept()).toHaveLength(before)
    expect((await send(body.subarray(0, bytesMax), { event: 'large' })).status).toBe(202)
  })

  it('answers 503 when the disk is full, marks a gap, and takes the same delivery later', async () => {
    const id = newId()
    disk.state.isFull = true
    const refused = await send('{}', { id })
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('2')
    disk.state.isFull = false
    expect((await send('{}', { id })).status).toBe(202)
    await expect
      .poll(async () => (await status()).gaps, { timeout: 5_000 })
      .toContainEqual(expect.objectContaining({ why: 'not_stored', refused: 1 }))
    expect(errors.splice(0)).not.toEqual([])
  })

  it('holds no more in memory than it may: the rest is refused and counted, and what was taken is kept', async () => {
    const gate = Promise.withResolvers<void>()
    disk.state.before = () => gate.promise
    const body = Buffer.alloc(bytesMax, 32)
    const signature = sign(body)
    const many = Math.ceil(heldBytesMax / bytesMax) + 4
    const asked = Array.from({ length: many }, () => send(body, { signature }))
    const early = await Promise.race(asked)
    expect(early.status).toBe(429)
    expect(early.headers.get('retry-after')).toBe('2')
    const before = (await kept()).length
    gate.resolve()
    disk.state.before = () => Promise.resolve()
    const statuses = (await Promise.all(asked)).map(response => response.status)
    const taken = statuses.filter(one => one === 202).length
    expect(taken).toBeGreaterThan(5)
    expect(statuses.filter(one => one === 429)).toHaveLength(many - taken)
    expect(await kept()).toHaveLength(before + taken)
    await expect
      .poll(async () => (await status()).gaps, { timeout: 5_000 })
      .toContainEqual(expect.objectContaining({ why: 'busy', refused: many - taken }))
  }, 30_000)

  it('reads every recorded payload: understood, ignored or unknown by name, and none makes it fail', async () => {
    const before = (await kept()).length
    const bodies = recorded()
    for (let at = 0; at < bodies.length; at += 50) {
      const part = bodies.slice(at, at + 50)
      const answers = await Promise.all(part.map(([event, body]) => send(JSON.stringify(body), { event })))
      expect(new Set(answers.map(one => one.status))).toEqual(new Set([202]))
    }
    await readAll()
    const rows = (await kept()).slice(before)
    expect(rows).toHaveLength(bodies.length)
    expect(rows.every(({ reading, read_at }) => reading !== null && read_at !== null)).toBe(true)
    const { events, notUnderstood } = await status()
    const sum = events.reduce((total, { told, ignored, unknown }) => total + told + ignored + unknown, 0)
    expect(sum).toBe((await kept()).length)
    expect(events.find(({ event }) => event === 'check_run')).toMatchObject({ unknown: 0 })
    expect(notUnderstood).toContainEqual(expect.objectContaining({ event: 'sponsorship', what: 'event sponsorship' }))
  }, 60_000)

  it('survives anything that is signed: hostile JSON is kept and counted as unknown', async () => {
    const deep = '['.repeat(200_000)
    const hostile = [
      '',
      'null',
      '"\\ud800"',
      deep,
      `${deep}${']'.repeat(200_000)}`,
      '{"action":"a\\u0000b"}',
      '{"action":"\\ud800"}',
      '{"__proto__":{"action":"closed"},"action":{}}',
      '{"action":"closed","pull_request":{"id":1,"updated_at":"9999-12-31T23:59:59Z"}}',
      '{"repository":{"id":1e999,"full_name":[]}}',
      '\ufeff{}',
    ]
    for (const body of hostile) expect((await send(body, { event: 'pull_request' })).status).toBe(202)
    expect((await send(new Uint8Array([0xff, 0xfe, 0x00]), { event: 'push' })).status).toBe(202)
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.json(), fc.string({ unit: 'binary' })),
        fc.constantFrom('push', 'pull_request', 'check_run', 'repository_ruleset', 'nothing_known'),
        async (body, event) => {
          const bytes = Buffer.from(body)
          expect((await send(bytes, { event })).status).toBe(202)
        },
      ),
      { numRuns: 60 },
    )
    await readAll()
    expect((await kept()).filter(({ reading }) => reading === null)).toEqual([])
    // What a reader of ours does wrong is no reason to lose or to stop.
    await send('{"action":"x"}', { event: 'broken' })
    await readAll(() => {
      throw new TypeError('a defect')
    })
    expect((await kept()).at(-1)).toMatchObject({
      reading: 'unknown',
      what: 'a defect of the reader: TypeError',
      action: 'x',
    })
  }, 60_000)

  it('knows which picture of a thing is the newest, whatever order they come in', async () => {
    const show = (minute: number, more = {}) =>
      JSON.stringify({
        action: 'completed',
        check_run: { id: 77, completed_at: `2026-05-01T10:0${minute}:00Z` },
        ...more,
      })
    for (const minute of [3, 1, 3, 4, 2]) await send(show(minute), { event: 'check_run' })
    await send(show(9).replace('2026', '2999'), { event: 'check_run' })
    await send(show(5), { event: 'check_run' })
    await readAll()
    expect((await kept()).slice(-7).map(({ superseded }) => superseded)).toEqual([0, 1, 0, 0, 1, 0, 0])
  })

  it('refuses or waits for a half request, and goes on', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write(
      'POST /hooks/github HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-GitHub-Delivery: half\r\nX-GitHub-Event: push\r\nContent-Length: 1000\r\n\r\n{',
    )
    await new Promise(resolve => setTimeout(resolve, 20))
    socket.destroy()
    expect((await send('{}')).status).toBe(202)
    expect((await kept()).some(({ delivery_id }) => delivery_id === 'half')).toBe(false)
  })

  it('says when nobody was there to deliver to', async () => {
    await intake.stop()
    expect((await send('{}')).status).toBe(503)
    const from = now
    now += 3_600_000
    intake = await startIntake(parts())
    const { gaps } = await status()
    expect(gaps[0]).toMatchObject({
      why: 'not_running',
      from: new Date(from).toISOString(),
      to: new Date(now).toISOString(),
    })
    // The database's clock says when a job is due, and it has not moved.
    now = from
    expect((await send('{}')).status).toBe(202)
  })

  it('erases what it read after its time, and still knows it', async () => {
    const id = newId()
    await send('{}', { id, event: 'ping' })
    await readAll()
    const before = (await status()).events
    await eraseOld(store, now + bodyKeptMs + 1)
    expect(await kept()).toEqual([])
    expect((await status()).events).toEqual(before)
    await send('{}', { id, event: 'ping' })
    expect(await kept()).toEqual([])
  })
})

function recorded(): [string, unknown][] {
  const load = createRequire(import.meta.url)
  const hosts = ['api.github.com', 'ghes-31', 'ghes-35']
  return hosts.flatMap(host =>
    (load(`@octokit/webhooks-examples/${host}/index.json`) as { name: string; examples: unknown[] }[]).flatMap(
      ({ name, examples }) => examples.map((body): [string, unknown] => [name, body]),
    ),
  )
}
