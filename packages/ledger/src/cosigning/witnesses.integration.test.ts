import fs from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { cosignerFromSeed, openCheckpoint } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { codeOf } from '../testing/temporary-ledger.ts'
import { open, serve } from '../witness/testing/temporary-witness.ts'
import { asking, codes, cosign, liar, log, realWitness } from './testing/asked.ts'
import type { Witnesses } from './witnesses.ts'

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
