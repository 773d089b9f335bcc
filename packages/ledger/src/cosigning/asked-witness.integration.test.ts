import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type Cosigner, cosignerFromSeed, formatCheckpoint, signNote } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import type { LogEvent } from '../log.ts'
import { startMs } from '../testing/temporary-ledger.ts'
import { type ForkedLog, forkedLog } from '../witness/testing/forked-log.ts'
import { asking, checkpointPath, codes, cosign, liar, log, origin, realWitness } from './testing/asked.ts'

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
