import fs from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import {
  type Cosigner,
  cosignerFromSeed,
  formatCheckpoint,
  openCheckpoint,
  parseTrustPolicy,
  signNote,
  type TrustPolicy,
} from '@breakglass/verify'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { LogEvent } from '../log.ts'
import { codeOf, startMs } from '../testing/temporary-ledger.ts'
import { originHash } from '../witness/heads.ts'
import { type ForkedLog, forkedLog } from '../witness/testing/forked-log.ts'
import { newWitness, open, serve } from '../witness/testing/temporary-witness.ts'
import type { Witness, WitnessOptions } from '../witness/witness.ts'
import { type AskOptions, askWitnesses, type Cosigned, type Witnesses } from './witnesses.ts'

const log = forkedLog()
const origin = log.signer.name
const checkpointPath = `/${originHash(origin)}/checkpoint`

interface Member {
  vkey: string
  url?: string
}

interface Real extends Member {
  url: string
  dir: string
  witness: Witness
}

async function realWitness(name: string, options: Partial<WitnessOptions> = {}): Promise<Real> {
  const { dir, vkey } = await newWitness([log.signer.vkey], name)
  const witness = open(dir, options)
  return { dir, vkey, witness, url: await serve(witness) }
}

/** A server that answers as it likes, with a witness's key at hand. */
async function liar(
  seed: number,
  listener: (cosigner: Cosigner) => RequestListener,
): Promise<Member & { url: string }> {
  const cosigner = cosignerFromSeed(`liar.example/${seed}`, new Uint8Array(32).fill(seed))
  const server = createServer(listener(cosigner))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise<void>(resolve => server.close(() => resolve()))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return { vkey: cosigner.vkey, url: `http://127.0.0.1:${address.port}` }
}

function policyOf(members: readonly Member[], needed: number | 'none'): TrustPolicy {
  const lines = members.map(
    ({ vkey, url }, index) => `witness w${index + 1} ${vkey}${url === undefined ? '' : ` ${url}`}\n`,
  )
  const group = `group enough ${needed === 'none' ? 'any' : needed} ${members.map((_, index) => `w${index + 1}`).join(' ')}\n`
  const quorum = needed === 'none' ? 'none' : 'enough'
  const policy = parseTrustPolicy(`log ${log.signer.vkey}\n${lines.join('')}${group}quorum ${quorum}\n`)
  if (!policy.ok) throw new Error(JSON.stringify(policy.faults))
  return policy.value
}

function asking(members: readonly Member[], needed: number | 'none', options: Partial<AskOptions> = {}) {
  const policy = policyOf(members, needed)
  const witnesses = askWitnesses({ policy, origin, now: () => startMs, log: () => undefined, ...options })
  onTestFinished(() => witnesses.close())
  return { policy, witnesses }
}

const cosign = (witnesses: Witnesses, size: number, told: ForkedLog = log): Promise<Cosigned> =>
  witnesses.cosign({ size, note: told.checkpoint(size) }, from => told.proof(from, size))

const codes = ({ faults }: Cosigned): string[] => faults.map(({ witness, code }) => `${witness} ${code}`)

/** When all that is under way is done: a later question of the same size waits its turn. */
async function settled(witnesses: Witnesses, size: number): Promise<void> {
  for (let views = await witnesses.latest(); !views.every(view => view.state === 'knows' && view.size === size); ) {
    views = await witnesses.latest()
  }
}

describe('asking three witnesses', () => {
  it('gets lines that hold, in the policy’s order, and keeps each up to date', async () => {
    const members = [await realWitness('w/1'), await realWitness('w/2'), await realWitness('w/3')]
    const { policy, witnesses } = asking(members, 3)
    for (const size of [0, 1, 5, 5, 64, 300]) {
      const cosigned = await cosign(witnesses, size)
      expect(cosigned).toMatchObject({ met: true, faults: [] })
      const opened = openCheckpoint(log.checkpoint(size) + cosigned.lines.join(''), policy)
      expect(opened.ok && opened.value.cosignatures.map(({ name }) => name)).toEqual(['w1', 'w2', 'w3'])
    }
  })

  it('makes one proof for all that stand at the same size', async () => {
    const members = [await realWitness('w/1'), await realWitness('w/2'), await realWitness('w/3')]
    const { witnesses } = asking(members, 3)
    await cosign(witnesses, 5)
    const froms: number[] = []
    await witnesses.cosign({ size: 9, note: log.checkpoint(9) }, from => {
      froms.push(from)
      return log.proof(from, 9)
    })
    expect(froms).toEqual([5])
  })

  it('starts from what each knows, after it has forgotten itself', async () => {
    const members = [await realWitness('w/1'), await realWitness('w/2')]
    await cosign(asking(members, 2).witnesses, 5)
    await cosign(asking(members.slice(0, 1), 1).witnesses, 8)
    const { witnesses } = asking(members, 2)
    expect(await witnesses.latest()).toMatchObject([
      { witness: 'w1', state: 'knows', size: 8, root: log.root(8) },
      { witness: 'w2', state: 'knows', size: 5, root: log.root(5) },
    ])
    expect(await cosign(witnesses, 9)).toMatchObject({ met: true, faults: [] })
    // Without having asked first, by the 409.
    expect(await cosign(asking(members, 2).witnesses, 12)).toMatchObject({ met: true, faults: [] })
  })

  it('goes on with one down, names it, and with two down says that it is not enough', async () => {
    const members = [
      await realWitness('w/1'),
      await realWitness('w/2'),
      { vkey: cosignerFromSeed('w/3', new Uint8Array(32)).vkey, url: 'http://127.0.0.1:1' },
    ]
    const { witnesses } = asking(members, 2)
    expect(await cosign(witnesses, 5)).toMatchObject({ met: true })
    expect(await witnesses.latest()).toMatchObject([
      { state: 'knows' },
      { state: 'knows' },
      { witness: 'w3', state: 'unreachable' },
    ])
    const all = asking(members, 3).witnesses
    const cosigned = await cosign(all, 6)
    expect([cosigned.met, cosigned.lines.length, codes(cosigned)]).toEqual([false, 2, ['w3 unreachable']])
  })

  it('does not wait for a slow one, which catches up', async () => {
    const go = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const stall = async () => {
      reached.resolve()
      await go.promise
    }
    const members = [await realWitness('w/1'), await realWitness('w/2'), await realWitness('w/3', { stall })]
    const { witnesses } = asking(members, 2, { timeoutMs: 20_000 })
    for (const size of [5, 6, 7]) {
      const { met, lines } = await cosign(witnesses, size)
      expect([met, lines.length]).toEqual([true, 2])
    }
    await reached.promise
    go.resolve()
    await settled(witnesses, 7)
  })

  it('asks a slow one one thing at a time, and of those that wait only the newest', async () => {
    const go = Promise.withResolvers<void>()
    const arrivals = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const asked: string[] = []
    let atOnceMax = 0
    let atOnce = 0
    const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      atOnceMax = Math.max(atOnceMax, ++atOnce)
      let body = ''
      for await (const chunk of request) body += String(chunk)
      asked.push(body.split('\n').at(-5) ?? '')
      arrivals[asked.length - 1]?.resolve()
      await go.promise
      atOnce--
      response.writeHead(503).end()
    }
    const slow = await liar(21, () => (request, response) => void receive(request, response))
    const { witnesses } = asking([slow, await realWitness('w/2')], 1, { timeoutMs: 20_000 })
    await cosign(witnesses, 5)
    await arrivals[0]?.promise
    for (const size of [6, 7, 8]) expect((await cosign(witnesses, size)).met).toBe(true)
    go.resolve()
    await arrivals[1]?.promise
    await witnesses.close()
    expect([asked, atOnceMax]).toEqual([['5', '8'], 1])
  })

  it('gives a silent one its time and no more', async () => {
    const silent = await liar(20, () => () => undefined)
    const { witnesses } = asking([await realWitness('w/1'), silent], 2, { timeoutMs: 150 })
    const cosigned = await cosign(witnesses, 5)
    expect([cosigned.met, codes(cosigned)]).toEqual([false, ['w2 timeout']])
    expect(await witnesses.latest()).toMatchObject([{ state: 'knows' }, { state: 'unreachable' }])
  })

  it('is not held up by a policy that needs none, or names no address', async () => {
    const nowhere = { vkey: cosignerFromSeed('w/3', new Uint8Array(32)).vkey }
    expect(await cosign(asking([nowhere], 'none').witnesses, 5)).toMatchObject({ lines: [], met: true })
    const { witnesses } = asking([nowhere], 1)
    expect(codes(await cosign(witnesses, 5))).toEqual(['w1 no_address'])
    expect(await witnesses.latest()).toMatchObject([{ state: 'unreachable' }])
    for (const url of ['ftp://w.example', 'w.example', 'https://w.example/?q']) {
      expect(await codeOf(Promise.resolve().then(() => asking([{ ...nowhere, url }], 1)))).toBe('config_damaged')
    }
  })

  it('takes one restored from an old backup from where it stands', async () => {
    const member = await realWitness('w/1')
    const { witnesses } = asking([member], 1)
    await cosign(witnesses, 5)
    const backup = join(member.dir, '..', 'backup')
    fs.cpSync(member.dir, backup, { recursive: true })
    await cosign(witnesses, 9)
    const old = await serve(open(backup))
    const again = asking([{ vkey: member.vkey, url: old }], 1).witnesses
    expect(await cosign(again, 12)).toMatchObject({ met: true, faults: [] })
  })

  it('closes under a request that would never end', async () => {
    const arrived = Promise.withResolvers<void>()
    const silent = await liar(20, () => () => arrived.resolve())
    const { witnesses } = asking([silent], 1, { timeoutMs: 60_000 })
    const pending = cosign(witnesses, 5)
    await arrived.promise
    await witnesses.close()
    expect((await pending).met).toBe(false)
    expect(codes(await cosign(witnesses, 6))).toEqual(['w1 stopping'])
  })
})

describe('a witness that disagrees', () => {
  it('and has cosigned more than we have, stops us by the log’s own signature', async () => {
    const member = await realWitness('w/1')
    await cosign(asking([member], 1).witnesses, 9)
    const cosigned = await cosign(asking([member], 1).witnesses, 5)
    expect([cosigned.met, codes(cosigned)]).toEqual([false, ['w1 witness_ahead']])
  })

  it.each([5, 9])('and has cosigned another history of this key, stops us too, at size %s', async size => {
    const member = await realWitness('w/1')
    await cosign(asking([member], 1).witnesses, 5, log.fork(2))
    expect(codes(await cosign(asking([member], 1).witnesses, size))).toEqual(['w1 witness_conflict'])
  })

  it('after the quorum was met without it, is told with the next checkpoint', async () => {
    const go = Promise.withResolvers<void>()
    const told = Promise.withResolvers<void>()
    const ahead = await realWitness('w/1')
    await cosign(asking([ahead], 1).witnesses, 20, log.fork(2))
    const passOn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      await go.promise
      const body: Uint8Array[] = []
      for await (const chunk of request) body.push(chunk as Uint8Array)
      const { method } = request
      const init = method === 'POST' ? { method, body: Buffer.concat(body) } : {}
      const answer = await fetch(`${ahead.url}${request.url}`, init)
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
      response.end(await answer.text())
    }
    const slow = await liar(
      30,
      () => (request, response) => void passOn(request, response).catch(() => response.destroy()),
    )
    const events: LogEvent[] = []
    const onEvent = (event: LogEvent) => {
      events.push(event)
      if (event['code'] === 'witness_ahead') told.resolve()
    }
    const members = [{ vkey: ahead.vkey, url: slow.url }, await realWitness('w/2')]
    const { witnesses } = asking(members, 1, { log: onEvent, timeoutMs: 20_000 })
    expect(await cosign(witnesses, 5)).toMatchObject({ met: true, faults: [] })
    go.resolve()
    await told.promise
    expect(codes(await cosign(witnesses, 6))).toContain('w1 witness_ahead')
  })
})

describe('a witness that lies', () => {
  const answering =
    (status: number, type: string, body: (cosigner: Cosigner) => string) =>
    (cosigner: Cosigner): RequestListener =>
    (request, response) => {
      request.resume()
      if (request.method === 'GET') return void response.writeHead(404).end()
      response.writeHead(status, { 'content-type': type }).end(body(cosigner))
    }
  const plain = 'text/plain; charset=utf-8'
  const size = 'text/x.tlog.size'
  const textOf = (told: ForkedLog, size: number) => formatCheckpoint({ origin, size, root: told.root(size) })
  const now = startMs / 1000

  it.each([
    ['signs another root', answering(200, plain, w => w.cosign(textOf(log.fork(2), 5), now)), 'bad_cosignature'],
    ['signs another size', answering(200, plain, w => w.cosign(textOf(log, 6), now)), 'bad_cosignature'],
    [
      'signs with another key',
      answering(200, plain, () => cosignerFromSeed('liar.example/40', new Uint8Array(32)).cosign(textOf(log, 5), now)),
      'bad_answer',
    ],
    ['signs at time 0', answering(200, plain, w => w.cosign(textOf(log, 5), 0)), 'bad_cosignature'],
    ['has a clock an hour off', answering(200, plain, w => w.cosign(textOf(log, 5), now - 3600)), 'witness_clock'],
    ['answers garbage', answering(200, plain, () => '\0garbage'), 'bad_answer'],
    ['answers nothing', answering(200, plain, () => ''), 'bad_answer'],
    ['answers without an end', answering(200, plain, () => '— a AAAAAAA=\n'.repeat(10_000)), 'unreachable'],
    ['claims a larger size', answering(409, size, () => '1000\n'), 'witness_claim'],
    ['claims a size that is none', answering(409, size, () => '1e3\n'), 'bad_answer'],
    ['claims a size as another type', answering(409, plain, () => '3\n'), 'bad_answer'],
    ['claims one size for ever', answering(409, size, () => '3\n'), 'bad_answer'],
    ['claims that the proof is bad', answering(422, plain, () => ''), 'witness_claim'],
    ['refuses', answering(403, plain, () => ''), 'refused'],
    ['sends us elsewhere', answering(307, plain, () => ''), 'refused'],
  ])('%s, and is told apart: nothing stops and nothing is believed', async (_, listener, code) => {
    const liars = [await liar(40, listener), await realWitness('w/2')]
    const cosigned = await cosign(asking(liars, 2).witnesses, 5)
    expect([cosigned.met, cosigned.lines.length, codes(cosigned)]).toEqual([false, 1, [`w1 ${code}`]])
    expect(await cosign(asking(liars, 1).witnesses, 5)).toMatchObject({ met: true })
  })

  it('shows a larger tree that this log never signed, and is not believed', async () => {
    const stranger = forkedLog(origin, 9)
    const shown =
      (signer: ForkedLog) =>
      (cosigner: Cosigner): RequestListener =>
      (request, response) => {
        request.resume()
        if (request.method === 'POST') return void response.writeHead(409, { 'content-type': size }).end('1000\n')
        const text = textOf(log, 1000)
        response.end(request.url === checkpointPath ? signNote(text, signer.signer) + cosigner.cosign(text, now) : '')
      }
    const claims = asking([await liar(41, shown(stranger))], 1).witnesses
    expect(codes(await cosign(claims, 5))).toEqual(['w1 witness_claim'])
    expect(await claims.latest()).toMatchObject([{ state: 'unreachable' }])
    // The same with the log's own signature is evidence.
    expect(codes(await cosign(asking([await liar(41, shown(log))], 1).witnesses, 5))).toEqual(['w1 witness_ahead'])
  })
})
