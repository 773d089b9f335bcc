import { parseStatement } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import type { Edge } from '../../edge/edge.ts'
import { authenticate } from '../../identity/authenticate.ts'
import { makeTestEdge, type TestEdge } from '../../testing/edge.ts'
import { ensureFounded, offerFirstAdministrator, refuseForgetful } from '../founding/found.ts'
import { endPerson } from './end-person.ts'
import { invitePerson, reinvitePerson } from './invite-person.ts'
import { redeemInvitation } from './redeem-invitation.ts'
import { whoami } from './whoami.ts'

eachEngine('people', makeStore => {
  let test: TestEdge
  let edge: Edge
  let admin: string
  let aheadMs = 0
  const codeOf = (link: string | undefined) => link?.split('#')[1] ?? ''
  beforeAll(async () => {
    test = await makeTestEdge(await makeStore(), { nowMs: () => Date.now() + aheadMs })
    edge = test.edge
  })
  afterAll(() => test.close())

  const newcomer = { name: 'Ana', roles: [], kind: 'human' } as const
  const statements = () =>
    edge.store.read(rx => rx.db.selectFrom('statement').select(['kind', 'jws', 'ledger_index']).execute())

  it('begin with entry 0, whoever founds how often', async () => {
    await ensureFounded(edge, { name: 'Acme again' })
    const founded = (await statements()).filter(({ kind }) => kind === 'organization.founded')
    expect(founded).toMatchObject([{ ledger_index: 0 }])
    expect((await statements()).filter(({ kind }) => kind === 'trust.published')).toHaveLength(1)
  })

  it('are not served from a database that is older than its ledger', async () => {
    await expect(refuseForgetful(edge)).resolves.toBeUndefined()
    // What a restored copy would not know: something this organisation had logged since.
    await test.ledger.append([new TextEncoder().encode('said after the copy was made')])
    await expect(refuseForgetful(edge)).rejects.toMatchObject({
      code: 'wrong_state',
      data: { known: expect.any(Number) },
    })
  })

  it('have a first administrator by a link that works once, for fifteen minutes, and is replaced by the next', async () => {
    const first = codeOf(await offerFirstAdministrator(edge))
    const second = codeOf(await offerFirstAdministrator(edge))
    await expect(redeemInvitation(edge, { code: first })).rejects.toMatchObject({ code: 'invitation_spent' })
    aheadMs = 15 * 60_000
    await expect(redeemInvitation(edge, { code: second })).rejects.toMatchObject({ code: 'invitation_spent' })
    aheadMs = 0
    const outcomes = await Promise.allSettled([
      redeemInvitation(edge, { code: second }),
      redeemInvitation(edge, { code: second }),
    ])
    const won = outcomes.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
    expect(won).toHaveLength(1)
    admin = won[0]?.person.id ?? ''
    expect(won[0]?.person.roles).toEqual(['admin'])
    expect(await offerFirstAdministrator(edge)).toBeUndefined()
    const entry = (await statements()).find(({ kind }) => kind === 'organization.founded')
    const parsed = parseStatement(entry?.jws ?? '')
    expect(parsed.ok && parsed.value.envelope.body).toMatchObject({ administrator: admin })
  })

  it('sign in with a link that names no secret on the record', async () => {
    const { code, link, person } = await invitePerson(edge, admin, { ...newcomer, email: 'Ana@Acme.dev' })
    expect(link).toBe(`${edge.url}/welcome#${code}`)
    expect(person).toMatchObject({ state: 'invited', accounts: [{ issuer: 'local', subject: 'ana@acme.dev' }] })
    const { token, tokenId } = await redeemInvitation(edge, { code, device: 'laptop' })
    const caller = await authenticate(edge.store, token, edge.nowMs())
    expect(caller).toMatchObject({ kind: 'person', person: person.id })
    expect(await whoami(edge, { person: person.id, tokenId })).toMatchObject({ mayBreak: [], isOwner: false })
    const said = (await statements()).map(({ jws }) => Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString())
    for (const secret of [code, token, 'Ana', 'ana@acme.dev']) expect(said.join('\n')).not.toContain(secret)
    await expect(invitePerson(edge, admin, { ...newcomer, email: 'ANA@acme.dev' })).rejects.toMatchObject({
      code: 'already_exists',
    })
  })

  it('lose every earlier way in with a new link', async () => {
    const { code, person } = await invitePerson(edge, admin, { ...newcomer, email: 'kofi@acme.dev', name: 'Kofi' })
    const { token } = await redeemInvitation(edge, { code })
    const again = await reinvitePerson(edge, admin, person.id)
    await expect(authenticate(edge.store, token, edge.nowMs())).rejects.toMatchObject({ code: 'token_expired' })
    expect((await redeemInvitation(edge, { code: again.code })).person.id).toBe(person.id)
  })

  it('are ended at once, by somebody else, and come back as somebody new', async () => {
    const { code, person } = await invitePerson(edge, admin, { ...newcomer, email: 'lee@acme.dev', name: 'Lee' })
    const { token } = await redeemInvitation(edge, { code })
    const spare = await reinvitePerson(edge, admin, person.id)
    expect(await endPerson(edge, admin, person.id)).toMatchObject({ state: 'ended' })
    await expect(authenticate(edge.store, token, edge.nowMs())).rejects.toMatchObject({ code: 'token_expired' })
    await expect(redeemInvitation(edge, { code: spare.code })).rejects.toMatchObject({ code: 'invitation_spent' })
    await expect(endPerson(edge, admin, person.id)).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(endPerson(edge, admin, admin)).rejects.toMatchObject({ code: 'bad_input' })
    const back = await invitePerson(edge, admin, { ...newcomer, email: 'lee@acme.dev', name: 'Lee' })
    expect(back.person.id).not.toBe(person.id)
  })
})
