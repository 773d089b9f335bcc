import { parseTrust, signerFromSeed, thumbprint } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import { act } from '../edge/edge.ts'
import { makeTestEdge, type TestEdge } from '../testing/edge.ts'
import { currentTrustText, publishTrust } from './publish-trust.ts'

eachEngine('publishTrust', makeStore => {
  let test: TestEdge
  beforeAll(async () => {
    test = await makeTestEdge(await makeStore())
  })
  afterAll(() => test.close())

  const current = async () => {
    const parsed = parseTrust(await test.edge.store.read(currentTrustText))
    if (!parsed.ok) throw new Error('expected trust that can be read')
    return parsed.value
  }
  const key = signerFromSeed(new Uint8Array(32).fill(77)).publicKey
  const point = {
    id: `pt_${'0'.repeat(26)}`,
    kid: thumbprint(key),
    key,
    ranges: [{ origin: 'ledger.example/a', fromIndex: 3 }],
  }

  it('is founded with the issuer alone, from the first entry on', async () => {
    const { issuers, points, organization } = await current()
    expect(organization).toBe(test.edge.issuer.organization)
    expect(issuers).toMatchObject([{ kinds: ['*'], ranges: [{ origin: test.edge.log.origin, fromIndex: 0 }] }])
    expect(points).toEqual([])
  })

  it('makes a version that names the one before', async () => {
    const first = await act(test.edge, run =>
      publishTrust(run, { why: 'point_registered', change: trust => ({ ...trust, points: [point] }) }),
    )
    expect(first.version).toBe(2)
    expect((await current()).points).toEqual([point])
    const jws = await test.edge.store.read(rx =>
      rx.db.selectFrom('statement').select('jws').where('sid', '=', first.sid).executeTakeFirstOrThrow(),
    )
    const { body } = JSON.parse(Buffer.from(jws.jws.split('.')[1] ?? '', 'base64url').toString())
    expect(body).toMatchObject({ version: 2, trust: { digest: first.digest }, why: 'point_registered' })
    expect(body.previous).toMatch(/^sha256:/)
  })

  it('never takes a key back, and leaves the version in force when somebody tries', async () => {
    const before = await test.edge.store.read(currentTrustText)
    const taken = act(test.edge, run =>
      publishTrust(run, { why: 'point_ended', change: trust => ({ ...trust, points: [] }) }),
    )
    await expect(taken).rejects.toThrow(/invariant/)
    expect(await test.edge.store.read(currentTrustText)).toBe(before)
  })
})
