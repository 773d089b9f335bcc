import {
  formatPrivateNoteKey,
  openCheckpoint,
  parsePrivateNoteKey,
  parseTlogProof,
  parseTrustPolicy,
} from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import { jobHandlers } from '../jobs/handlers.ts'
import type { ClaimedJob } from '../jobs/queue.ts'
import { runJobs } from '../jobs/runner.ts'
import type { Edge } from '../edge/edge.ts'
import { makeTestEdge, type TestEdge } from '../testing/edge.ts'
import { makeTestOrganization } from '../testing/organization.ts'
import { cosignedProof, witnessLines } from '../testing/witnesses.ts'
import { followPolicy, reprove } from './follow-policy.ts'
import { currentTrust } from './publish-trust.ts'

eachEngine('a server that is started with witnesses it did not have', makeStore => {
  let test: TestEdge
  let witnessed: Edge
  let asked = 0

  beforeAll(async () => {
    test = await makeTestEdge(await makeStore())
    await makeTestOrganization(test.edge)
    const policyText = `${test.edge.log.policyText.split('\n')[0]}\n${witnessLines}`
    const find: Edge['ledger']['find'] = async statement => {
      asked++
      const found = await test.client.find(statement)
      if (found === undefined) return undefined
      const timeSeconds = Math.floor(Date.now() / 1000)
      return { ...found, proof: cosignedProof(found.proof, { count: 2, timeSeconds }) }
    }
    witnessed = { ...test.edge, log: { ...test.edge.log, policyText }, ledger: { ...test.edge.ledger, find } }
  })
  afterAll(() => test.close())

  const trust = () => test.edge.store.read(currentTrust)
  const publications = async () =>
    (
      await test.edge.store.read(rx =>
        rx.db.selectFrom('statement').select('sid').where('kind', '=', 'trust.published').execute(),
      )
    ).length
  const proofs = async () =>
    (
      await test.edge.store.read(rx =>
        rx.db.selectFrom('statement').select(['kind', 'proof']).where('proof', 'is not', null).execute(),
      )
    ).filter(({ kind }) => kind !== 'trust.published')

  it('publishes nothing while the policy stays', async () => {
    const before = await publications()
    await followPolicy(test.edge)
    expect(await publications()).toBe(before)
  })

  it('says so in a new trust.json, once, and keeps every key', async () => {
    const [before, published] = [await trust(), await publications()]
    await followPolicy(witnessed)
    await followPolicy(witnessed)
    expect(await publications()).toBe(published + 1)
    const after = await trust()
    expect(after).toMatchObject({
      policyText: witnessed.log.policyText,
      issuers: before.issuers,
      points: before.points,
    })
  })

  it('gets proofs that the new policy accepts for what was proven before', async () => {
    const runner = runJobs({
      store: witnessed.store,
      handlers: jobHandlers(witnessed),
      owner: 'test',
      random: Math.random,
      onError: cause => {
        throw cause
      },
    })
    const policy = parseTrustPolicy(witnessed.log.policyText)
    const accepted = async () =>
      (await proofs()).filter(({ proof }) => {
        const parsed = parseTlogProof(proof ?? '')
        return policy.ok && parsed.ok && openCheckpoint(parsed.value.checkpoint, policy.value).ok
      }).length
    await expect.poll(accepted, { timeout: 10_000 }).toBe((await proofs()).length)
    await runner.stop()
    expect(asked).toBeGreaterThan(5)
  })

  it('says so when the ledger does not hold what it had proven, and leaves the proof as it was', async () => {
    const [weak] = (await proofs()).map(({ proof }) => proof)
    const policyText = witnessed.log.policyText.replace('two-of-three 2', 'two-of-three 3')
    const gone = {
      ...witnessed,
      log: { ...witnessed.log, policyText },
      ledger: { ...witnessed.ledger, find: async () => undefined },
    }
    const job = { key: '0' } as ClaimedJob
    const run = { job, signal: new AbortController().signal, complete: async () => undefined }
    await expect(reprove(gone)(run)).rejects.toMatchObject({ code: 'wrong_state' })
    expect((await proofs())[0]?.proof).toBe(weak)
  })

  it('refuses a policy of another key under the same name', async () => {
    const key = noteSignerOf(formatPrivateNoteKey(witnessed.log.origin, new Uint8Array(32).fill(3)))
    const other = witnessed.log.policyText.replace(/^log \S+/, `log ${key.vkey}`)
    const strange = { ...witnessed, log: { ...witnessed.log, policyText: other } }
    await expect(followPolicy(strange)).rejects.toMatchObject({ code: 'wrong_state' })
  })
})

function noteSignerOf(text: string) {
  const key = parsePrivateNoteKey(text)
  if (!key.ok) throw new Error('expected the key just made to be read')
  return key.value
}
