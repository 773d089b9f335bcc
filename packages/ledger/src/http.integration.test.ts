import { get } from 'node:http'
import { connect } from 'node:net'
import { emptyRoot, encodeBase64, formatDigest, hashLeaf, parseBundle } from '@breakglass/verify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bodyBytesMax } from './http/access.ts'
import { type ServedLedger, type ServeOptions, serveLedger } from './http.ts'
import type { Ledger, LedgerOptions } from './ledger.ts'
import type { LogEvent } from './log.ts'
import { checkSound, entriesFrom, newLedger, open, startMs, verifyLogged } from './testing/temporary-ledger.ts'

interface Served {
  ledger: Ledger
  server: ServedLedger
  dir: string
  secrets: { server: string; reader: string }
  call(
    path: string,
    init?: { secret?: string; body?: string | Uint8Array<ArrayBuffer>; method?: string; type?: string },
  ): Promise<Response>
}

async function serve(options: Partial<ServeOptions> = {}, ledgerOptions: Partial<LedgerOptions> = {}): Promise<Served> {
  const { dir, credentials } = await newLedger()
  const ledger = await open(dir, ledgerOptions)
  const server = await serveLedger(ledger, { now: () => startMs, ...options })
  onTestFinished(() => server.close())
  const secrets = { server: credentials[0]!.secret, reader: credentials[1]!.secret }
  return {
    ledger,
    server,
    dir,
    secrets,
    call: (path, { secret = secrets.server, body, method, type } = {}) =>
      fetch(`${server.url}${path}`, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: {
          ...(secret === '' ? {} : { authorization: `Bearer ${secret}` }),
          ...(type === undefined ? {} : { 'content-type': type }),
        },
        ...(body === undefined ? {} : { body }),
      }),
  }
}

async function refusal(response: Promise<Response>): Promise<string> {
  const answer = await response
  const { error } = (await answer.json()) as { error: { code: string; message: string } }
  expect(error.message).not.toBe('')
  return `${answer.status} ${error.code}`
}

describe('over HTTP', () => {
  it('appends lines in the order sent, and proves them', async () => {
    const { call, ledger, dir } = await serve()
    const response = await call('/append', { body: 'one\ntwo\none\n' })
    expect(response.status).toBe(200)
    const { entries } = (await response.json()) as {
      entries: { index: number; leaf: `sha256:${string}`; proof: string }[]
    }
    expect(entries.map(({ index }) => index)).toEqual([0, 1, 0])
    for (const [position, text] of ['one', 'two', 'one'].entries()) {
      expect(entries[position]?.leaf).toBe(formatDigest(hashLeaf(Buffer.from(text))))
      verifyLogged(Buffer.from(text), entries[position]!, ledger.vkey)
    }
    // With or without a line end behind the last, the entries are the same.
    const again = (await (await call('/append', { body: 'two' })).json()) as { entries: { index: number }[] }
    expect(again.entries.map(({ index }) => index)).toEqual([1])
    expect(checkSound(dir).size).toBe(2)
  })

  it('answers by leaf hash, and says how far it looked when there is none', async () => {
    const { call, ledger } = await serve()
    await ledger.append(entriesFrom(0, 3))
    const leaf = (index: number) => Buffer.from(hashLeaf(entriesFrom(index, 1)[0]!)).toString('hex')
    const found = await call(`/proof/${leaf(1)}`)
    expect(found.status).toBe(200)
    const entry = (await found.json()) as { index: number; leaf: `sha256:${string}`; proof: string }
    verifyLogged(entriesFrom(1, 1)[0]!, entry, ledger.vkey)
    const missing = await call(`/proof/${leaf(7)}`)
    expect(missing.status).toBe(404)
    expect(await missing.json()).toMatchObject({ error: { code: 'not_in_log' }, size: 3 })
    expect(await refusal(call('/proof/abc'))).toBe('404 not_found')
    expect(await refusal(call(`/proof/${leaf(1).toUpperCase()}`))).toBe('404 not_found')
  })

  it('serves checkpoint and tiles as C2SP tlog-tiles', async () => {
    const { call, ledger, secrets } = await serve()
    const secret = secrets.reader
    await ledger.append(entriesFrom(0, 256))
    await ledger.append(entriesFrom(256, 2))
    const checkpoint = await call('/checkpoint')
    expect(checkpoint.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await checkpoint.text()).toBe(ledger.checkpoint().note)
    const full = await call('/tile/0/000', { secret })
    expect(full.headers.get('content-type')).toBe('application/octet-stream')
    expect((await full.arrayBuffer()).byteLength).toBe(8192)
    const bundle = parseBundle(new Uint8Array(await (await call('/tile/entries/001.p/2', { secret })).arrayBuffer()))
    expect(bundle.ok && bundle.value.map(bytes => Buffer.from(bytes).toString())).toEqual(['entry 256', 'entry 257'])
    for (const path of ['/tile/0/001', '/tile/0/001.p/3', '/tile/0/1', '/tile/0/..%2f..%2f..%2fledger.key', '/tile/']) {
      expect((await call(path, { secret })).status).toBe(404)
    }
  })

  it('serves nothing outside the tree, however the path is spelled', async () => {
    const { server, secrets } = await serve()
    for (const path of [
      '/tile/../checkpoint',
      '/tile/../../ledger.key',
      '/tile/0/%2e%2e/%2e%2e/%2e%2e/ledger.key',
      '//ledger.key',
    ]) {
      // Not by fetch, which would tidy the path up first.
      const status = await new Promise(resolve => {
        const headers = { authorization: `Bearer ${secrets.reader}` }
        const { hostname, port } = new URL(server.url)
        get({ hostname, port, path, headers }, response => {
          response.resume()
          resolve(response.statusCode)
        })
      })
      expect(status).toBe(404)
    }
  })

  it('says how it is without a credential', async () => {
    const { call, ledger } = await serve()
    const { origin, vkey } = ledger
    const answer = await call('/healthz', { secret: '' })
    const now = '2026-01-01T00:00:00.000Z'
    expect(await answer.json()).toEqual({
      origin,
      vkey,
      size: 0,
      root: encodeBase64(emptyRoot),
      now,
      credentials: 'current',
      reads: 'not_recorded',
    })
    expect(answer.headers.get('connection')).toBe('close')
  })

  it('refuses who is not known, and who may not', async () => {
    const { call, secrets, ledger } = await serve()
    const almost = `${secrets.server.slice(0, -1)}${secrets.server.endsWith('A') ? 'B' : 'A'}`
    for (const secret of ['', 'x', almost, `${secrets.server} x`]) {
      expect(await refusal(call('/append', { secret, body: 'a' }))).toBe('401 no_credential')
      expect(await refusal(call('/checkpoint', { secret }))).toBe('401 no_credential')
    }
    expect(await refusal(call('/append', { secret: secrets.reader, body: 'a' }))).toBe('403 not_allowed')
    expect((await call('/checkpoint', { secret: secrets.reader })).status).toBe(200)
    // Who appends needs proofs, and no entries.
    expect((await call('/checkpoint')).status).toBe(200)
    expect(await refusal(call('/tile/entries/000'))).toBe('403 not_allowed')
    expect(ledger.checkpoint().size).toBe(0)
  })

  it('refuses what is malformed, and takes none of it', async () => {
    const { call, ledger } = await serve()
    expect(await refusal(call('/append', { body: '' }))).toBe('400 bad_entry')
    expect(await refusal(call('/append', { body: 'a\n\nb\n' }))).toBe('400 bad_entry')
    expect(await refusal(call('/append', { body: '\n' }))).toBe('400 bad_entry')
    expect(await refusal(call('/append', { body: '{}', type: 'application/json' }))).toBe('400 bad_entry')
    expect(await refusal(call('/append', { body: 'x'.repeat(32_769) }))).toBe('413 too_large')
    expect(await refusal(call('/append', { body: Array.from({ length: 257 }, (_, i) => i).join('\n') }))).toBe(
      '413 too_large',
    )
    expect(await refusal(call('/append', { body: new Uint8Array(bodyBytesMax + 1).fill(0x61) }))).toBe('413 too_large')
    expect(await refusal(call('/append'))).toBe('405 method_not_allowed')
    expect((await call('/append')).headers.get('allow')).toBe('POST')
    expect(await refusal(call('/checkpoint', { body: 'x' }))).toBe('405 method_not_allowed')
    expect(await refusal(call('/checkpoint', { method: 'DELETE' }))).toBe('405 method_not_allowed')
    expect(await refusal(call('/nothing'))).toBe('404 not_found')
    expect(await refusal(call('/'))).toBe('404 not_found')
    expect(ledger.checkpoint().size).toBe(0)
    // The server is well after all that.
    expect((await call('/append', { body: 'x'.repeat(32_768) })).status).toBe(200)
  })

  it('takes any bytes but the line end as an entry', async () => {
    const { call, ledger } = await serve()
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte).filter(byte => byte !== 10)
    const response = await call('/append', { body: bytes, type: 'text/plain' })
    const { entries } = (await response.json()) as {
      entries: [{ index: number; leaf: `sha256:${string}`; proof: string }]
    }
    verifyLogged(bytes, entries[0], ledger.vkey)
  })

  it('cuts off whoever is too slow with headers or body, and nobody else', async () => {
    const { call, server, secrets } = await serve({ headersTimeoutMs: 200, requestTimeoutMs: 400 })
    const { port } = new URL(server.url)
    const head = `POST /append HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secrets.server}\r\n`
    // One never says a byte.
    const slow = ['', head, `${head}Content-Length: 100\r\n\r\nabc`].map(
      text =>
        new Promise<string>((resolve, reject) => {
          const socket = connect(Number(port), '127.0.0.1', () => socket.write(text))
          let answer = ''
          socket.on('data', data => (answer += data.toString()))
          socket.on('close', () => resolve(answer))
          socket.on('error', reject)
        }),
    )
    expect((await call('/append', { body: 'quick' })).status).toBe(200)
    for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 408/)
    expect((await call('/append', { body: 'quick' })).status).toBe(200)
  })

  it('answers 429 past its queue, and the same entries later', async () => {
    const { call } = await serve({}, { queueEntriesMax: 8 })
    const bodyOf = (caller: number) => Array.from({ length: 4 }, (_, line) => `${caller}.${line}`).join('\n')
    const statuses = await Promise.all(
      Array.from({ length: 40 }, async (_, caller) => {
        const response = await call('/append', { body: bodyOf(caller) })
        if (response.status !== 200) expect(await refusal(Promise.resolve(response))).toBe('429 too_many')
        return response.status
      }),
    )
    expect(new Set(statuses)).toEqual(new Set([200, 429]))
    for (let caller = 0; caller < 40; caller++)
      expect((await call('/append', { body: bodyOf(caller) })).status).toBe(200)
  })

  it('keeps secrets and entries out of its log', async () => {
    const events: LogEvent[] = []
    const log = (event: LogEvent) => void events.push(event)
    const { call, secrets, ledger } = await serve({ log }, { log })
    await call('/append', { body: 'a private matter' })
    await ledger.close()
    expect(await refusal(call('/append', { body: 'another private matter' }))).toBe('503 stopping')
    const text = JSON.stringify(events)
    expect(text).toContain('request_failed')
    expect(text).not.toContain('private matter')
    for (const secret of Object.values(secrets)) expect(text).not.toContain(secret)
  })

  it('answers what is under way before it closes', async () => {
    const { call, server, ledger } = await serve()
    const answers = Array.from({ length: 10 }, (_, caller) => call('/append', { body: `caller ${caller}` }))
    await answers[0]
    const closed = server.close()
    const outcomes = await Promise.allSettled(answers)
    await closed
    // Whoever was let in has an answer; nobody was told of an entry that is not there.
    const told = outcomes.filter(outcome => outcome.status === 'fulfilled' && outcome.value.status === 200).length
    expect(told).toBeGreaterThan(0)
    expect(ledger.checkpoint().size).toBeGreaterThanOrEqual(told)
  })
})
