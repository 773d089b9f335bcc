import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { flags } from '../tests/support/flags.ts'
import { type Installation, installAt } from '../tests/support/installation.ts'
import { makePayments } from '../tests/support/payments.ts'
import { diskLine, measureDisk, measureSqlite } from './disk.ts'
import { appender, serverSecretIn } from './ledger.ts'
import { type Line, sample } from './measure.ts'

const commitOf = (at: number) => at.toString(16).padStart(40, '0')

/**
 * `breakglass open` to a live grant, everything durable, logged and reviewed, on the embedded default: in the server, and as
 * the whole command in a process of its own. Beside it the same body through a bare server, one append to the ledger, one
 * commit of SQLite, and the disk.
 */
export async function benchOpen(): Promise<Line[]> {
  const dir = mkdtempSync(join(tmpdir(), 'breakglass-bench-'))
  const acme = await installAt(dir)
  try {
    await makePayments(acme)
    const incident = ['incident', 'open', '--severity', 'SEV1', 'the bench']
    const { id } = await acme.json<{ id: string }>(incident, { as: 'lee' })
    const token = await acme.token('ana')
    return [
      { what: 'open: request to live grant', samples: await overHttp(acme, token, id), barMs: 25, beside: bareLine },
      { what: 'open: the whole command', samples: await wholeCommand(acme, id), barMs: 300, beside: commandLine },
      { what: commandLine, samples: await sample(15, () => acme.breakglass(['--help']), 2), barMs: 150 },
      { what: bareLine, samples: await bareHttp(id) },
      { what: 'part: one append to the ledger over HTTP', samples: await appends(acme), barMs: 5, beside: diskLine },
      await measureSqlite(dir),
      await measureDisk(dir),
    ]
  } finally {
    await acme.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

const commandLine = 'limit: the command line that only prints its help'
const bareLine = 'peer: bare node:http with the same body'

const bodyOf = (at: number, incident: string) =>
  JSON.stringify({
    gates: ['payments/tests'],
    repository: 'acme/payments',
    ref: 'main',
    change: { commit: `sha1:${commitOf(at)}` },
    mode: 'online',
    incident,
    justification: 'payments are down and the fix waits behind a flaky test',
  })

function overHttp({ url }: Installation, token: string, incident: string): Promise<number[]> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  return sample(
    200,
    async at => {
      const response = await fetch(`${url}/api/v1/glass`, { method: 'POST', headers, body: bodyOf(at, incident) })
      const { grants } = (await response.json()) as { grants: { state: string }[] }
      if (grants[0]?.state !== 'live') throw new Error(`expected a live grant, found ${grants[0]?.state}`)
    },
    30,
  )
}

function wholeCommand(acme: Installation, incident: string): Promise<number[]> {
  return sample(
    15,
    async at => {
      const change = `acme/payments@${commitOf(1_000_000 + at)}`
      const options = flags({
        ref: 'main',
        gate: 'payments/tests',
        incident,
        reason: 'payments are down, the fix waits',
      })
      const opened = await acme.breakglass(['open', change, ...options], { as: 'ana' })
      if (opened.code !== 0) throw new Error(`expected an open gate, found\n${opened.stdout}${opened.stderr}`)
    },
    2,
  )
}

async function bareHttp(incident: string): Promise<number[]> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => response.end(Buffer.concat(parts)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // of a TCP server that listens
  try {
    return await sample(200, async at => {
      const sent = { method: 'POST', body: bodyOf(at, incident) }
      await (await fetch(`http://127.0.0.1:${port}/`, sent)).text()
    })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

function appends({ dir, ledger }: Installation): Promise<number[]> {
  return sample(200, appender(String(ledger.ready['url']), serverSecretIn(join(dir, 'ledger'))), 30)
}
