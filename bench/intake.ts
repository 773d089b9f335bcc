import { spawn } from 'node:child_process'
import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureDisk } from './disk.ts'
import { type Line, sustain } from './measure.ts'

const callers = 64
const each = 200
const secret = 'a-secret-of-the-bench-that-nobody-uses'
const bareLine = 'peer: a bare node:http process that reads the body and answers'

/**
 * Deliveries of GitHub as they come in a flood: signed, each with an id of its own, from another process. Ours are verified,
 * kept once and on the disk before they are answered; the peers keep nothing.
 */
export async function benchIntake(): Promise<Line[]> {
  const dir = mkdtempSync(join(tmpdir(), 'breakglass-bench-'))
  try {
    const ours = await measure('intake: deliveries verified, durable, known once', 'ours', dir)
    const peers = [
      await measure('peer: Probot’s middleware, verified, nothing kept', 'probot', dir),
      await measure(bareLine, 'bare', dir),
    ]
    return [
      ...ours.map(line => ({ ...line, barPerSecond: 4000, beside: bareLine })),
      ...peers.flat(),
      await measureDisk(dir),
    ]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function measure(what: string, which: string, dir: string): Promise<Line[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'intake-child.ts'), which, secret, dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const [port] = (await once(child.stdout, 'data')) as [Buffer]
    if (Number(port) === 0) return []
    return [{ what, ...(await sustain(callers, each, sender(Number(port)), 20)) }]
  } finally {
    child.stdin.end()
    await once(child, 'exit')
  }
}

/** Every recorded delivery in turn, by `node:http`: `fetch` would cost this side more than the other. */
function sender(port: number): (at: number) => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const deliveries = recorded()
  return at =>
    new Promise((resolve, reject) => {
      const { body, headers } = deliveries[at % deliveries.length] ?? { body: Buffer.alloc(0), headers: {} }
      const options = { method: 'POST', port, host: '127.0.0.1', path: '/hooks/github', agent }
      const sent = request({ ...options, headers: { ...headers, 'X-GitHub-Delivery': randomUUID() } }, response => {
        response.resume().on('end', () => {
          if (Math.floor((response.statusCode ?? 0) / 100) === 2) resolve()
          else reject(new Error(`expected 2xx, found ${response.statusCode}`))
        })
      })
      sent.on('error', reject)
      sent.end(body)
    })
}

interface Recorded {
  body: Buffer
  headers: Record<string, string | number>
}

/** What GitHub has sent, of every event: 329 deliveries of 10 kB at the mean. */
function recorded(): Recorded[] {
  const load = createRequire(import.meta.url)
  const all = load('@octokit/webhooks-examples/api.github.com/index.json') as { name: string; examples: unknown[] }[]
  return all.flatMap(({ name, examples }) =>
    examples.map(example => {
      const body = Buffer.from(JSON.stringify(example))
      const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
      const headers = {
        'Content-Type': 'application/json',
        'Content-Length': body.length,
        'X-GitHub-Event': name,
        'X-Hub-Signature-256': signature,
      }
      return { body, headers }
    }),
  )
}
