import fs from 'node:fs'
import { connect } from 'node:net'
import {
  formatCheckpoint,
  openCheckpoint,
  parseNote,
  parseTrustPolicy,
  signNote,
  type VerifiedCheckpoint,
} from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { startMs } from '../testing/temporary-ledger.ts'
import { originHash } from './heads.ts'
import { formatAddCheckpoint, requestBytesMax } from './request.ts'
import { type ForkedLog, forkedLog } from './testing/forked-log.ts'
import { newWitness, open, serve } from './testing/temporary-witness.ts'

interface Step {
  status: number
  body?: string
  get?: true
  serves?: number
  raw?: string
  log?: 'other' | 'unknown'
  old?: number
  size?: number
  fork?: number
  root?: 'zeros'
  proof?: 'none' | 'a hash too many' | 'a bit flipped'
  signed?: keyof typeof signing
}

const log = forkedLog()
const second = forkedLog('log.example/test', 2)
const stranger = forkedLog('log.example/test', 3)
const logs = { other: forkedLog('other.example/log', 4), unknown: forkedLog('unknown.example/log', 5) }
const trusted = [log, second, logs.other].map(({ signer }) => signer.vkey)

const broken = (line: string) =>
  line.replace(/.{8}\n$/, match => (match.startsWith('A') ? `B${match.slice(1)}` : `A${match.slice(1)}`))
const signing = {
  'by a stranger': (text: string) => stranger.signer.sign(text),
  badly: (text: string) => broken(log.signer.sign(text)),
  'well, and badly': (text: string) => log.signer.sign(text) + broken(second.signer.sign(text)),
  'and by a stranger': (text: string) => stranger.signer.sign(text) + log.signer.sign(text),
  'by the second key': (text: string) => second.signer.sign(text),
  'by both keys': (text: string) => second.signer.sign(text) + log.signer.sign(text),
}

function requestOf(step: Step): { body: string; note: string } {
  const whole = step.log === undefined ? log : logs[step.log]
  const told: ForkedLog = step.fork === undefined ? whole : whole.fork(step.fork)
  const { old = 0, size = 0, proof: kind, signed } = step
  const root = step.root === 'zeros' ? new Uint8Array(32) : told.root(size)
  const text = formatCheckpoint({ origin: told.signer.name, size, root })
  const note = signed === undefined ? signNote(text, told.signer) : `${text}\n${signing[signed](text)}`
  const proof = kind === 'none' || old > size ? [] : told.proof(old, size)
  if (kind === 'a hash too many') proof.push(new Uint8Array(32))
  if (kind === 'a bit flipped') proof[0] = proof[0]!.with(31, proof[0]![31]! ^ 1)
  return { body: formatAddCheckpoint(old, proof, note), note }
}

async function witnessed(): Promise<{ url: string; vkey: string }> {
  const { dir, vkey } = await newWitness(trusted)
  return { url: await serve(open(dir)), vkey }
}

const post = (url: string, body: string | Uint8Array<ArrayBuffer>) =>
  fetch(`${url}/add-checkpoint`, { method: 'POST', body })

function cosignedBy(vkey: string, note: string): VerifiedCheckpoint {
  const logLines = trusted.map(vkey => `log ${vkey}\n`).join('')
  const policy = parseTrustPolicy(`${logLines}witness w ${vkey}\nquorum w\n`)
  if (!policy.ok) throw new Error('expected a policy')
  const opened = openCheckpoint(note, policy.value)
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults))
  return opened.value
}

const conversations = JSON.parse(fs.readFileSync(new URL('./conversations.json', import.meta.url), 'utf8')) as {
  title: string
  steps: Step[]
}[]

describe('a witness over HTTP', () => {
  it.each(conversations.map(({ title, steps }) => [title, steps] as const))('%s', async (_, steps) => {
    const { url, vkey } = await witnessed()
    for (const [number, step] of steps.entries()) {
      const asked = step.raw === undefined ? requestOf(step) : { body: step.raw, note: '' }
      const answer =
        step.get === true
          ? await fetch(`${url}/${originHash(log.signer.name)}/checkpoint`)
          : await post(url, asked.body)
      const text = await answer.text()
      expect({ number, status: answer.status, text }).toMatchObject({ number, status: step.status })
      if (step.status === 409) {
        expect([answer.headers.get('content-type'), text]).toEqual(['text/x.tlog.size', step.body])
      } else if (step.status !== 200) {
        expect(JSON.parse(text)).toHaveProperty('error.code')
      } else if (step.get === true) {
        expect(cosignedBy(vkey, text).size).toBe(step.serves)
        expect(text).not.toContain(stranger.signer.sign('a\n').slice(0, 26))
      } else {
        const { size, cosignatures } = cosignedBy(vkey, asked.note + text)
        expect([size, cosignatures]).toEqual([step.size, [{ name: 'w', timeSeconds: startMs / 1000 }]])
        expect(text.split('\n')).toHaveLength(2)
      }
    }
  })

  it('serves its latest checkpoint with the lines of known keys only', async () => {
    const { url } = await witnessed()
    expect(
      (await post(url, requestOf({ status: 200, old: 0, size: 5, signed: 'and by a stranger' }).body)).status,
    ).toBe(200)
    const note = parseNote(await (await fetch(`${url}/${originHash(log.signer.name)}/checkpoint`)).text())
    expect(note.ok && note.value.signatures.map(({ keyId }) => keyId)).toEqual([log.signer.keyId, expect.any(Number)])
  })

  it('refuses what is not there, other methods, and bodies without bounds', async () => {
    const { url, vkey } = await witnessed()
    const status = async (path: string, init?: RequestInit) => (await fetch(`${url}${path}`, init)).status
    expect(await status('/')).toBe(404)
    expect(await status(`/${'0'.repeat(64)}/checkpoint`)).toBe(404)
    expect(await status(`/${originHash(log.signer.name).toUpperCase()}/checkpoint`)).toBe(404)
    expect(await status('/add-checkpoint')).toBe(405)
    expect(await status('/healthz', { method: 'POST', body: 'x' })).toBe(405)
    expect((await post(url, new Uint8Array(requestBytesMax + 1).fill(10))).status).toBe(413)
    expect((await post(url, new Uint8Array(requestBytesMax).fill(255))).status).toBe(400)
    const health = await (await fetch(`${url}/healthz`)).json()
    expect(health).toEqual({ name: 'witness.example/1', vkey, now: '2026-01-01T00:00:00.000Z' })
    expect((await post(url, requestOf({ status: 200, old: 0, size: 1 }).body)).status).toBe(200)
  })

  it('cuts off whoever is too slow, and nobody else', async () => {
    const { dir } = await newWitness(trusted)
    const url = await serve(open(dir), { headersTimeoutMs: 200, requestTimeoutMs: 400 })
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
        socket.write('POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nold 0'),
      )
      socket.on('data', data => (text += data.toString()))
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 408/)
    expect((await post(url, requestOf({ status: 200, old: 0, size: 1 }).body)).status).toBe(200)
  })
})
