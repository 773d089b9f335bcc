import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initLedger, openLedger } from '@breakglass/ledger'
import { bins, start } from '../tests/support/processes.ts'
import { startWitnesses } from '../tests/support/witnesses.ts'
import { diskLine, measureDisk } from './disk.ts'
import { type Line, sample, sustain } from './measure.ts'
import { peer } from './peers.ts'

const callers = 64

/** A ledger of its own: one caller at a time, and 64 that ask again as soon as they are answered; and with witnesses. */
export async function benchLedger(): Promise<Line[]> {
  const dir = mkdtempSync(join(tmpdir(), 'breakglass-bench-'))
  try {
    return [
      ...(await overHttp(join(dir, 'served'))),
      await withWitnesses(dir, 2),
      await withWitnesses(dir, 3),
      await inProcess(join(dir, 'opened'), 1, 200),
      await inProcess(join(dir, 'batches'), 64, 12),
      await inProcess(join(dir, 'largest'), 256, 40, 16),
      await bareHttp(),
      ...(await hypercore(join(dir, 'hypercore'))),
      await measureDisk(dir),
    ]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const bareLine = `peer: ${callers} callers of a bare node:http process that echoes the body`

async function overHttp(dir: string): Promise<Line[]> {
  const { credentials } = await initLedger({ dir, now: Date.now })
  const secret = credentials.find(({ name }) => name === 'server')?.secret ?? ''
  const ledger = await start(bins.ledger, ['serve', '--dir', dir])
  try {
    const append = appender(String(ledger.ready['url']), secret)
    const one = { what: 'ledger: one append over HTTP', samples: await sample(200, append, 30) }
    const many = await sustain(callers, 60, at => append(1_000_000 + at), 5)
    return [
      { ...one, barMs: 5, beside: diskLine },
      { what: `ledger: ${callers} callers over HTTP`, ...many, barPerSecond: 5000, beside: bareLine },
    ]
  } finally {
    await ledger.stop()
  }
}

/** Three witnesses, each a process of its own on this machine; so many of them must have cosigned. */
async function withWitnesses(dir: string, needed: number): Promise<Line> {
  const home = join(dir, `witnessed-${needed}`)
  const { credentials, vkey } = await initLedger({ dir: home, now: Date.now })
  const witnesses = await startWitnesses(`${home}.witnesses`, vkey, { count: 3, needed })
  writeFileSync(join(home, 'policy'), witnesses.policy)
  const ledger = await start(bins.ledger, ['serve', '--dir', home])
  try {
    const append = appender(
      String(ledger.ready['url']),
      credentials.find(({ name }) => name === 'server')?.secret ?? '',
    )
    const samples = await sample(150, append, 30)
    return { what: `ledger: one append, ${needed} of three witnesses`, samples, barMs: 25, beside: diskLine }
  } finally {
    await ledger.stop()
    await witnesses.stop()
  }
}

/** So many entries an append, each caller as soon as it is answered; a second counts entries. At most 4 096 may wait at once. */
async function inProcess(dir: string, entries: number, each: number, asking = callers): Promise<Line> {
  await initLedger({ dir, now: Date.now })
  const ledger = await openLedger({ dir, now: Date.now })
  const batch = (at: number) => Array.from({ length: entries }, (_, of) => Buffer.from(entryOf(at * entries + of)))
  try {
    const { samples, perSecond } = await sustain(asking, each, at => ledger.append(batch(at)), 3)
    const what = `ledger: ${asking} callers in process, ${entries} ${entries === 1 ? 'entry' : 'entries'} an append`
    return { what, samples, perSecond: perSecond * entries, barPerSecond: 50_000 }
  } finally {
    await ledger.close()
  }
}

/** What HTTP alone costs: the same callers, the same body, a process that only sends it back. */
async function bareHttp(): Promise<Line> {
  const script = `require('node:http').createServer((q, r) => { const p = []; q.on('data', d => p.push(d)); q.on('end', () => r.end(Buffer.concat(p))) })
    .listen(0, '127.0.0.1', function () { console.log(this.address().port) })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [port] = (await once(child.stdout, 'data')) as [Buffer]
    const send = appender(`http://127.0.0.1:${String(port).trim()}`, 'nobody')
    return { what: bareLine, ...(await sustain(callers, 60, send, 5)) }
  } finally {
    child.kill()
  }
}

interface Hypercore {
  ready(): Promise<void>
  append(block: Buffer): Promise<unknown>
  close(): Promise<void>
}

/** It answers without waiting for the disk's sync, and there is no proof in its answer. */
async function hypercore(dir: string): Promise<Line[]> {
  const module = await peer<{ default: new (dir: string) => Hypercore }>('hypercore')
  if (module === undefined) return []
  const core: Hypercore = new module.default(dir)
  await core.ready()
  try {
    const many = await sustain(callers, 60, at => core.append(Buffer.from(entryOf(at))), 5)
    return [{ what: `peer: ${callers} callers of hypercore in process, no proof`, ...many }]
  } finally {
    await core.close()
  }
}

/** About the length of a statement, and another one each time. */
const entryOf = (at: number) => `entry ${at} ${'x'.repeat(900)}`

/** One append on kept connections, by `node:http`: at 64 callers `fetch` would cost this side more than the ledger's. */
export function appender(url: string, secret: string): (at: number) => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const headers = { Authorization: `Bearer ${secret}`, 'Content-Type': 'text/plain' }
  return async at => {
    const { status, text } = await post(`${url}/append`, { agent, headers }, entryOf(at))
    if (status !== 200) throw new Error(`expected 200, found ${status}: ${text}`)
  }
}

/** The secret that an installed ledger keeps for the server. */
export const serverSecretIn = (dir: string) => readFileSync(join(dir, 'credentials', 'server.secret'), 'utf8').trim()

function post(
  url: string,
  options: { agent: Agent; headers: Record<string, string> },
  body: string,
): Promise<{ status: number | undefined; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; text: string }>()
  const sent = request(url, { method: 'POST', ...options }, (response: IncomingMessage) => {
    const parts: Buffer[] = []
    response.on('data', (part: Buffer) => parts.push(part))
    response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(parts).toString('utf8') }))
    response.on('error', reject)
  })
  sent.on('error', reject)
  sent.end(body)
  return promise
}
