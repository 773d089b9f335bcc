import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initLedger, openLedger } from '@breakglass/ledger'
import { bins, start } from '../tests/support/processes.ts'
import { diskLine, measureDisk } from './disk.ts'
import { type Line, sample, sustain } from './measure.ts'

const callers = 64

/** A ledger of its own, no witness: one caller at a time, and 64 that ask again as soon as they are answered. */
export async function benchLedger(): Promise<Line[]> {
  const dir = mkdtempSync(join(tmpdir(), 'breakglass-bench-'))
  try {
    return [...(await overHttp(join(dir, 'served'))), await inProcess(join(dir, 'opened')), await measureDisk(dir)]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

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
      { what: `ledger: ${callers} callers over HTTP`, ...many, barPerSecond: 5000 },
    ]
  } finally {
    await ledger.stop()
  }
}

async function inProcess(dir: string): Promise<Line> {
  await initLedger({ dir, now: Date.now })
  const ledger = await openLedger({ dir, now: Date.now })
  try {
    const many = await sustain(callers, 200, at => ledger.append([Buffer.from(entryOf(at))]), 20)
    return { what: `ledger: ${callers} callers in process`, ...many, barPerSecond: 50_000 }
  } finally {
    await ledger.close()
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
