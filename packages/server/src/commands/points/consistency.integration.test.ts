import { checkConsistency, decodeBase64, openCheckpoint, parseTrustPolicy } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { type Consistency, createConsistency } from './consistency.ts'
import { commitOf, makeWorld, type World } from './testing/world.ts'

eachEngine('consistency', makeStore => {
  let world: World
  let proofs: Consistency
  const ask = (asked: Parameters<Consistency['prove']>[1]) => proofs.prove(world.point.id, asked)
  let origin: string
  const asked: string[] = []
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
    origin = world.edge.log.origin
    const { consistency } = world.test.client
    world.test.client.consistency = (from, to) => {
      asked.push(`${from} ${to}`)
      return consistency(from, to)
    }
    proofs = createConsistency(world.edge)
  })
  afterAll(() => world.test.close())

  const headOf = (note: string) => {
    const policy = parseTrustPolicy(world.edge.log.policyText)
    const opened = policy.ok ? openCheckpoint(note, policy.value) : undefined
    if (!opened?.ok) throw new Error('expected a checkpoint of the log')
    return opened.value
  }

  it('passes on a proof that a point can check by itself, with the newest checkpoint where none was named', async () => {
    const before = headOf(world.test.ledger.checkpoint().note)
    await world.break('pay/tests', commitOf('1'))
    const { from, to, proof, checkpoint } = await ask({ origin, from: before.size })
    const newest = headOf(checkpoint ?? '')
    expect(newest.size).toBeGreaterThan(before.size)
    const hashes = proof.map(text => decodeBase64(text) ?? new Uint8Array())
    expect(checkConsistency(from, to, hashes, before.root, newest.root)).toBe(true)
    expect(await ask({ origin, from, to })).toEqual({ from, to, proof })
  })

  it('asks the ledger once for two sizes', async () => {
    asked.length = 0
    const first = await ask({ origin, from: 1, to: 3 })
    expect(await ask({ origin, from: 1, to: 3 })).toEqual(first)
    expect(asked).toEqual(['1 3'])
  })

  it('shows a newest checkpoint that is smaller than what was asked from, and no proof', async () => {
    const { size } = headOf(world.test.ledger.checkpoint().note)
    const answer = await ask({ origin, from: size + 100 })
    expect(answer).toMatchObject({ proof: [] })
    expect(answer.to).toBeLessThan(size + 100)
  })

  it('answers for its own log alone, and for sizes that do not fall', async () => {
    await expect(ask({ origin: 'other.example', from: 1, to: 2 })).rejects.toMatchObject({ code: 'not_found' })
    await expect(ask({ origin, from: 2, to: 1 })).rejects.toMatchObject({ code: 'bad_input' })
  })

  it('says what the ledger could not, and remembers no failure', async () => {
    const { consistency } = world.test.client
    world.test.client.consistency = () => Promise.reject(new Error('down'))
    await expect(ask({ origin, from: 2, to: 3 })).rejects.toThrow('down')
    world.test.client.consistency = consistency
    expect(await ask({ origin, from: 2, to: 3 })).toMatchObject({ from: 2, to: 3 })
  })

  it('has ready what the point of a live grant will ask for, also when the ledger has gone', async () => {
    const { to: known } = await ask({ origin, from: 1 })
    const grant = await world.break('pay/slow', commitOf('2'))
    await proofs.foresee([grant])
    const { size } = headOf(world.test.ledger.checkpoint().note)
    const { consistency } = world.test.client
    world.test.client.consistency = () => Promise.reject(new Error('down'))
    expect(await ask({ origin, from: known, to: size })).toMatchObject({ from: known, to: size })
    expect(await proofs.foresee([{ ...grant, state: 'waiting' }])).toBeUndefined()
    world.test.client.consistency = consistency
  })
})
