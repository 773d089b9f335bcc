import type { WaiverView } from '@breakglass/core/contract'
import { parseCarried, verifyWaiver } from '@breakglass/verify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { blockedChange } from '../glass/read-glass.ts'
import { askEvidence } from '../points/ask-evidence.ts'
import { commitOf, main, makeWorld, repository, repositoryName, type World } from '../points/testing/world.ts'
import { publishProgram } from '../program/publish-program.ts'
import { program } from '../points/testing/world.ts'
import { approveWaiver, declineWaiver } from './decide-waiver.ts'
import { endWaiver, voidWaiversLeft, waiverExpiresJob, waiverJobs, waiverVoidJob } from './end-waiver.ts'
import { listWaivers, showWaiver } from './read-waivers.ts'
import { requestWaiver } from './request-waiver.ts'

const day = 86_400
const dayMs = day * 1000

eachEngine('a waiver', makeStore => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
  })
  afterAll(() => world.test.close())
  // Each begins with no waiver behind it that would count.
  beforeEach(() => void (world.clock.ms += 181 * dayMs))

  const ask = (by: string, given: Partial<Parameters<typeof requestWaiver>[2]> = {}) =>
    requestWaiver(world.edge, by, {
      gate: 'pay/tests',
      places: [{ repository: repositoryName, ref: 'main' }],
      reason: 'The broker of the test environment is being moved.',
      seconds: 7 * day,
      ...given,
    })
  const granted = async (given: Parameters<typeof ask>[1] = {}): Promise<WaiverView> => {
    const asked = await ask(world.people.rae, given)
    return approveWaiver(world.edge, world.people.ana, asked.id)
  }
  const heldBy = async (at = world.point.id, { gate = 'pay/tests', ref = main } = {}): Promise<string[]> => {
    const changes = [{ ref, change: { commit: commitOf('a') }, gates: [gate] }]
    const reply = await askEvidence(world.edge, at, { changes, bundleIndex: 1_000_000 })
    return reply.changes[0]?.gates[0]?.waivers ?? []
  }
  const toldOf = async (subject: string, person: string): Promise<string[]> => {
    const told = world.edge.store.read(({ db }) =>
      db.selectFrom('notice').select('words').where('subject', '=', subject).where('person_id', '=', person).execute(),
    )
    return (await told).map(({ words }) => words)
  }
  const end = (id: string) => endWaiver(world.edge, world.people.ana, id, 'It is moved.')

  it('holds nothing before the gate’s owner approved it, and then with a proof that a point verifies', async () => {
    const asked = await ask(world.people.rae)
    expect(asked).toMatchObject({ standing: 'requested', approvalsNeeded: 1, renewals: 0 })
    expect(await heldBy()).toEqual([])
    const live = await approveWaiver(world.edge, world.people.ana, asked.id)
    expect(live).toMatchObject({ standing: 'live', places: [{ ref: main, ledger: { index: expect.any(Number) } }] })
    const [carried = ''] = await heldBy()
    const parsed = parseCarried(carried)
    if (!parsed.ok) throw new Error('expected the carried form')
    const question = { boundary: 'merge', gate: 'pay/tests', repository, ref: main } as const
    const at = (nowMs: number) => verifyWaiver(parsed.value, trust, { ...question, nowMs }).ok
    const trust = await world.trust()
    const expiresMs = Date.parse(live.expiresAt ?? '')
    expect([at(world.edge.nowMs()), at(expiresMs - 1), at(expiresMs)]).toEqual([true, true, false])
    const change = { repository: repositoryName, ref: 'main', commit: commitOf('a') }
    const { gates } = await blockedChange(world.edge, change)
    expect(gates.find(({ gate }) => gate === 'pay/tests')?.standing).toBe('open_by_waiver')
    expect(gates.find(({ gate }) => gate === 'pay/slow')?.standing).toBe('blocked')
    expect(await world.kinds(live.id)).toEqual(['waiver.requested', 'waiver.approved', 'waiver.granted'])
    // Of another gate or ref it is silent.
    expect(await heldBy(world.point.id, { gate: 'pay/slow' })).toEqual([])
    expect(await heldBy(world.point.id, { ref: 'refs/heads/next' })).toEqual([])
    await end(live.id)
  })

  it('is handed out no more from the instant it is ended, and is ended once', async () => {
    const live = await granted()
    expect(await heldBy()).toHaveLength(1)
    expect(await end(live.id)).toMatchObject({ standing: 'ended' })
    expect(await heldBy()).toEqual([])
    await expect(end(live.id)).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('is over by itself, for lists and points alike, and the record says so once', async () => {
    const live = await granted({ seconds: 3600 })
    world.clock.ms = Date.parse(live.expiresAt ?? '') + 1
    expect(await heldBy()).toEqual([])
    expect(await showWaiver(world.edge, live.id)).toMatchObject({ standing: 'expired' })
    await world.job(waiverJobs(world.edge), waiverExpiresJob, live.id)
    await world.job(waiverJobs(world.edge), waiverExpiresJob, live.id)
    expect((await world.kinds(live.id)).filter(kind => kind === 'waiver.ended')).toHaveLength(1)
    expect((await listWaivers(world.edge, {})).waivers.map(({ id }) => id)).not.toContain(live.id)
    expect((await listWaivers(world.edge, { all: '1' })).waivers.map(({ id }) => id)).toContain(live.id)
  })

  describe('is refused', () => {
    const refused = (rule: string) => ({ code: 'refused', data: { refusals: expect.arrayContaining([rule]) } })

    it('for a safety net, a gate that is not there, a place it does not stand at, and longer than allowed', async () => {
      const { rae } = world.people
      await expect(ask(rae, { gate: 'pay/smoke' })).rejects.toMatchObject(refused('safety_net'))
      await expect(ask(rae, { gate: 'pay/nothing' })).rejects.toMatchObject(refused('gate_unknown'))
      const elsewhere = [{ repository: repositoryName, ref: 'next' }]
      await expect(ask(rae, { places: elsewhere })).rejects.toMatchObject(refused('not_in_force'))
      await expect(ask(rae, { seconds: 31 * day })).rejects.toMatchObject(refused('too_long'))
      await expect(ask(rae, { places: [{ repository: 'acme/none', ref: 'main' }] })).rejects.toMatchObject({
        code: 'not_found',
      })
    })

    it('by whoever asked, answers for it, does not own the gate, or administers', async () => {
      const { ana, ben, rae, mina } = world.people
      const own = await ask(ana)
      await expect(approveWaiver(world.edge, ana, own.id)).rejects.toMatchObject({ code: 'refused' })
      await expect(approveWaiver(world.edge, mina, own.id)).rejects.toMatchObject({ code: 'refused' })
      await expect(approveWaiver(world.edge, world.admin, own.id)).rejects.toMatchObject({ code: 'admin_may_not' })
      await expect(ask(world.admin)).rejects.toMatchObject({ code: 'admin_may_not' })
      await expect(ask(rae)).rejects.toMatchObject({ code: 'already_exists' })
      await declineWaiver(world.edge, ana, own.id, 'Not needed after all.')
      expect(await world.kinds(own.id)).toEqual(['waiver.requested', 'waiver.ended'])
      expect(await toldOf(own.id, ana)).toEqual([])
      const others = await ask(rae, { owner: 'ben@acme.dev' })
      await expect(approveWaiver(world.edge, ben, others.id)).rejects.toMatchObject({ code: 'refused' })
      expect(await declineWaiver(world.edge, ana, others.id, 'Mend it.')).toMatchObject({ standing: 'declined' })
      expect(await toldOf(others.id, rae)).toEqual(['The waiver of pay/tests was declined.'])
      await expect(approveWaiver(world.edge, ana, others.id)).rejects.toMatchObject({ code: 'wrong_state' })
      expect(await heldBy()).toEqual([])
    })
  })

  it('is renewed as often as the program says, filed anew or not, each time with a review, and its age goes on', async () => {
    const gate = 'pay/slow'
    const first = await granted({ gate, seconds: day })
    const lives: WaiverView[] = []
    for (let renewal = 1; renewal <= 2; renewal++) {
      world.clock.ms += 3 * dayMs
      lives.push(await granted({ gate, seconds: day, reason: `Filed anew, for reason ${renewal}.` }))
    }
    expect(lives.map(({ renewals, since }) => [renewals, since])).toEqual([
      [1, first.grantedAt],
      [2, first.grantedAt],
    ])
    expect(lives.every(({ review }) => review !== undefined)).toBe(true)
    expect(first.review).toBeUndefined()
    world.clock.ms += 3 * dayMs
    await expect(ask(world.people.rae, { gate, seconds: day })).rejects.toMatchObject({
      code: 'refused',
      data: { refusals: ['renewed_too_often'] },
    })
    world.clock.ms += 91 * dayMs
    const anew = await granted({ gate, seconds: day })
    expect(anew).toMatchObject({ renewals: 0, since: anew.grantedAt })
  })

  it('is void when the ledger does not confirm it in time, is never sent, and waives nothing after a restart', async () => {
    const { append } = world.test.client
    const asked = await ask(world.people.rae, { gate: 'pay/lint' })
    world.test.client.append = () => Promise.reject(new Error('the ledger is away'))
    try {
      const approval = approveWaiver(world.edge, world.people.ana, asked.id)
      const failed = expect(approval).rejects.toMatchObject({ code: 'ledger_unavailable' })
      setTimeout(() => (world.clock.ms += 6000), 50)
      await failed
    } finally {
      world.test.client.append = append
    }
    expect(await showWaiver(world.edge, asked.id)).toMatchObject({ standing: 'void' })
    expect(await heldBy(world.point.id, { gate: 'pay/lint' })).toEqual([])
    await world.job(waiverJobs(world.edge), waiverVoidJob, asked.id)
    expect(await voidWaiversLeft(world.edge)).toBe(0)
    const withheld = await world.edge.store.read(rx =>
      rx.db
        .selectFrom('statement')
        .select(['kind', 'ledger_index', 'withheld_at'])
        .where('subject', '=', asked.id)
        .where('kind', '=', 'waiver.granted')
        .execute(),
    )
    expect(withheld).toMatchObject([{ ledger_index: null, withheld_at: expect.any(Number) }])
  })

  it('takes two of the owner for a gate that guards safety or security', async () => {
    const control = program.replace(
      'class: quality\n    protects: The slow part.',
      'class: control\n    protects: The slow part.',
    )
    expect(control).not.toBe(program)
    await publishProgram(world.edge, world.people.mina, { file: 'breakglass.yaml', text: control, files: {} })
    const asked = await ask(world.people.rae, { gate: 'pay/slow' })
    expect(asked).toMatchObject({ approvalsNeeded: 2 })
    expect(await approveWaiver(world.edge, world.people.ana, asked.id)).toMatchObject({ standing: 'requested' })
    await expect(approveWaiver(world.edge, world.people.ana, asked.id)).rejects.toMatchObject({ code: 'wrong_state' })
    expect(await approveWaiver(world.edge, world.people.ben, asked.id)).toMatchObject({ standing: 'live' })
  })
})
