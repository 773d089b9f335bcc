import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { makeTestEdge, type TestEdge } from '../../testing/edge.ts'
import { makeTestOrganization, type TestOrganization } from '../../testing/organization.ts'
import { cosignedProof, witnessLines } from '../../testing/witnesses.ts'
import { openGlass } from './open-glass.ts'
import { listGrants, grantProof } from './read-glass.ts'

eachEngine('a grant whose ledger has witnesses', makeStore => {
  let test: TestEdge
  let acme: TestOrganization
  let commits = 0
  /** How far the witnesses' clocks are from ours, seconds. */
  let awaySeconds = 0
  let count = 2

  beforeAll(async () => {
    test = await makeTestEdge(await makeStore(), { policyLines: witnessLines })
    acme = await makeTestOrganization(test.edge)
    const { append } = test.client
    test.client.append = async statements => {
      const entries = await append(statements)
      const timeSeconds = Math.floor(Date.now() / 1000) + awaySeconds
      return entries.map(entry => ({ ...entry, proof: cosignedProof(entry.proof, { count, timeSeconds }) }))
    }
  })
  afterAll(() => test.close())

  const openOne = async (seconds: number, by = 2) => {
    commits++
    awaySeconds = seconds
    count = by
    const change = { commit: `sha1:${commits.toString(16).padStart(40, '0')}` }
    const place = { gates: ['pay/tests'], repository: 'acme/pay', ref: 'main', change, mode: 'online' as const }
    return openGlass(test.edge, acme.ana, { ...place, justification: 'payments are down, the fix waits' })
  }
  const newest = async () => (await listGrants(test.edge, { limit: 1 })).grants[0]
  const kindsOf = (subject: string) =>
    test.edge.store.read(async rx =>
      (await rx.db.selectFrom('statement').select('kind').where('subject', '=', subject).orderBy('seq').execute()).map(
        row => row.kind,
      ),
    )

  it.each([0, -50, 110])('is live when a quorum cosigned %i s from when it was granted', async seconds => {
    const { grants } = await openOne(seconds)
    expect(grants[0]).toMatchObject({ state: 'live' })
  })

  it.each([
    [-120, 2],
    [300, 3],
    [0, 1],
  ])('is void, and never live, when %i s and %i witnesses are not what a point takes', async (seconds, by) => {
    await expect(openOne(seconds, by)).rejects.toMatchObject({
      code: 'ledger_unavailable',
      message: expect.stringContaining('Nothing was opened'),
    })
    const grant = await newest()
    expect(grant).toMatchObject({ state: 'void' })
    await expect(grantProof(test.edge, grant?.id ?? '')).rejects.toMatchObject({ code: 'wrong_state' })
    // The ledger does hold it: the record says at which index, and that nobody may use it.
    await expect.poll(() => kindsOf(grant?.id ?? '')).toEqual(['glass.requested', 'glass.granted', 'glass.voided'])
  })
})
