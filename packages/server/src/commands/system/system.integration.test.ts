import { contract } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { formatId } from '@breakglass/core/ids'
import { msToInstant, parseTrust, verifyProgramBundle } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { makeTestEdge } from '../../testing/edge.ts'
import { resolveFinding } from '../findings/resolve-finding.ts'
import { sendObservations } from '../points/send-observations.ts'
import { commitOf, main, makeWorld } from '../points/testing/world.ts'
import { dayMs, makeReviewed, type Reviewed } from '../reviews/testing/reviewed.ts'
import { reviewOverdueJob } from '../reviews/open-review.ts'
import { reviewJobs } from '../reviews/overdue.ts'
import { getBundle, getRunbook, getTrust } from './documents.ts'
import { health } from './health.ts'
import { status } from './status.ts'

eachEngine('system', (makeStore, { engine }) => {
  let on: Reviewed
  beforeAll(async () => {
    on = await makeReviewed(makeStore)
  })
  afterAll(() => on.test.close())

  const now = async (person = on.acme.lee, ledgerOutOfBand = true) =>
    contract.status.reply.parse(JSON.parse(JSON.stringify(await status(on.edge, person, { ledgerOutOfBand }))))
  const withLedgerDown = async (work: () => Promise<void>) => {
    const { head } = on.test.client
    on.test.client.head = () => Promise.reject(new BreakglassError('ledger_unavailable', 'down'))
    await work()
    on.test.client.head = head
  }

  it('says what is open, what waits, and what is due', async () => {
    const live = await on.open()
    const waits = await on.open({ gates: ['pay/solo'] })
    const { review } = await on.used({ incident: await on.incident() })
    const found = await now()
    expect(found.open.map(({ id }) => id)).toEqual([live])
    expect(found.waiting.map(({ id }) => id)).toEqual([waits])
    expect(found.incidents).toMatchObject([{ state: 'open', title: 'Payments are down' }])
    expect(found.reviews).toEqual({ due: 1, overdue: 0 })
    expect(found.program).toEqual({ version: 1, gates: ['pay/smoke', 'pay/solo', 'pay/tests', 'pay/two'] })
    expect(found.notices.every(({ words }) => !words.includes('Ana'))).toBe(true)
    on.pass(8 * dayMs)
    await on.job(reviewJobs(on.edge), reviewOverdueJob, review.id)
    const later = await now()
    expect(later.reviews).toEqual({ due: 1, overdue: 1 })
    expect(later.alarms).toMatchObject([{ kind: 'review_overdue' }])
    expect(later.notices[0]).toMatchObject({ subject: review.id })
  })

  it('puts what a person has not seen first, and shows nobody else’s', async () => {
    const mine = await now(on.acme.lee)
    const [newest] = mine.notices
    await on.edge.store.transact(tx =>
      tx.db
        .updateTable('notice')
        .set({ seen_at: 1 })
        .where('id', '=', newest?.id ?? '')
        .execute(),
    )
    expect((await now(on.acme.lee)).notices.at(-1)?.id).toBe(newest?.id)
    const theirs = new Set((await now(on.acme.ana)).notices.map(({ id }) => id))
    expect(mine.notices.some(({ id }) => theirs.has(id))).toBe(false)
  })

  it('says what it cannot see, by what is there', async () => {
    const { cannotSee } = await now(on.acme.lee, false)
    const all = cannotSee.join('\n')
    expect(all).toContain('No forge is connected')
    expect(all).toContain('The ledger runs on this very machine')
    expect(all).toContain('No witness watches the ledger')
    // The clock has gone on by days, and the hook was never heard of.
    expect(all).toContain('pay hook has been silent since it was registered')
    expect((await now(on.acme.lee, true)).cannotSee.join('\n')).not.toContain('this very machine')
    await on.edge.store.transact(tx =>
      tx.db.updateTable('point').set({ last_seen_at: on.edge.nowMs() }).where('id', '=', on.acme.point).execute(),
    )
    expect((await now()).cannotSee.join('\n')).not.toContain('silent')
    await on.edge.store.transact(tx =>
      tx.db.updateTable('point').set({ ended_at: on.edge.nowMs() }).where('id', '=', on.acme.point).execute(),
    )
    expect((await now()).cannotSee.join('\n')).toContain('acme/pay has no enforcement point')
  })

  it('says that the ledger does not answer, instead of failing', async () => {
    const answering = await health(on.edge)
    expect(answering).toMatchObject({ ok: true, founded: true, store: engine, ledger: { reachable: true } })
    expect(answering.ledger.size).toBeGreaterThan(0)
    contract.health.reply.parse(answering)
    await withLedgerDown(async () => {
      expect(await health(on.edge)).toMatchObject({ ok: false, ledger: { reachable: false } })
      const found = await now()
      expect(found.ledger).toMatchObject({ reachable: false })
      expect(found.ledger.size).toBeUndefined()
      expect(found.cannotSee.join('\n')).toContain('The ledger does not answer')
    })
  })

  it('gives trust, runbook and bundle as they are in force', async () => {
    const trust = parseTrust(await getTrust(on.edge))
    if (!trust.ok) throw new Error('expected trust that can be read')
    const { bundle, index } = await getBundle(on.edge)
    const verdict = verifyProgramBundle(bundle, trust.value)
    expect(verdict).toMatchObject({ ok: true, value: { index } })
    const runbook = await getRunbook(on.edge)
    expect(runbook).toContain('pay/tests\n---------\n')
    expect(runbook).toContain(on.edge.url)
    expect(await getRunbook(on.edge, 'pay/two')).not.toContain('pay/tests\n---------\n')
    await expect(getRunbook(on.edge, 'pay/nothing')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('shows protection that is off, and what landed meanwhile, until it is explained', async () => {
    const world = await makeWorld(await makeStore())
    const at = msToInstant(world.edge.nowMs() - 1000)
    const delivery = (n: number) => formatId('event', new Uint8Array(16).fill(n))
    const advance = { at, ref: main, old: commitOf('1'), new: commitOf('2'), allowed: false }
    await sendObservations(world.edge, world.point.id, {
      observations: [
        { kind: 'hook', delivery: delivery(1), at, state: 'missing' },
        { kind: 'advance', delivery: delivery(2), ...advance },
      ],
    })
    const read = async () =>
      contract.status.reply.parse(
        JSON.parse(JSON.stringify(await status(world.edge, world.people.ana, { ledgerOutOfBand: true }))),
      )
    const found = await read()
    expect(found.drift).toMatchObject([{ point: { id: world.point.id }, what: 'hook_missing', landingsWhileOff: 1 }])
    expect(found.findings).toMatchObject([{ kind: 'landed_without_hook', whileOff: true, new: commitOf('2') }])
    expect(found.reviews).toMatchObject({ due: 1 })
    await resolveFinding(world.edge, world.people.ben, found.findings[0]?.id ?? '', 'The hook was being moved.')
    const later = await read()
    expect(later.findings).toEqual([])
    // Explained is not reviewed, and a hook is whole only when it is seen to be.
    expect(later.reviews).toMatchObject({ due: 1 })
    expect(later.drift).toHaveLength(1)
    await world.test.close()
  })

  it('knows a server that was never founded, and one without a program', async () => {
    const fresh = await makeTestEdge(await makeStore(), { founded: false })
    expect(await health(fresh.edge)).toMatchObject({ ok: false, founded: false })
    await expect(getTrust(fresh.edge)).rejects.toMatchObject({ code: 'not_found' })
    await expect(getBundle(fresh.edge)).rejects.toMatchObject({ code: 'no_program' })
    await expect(getRunbook(fresh.edge)).rejects.toMatchObject({ code: 'no_program' })
    const found = await status(fresh.edge, on.acme.ana, { ledgerOutOfBand: true })
    expect(found.program).toBeUndefined()
    expect(found.cannotSee.join('\n')).toContain('No program is in force')
    await fresh.close()
  })
})
