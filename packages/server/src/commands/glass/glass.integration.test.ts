import type { GlassRequest } from '@breakglass/core/contract'
import { parseCarried, parseStatement } from '@breakglass/verify'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import type { Edge } from '../../edge/edge.ts'
import { claimJobs, completeJob } from '../../jobs/queue.ts'
import { jobHandlers } from '../../jobs/handlers.ts'
import { makeTestEdge, type TestEdge } from '../../testing/edge.ts'
import { makeTestOrganization, type TestOrganization } from '../../testing/organization.ts'
import { openIncident } from '../incidents/incidents.ts'
import { revokeGrant } from './end-glass.ts'
import { explainGlass } from './explain-glass.ts'
import { voidLeftOpen } from './go-live.ts'
import { grantById } from './grant-row.ts'
import { openGlass } from './open-glass.ts'
import { grantProof, listGrants, showGrant } from './read-glass.ts'
import { approveGrant, declineGrant, withdrawGrant } from './second-person.ts'
import { recordUse } from './use-grant.ts'
import { act } from '../../edge/edge.ts'

eachEngine('breaking glass', makeStore => {
  let test: TestEdge
  let edge: Edge
  let acme: TestOrganization
  let aheadMs = 0
  let commits = 0
  let request: GlassRequest

  beforeAll(async () => {
    const nowMs = () => Date.now() + aheadMs
    // The database's clock is moved with ours, so that jobs fall due when we say so.
    test = await makeTestEdge(await makeStore({ clock: nowMs }), { nowMs })
    edge = test.edge
    acme = await makeTestOrganization(edge)
  })
  afterAll(() => test.close())
  beforeEach(() => {
    commits++
    request = {
      gates: ['pay/tests'],
      repository: 'acme/pay',
      ref: 'main',
      change: { commit: `sha1:${commits.toString(16).padStart(40, '0')}` },
      mode: 'online',
      justification: 'payments are down, the fix waits behind a flaky test',
    }
  })

  const kindsOf = (subject: string) =>
    edge.store.read(async rx =>
      (await rx.db.selectFrom('statement').select('kind').where('subject', '=', subject).orderBy('seq').execute()).map(
        row => row.kind,
      ),
    )
  const toldOf = (person: string, subject: string) =>
    edge.store.read(async rx =>
      (
        await rx.db
          .selectFrom('notice')
          .select('words')
          .where('person_id', '=', person)
          .where('subject', '=', subject)
          .execute()
      ).map(row => row.words),
    )
  const reviewOf = (grant: string) =>
    edge.store.read(rx =>
      rx.db.selectFrom('review').selectAll().where('grant_id', '=', grant).executeTakeFirstOrThrow(),
    )
  /** Runs every job that is due, once, in order, as the runner would. */
  async function runDue(): Promise<void> {
    const handlers = jobHandlers(edge)
    for (let rounds = 0; rounds < 20; rounds++) {
      const jobs = await claimJobs(edge.store, {
        kinds: Object.keys(handlers),
        limit: 50,
        leaseMs: 60_000,
        owner: 'test',
      })
      if (jobs.length === 0) return
      for (const job of jobs) {
        await handlers[job.kind]?.({
          job,
          signal: new AbortController().signal,
          complete: async tx => void (await completeJob(tx, job)),
        })
      }
    }
    throw new Error('jobs without end')
  }
  const openOne = async (given: Partial<GlassRequest> = {}, person = acme.ana) => {
    const { grants } = await openGlass(edge, person, { ...request, ...given })
    const [grant] = grants
    if (!grant) throw new Error('one grant a gate')
    return grant
  }

  it('opens one gate for one change: live, logged, with its review, and only then', async () => {
    const grant = await openOne()
    expect(grant).toMatchObject({ state: 'live', uses: 1, used: 0, secondPerson: 'not_needed' })
    expect(grant.ledger?.index).toBeTypeOf('number')
    expect(grant.keeps).toEqual(['pay/smoke', 'pay/solo', 'pay/two'])
    expect(grant.review).toMatchObject({ provisional: true })
    expect(await kindsOf(grant.id)).toEqual(['glass.requested', 'glass.granted'])
    expect(await kindsOf((await reviewOf(grant.id)).id)).toEqual(['review.opened'])
    const { carried } = await grantProof(edge, grant.id)
    const parsed = parseCarried(carried)
    const statement = parsed.ok ? parseStatement(parsed.value.jws) : undefined
    expect(statement?.ok && statement.value.envelope.body).toMatchObject({
      actor: acme.ana,
      scope: { gate: 'pay/tests', at: acme.point, ref: 'refs/heads/main', mode: 'online', program: acme.program },
    })
  })

  it('explains what it would do, and does nothing', async () => {
    const { decisions } = await explainGlass(edge, acme.ana, {
      ...request,
      gates: ['pay/tests', 'pay/smoke', 'pay/two'],
    })
    expect(decisions.map(({ gate, outcome, code }) => [gate, outcome, code])).toEqual([
      ['pay/tests', 'granted', undefined],
      ['pay/smoke', 'refused', 'not_pre_authorised'],
      ['pay/two', 'refused', 'no_incident'],
    ])
    expect(
      (await listGrants(edge, { limit: 500 })).grants.some(
        one => JSON.stringify(one.change) === JSON.stringify(request.change),
      ),
    ).toBe(false)
  })

  it('refuses with the rule and what would make it pass, and keeps the refusal on the record', async () => {
    const grant = await openOne({ gates: ['pay/two'] })
    expect(grant).toMatchObject({ state: 'refused', refusal: { code: 'no_incident' } })
    expect(grant.refusal?.remedy).toContain('breakglass incident open')
    expect(await kindsOf(grant.id)).toEqual(['glass.refused'])
    expect(await openOne({}, acme.admin)).toMatchObject({ refusal: { code: 'admin_may_not' } })
    expect(await openOne({}, acme.lee)).toMatchObject({ refusal: { code: 'not_pre_authorised' } })
  })

  it('takes a gate that the program does not know for a slip: nothing is recorded', async () => {
    await expect(openOne({ gates: ['pay/tests', 'pay/test'] })).rejects.toMatchObject({ code: 'not_found' })
    const { grants } = await listGrants(edge, { limit: 500 })
    expect(grants.some(grant => JSON.stringify(grant.change) === JSON.stringify(request.change))).toBe(false)
  })

  it('counts refusals beyond twenty an hour in one statement, and loses none', async () => {
    for (let times = 0; times < 23; times++) await openOne({ gates: ['pay/smoke'] }, acme.okoro)
    const one = await edge.store.read(rx =>
      rx.db
        .selectFrom('statement')
        .select('sid')
        .where('kind', '=', 'glass.refused')
        .where('subject', '=', acme.okoro)
        .execute(),
    )
    expect(one).toEqual([])
    aheadMs += 3_600_000
    await runDue()
    const [many] = await edge.store.read(rx =>
      rx.db
        .selectFrom('statement')
        .select('jws')
        .where('kind', '=', 'glass.refused')
        .where('subject', '=', acme.okoro)
        .execute(),
    )
    const parsed = parseStatement(many?.jws ?? '')
    expect(parsed.ok && parsed.value.envelope.body).toMatchObject({ codes: [{ count: 3 }] })
  })

  it('gives one grant to two who break the same gate for the same change at one moment', async () => {
    const outcomes = await Promise.all([openOne({}, acme.ana), openOne({}, acme.kofi)])
    expect(outcomes.map(grant => grant.state).sort()).toEqual(['live', 'refused'])
    expect(outcomes.find(grant => grant.state === 'refused')?.refusal?.code).toBe('already_open')
  })

  it('says that nothing was opened when the ledger is down, and opens nothing later', async () => {
    const { append } = test.client
    test.client.append = () => Promise.reject(new Error('down'))
    const opening = openOne()
    await expect(opening).rejects.toMatchObject({
      code: 'ledger_unavailable',
      message: expect.stringContaining('Nothing was opened'),
    })
    test.client.append = append
    const [grant] = (await listGrants(edge, { limit: 1 })).grants
    expect(grant).toMatchObject({ state: 'void' })
    expect(await toldOf(acme.ana, grant!.id)).toEqual([expect.stringContaining('Nothing was opened')])
    await expect(grantProof(edge, grant!.id)).rejects.toMatchObject({ code: 'wrong_state' })
    aheadMs += 10_000
    await runDue()
    await expect.poll(() => kindsOf(grant!.id)).toEqual(['glass.requested', 'glass.granted', 'glass.voided'])
    expect((await reviewOf(grant!.id)).state).toBe('closed_by_system')
    const { granted_sid } = await edge.store.read(rx => grantById(rx, grant!.id))
    const held = await edge.store.read(rx =>
      rx.db
        .selectFrom('statement')
        .select(['jws', 'ledger_index'])
        .where('sid', '=', granted_sid)
        .executeTakeFirstOrThrow(),
    )
    expect(held.ledger_index).toBeNull()
    expect(await test.client.find(held.jws)).toBeUndefined()
    expect((await showGrant(edge, grant!.id)).state).toBe('void')
  }, 20_000)

  it('voids at start what a crash left without a proof, and says where the ledger holds it after all', async () => {
    const waiting = () =>
      edge.store.read(
        async rx =>
          (
            await rx.db
              .selectFrom('statement')
              .select('sid')
              .where('ledger_index', 'is', null)
              .where('withheld_at', 'is', null)
              .execute()
          ).length,
      )
    await expect.poll(waiting, { timeout: 10_000 }).toBe(0)
    const { append } = test.client
    // The ledger takes it and the answer is lost with the process: nothing is stored here.
    const lost = Promise.withResolvers<never>()
    test.client.append = async statements => {
      await append(statements)
      return lost.promise
    }
    void openOne().catch(() => undefined)
    await expect.poll(async () => (await listGrants(edge, { limit: 1 })).grants[0]?.state).toBe('granted')
    const [grant] = (await listGrants(edge, { limit: 1 })).grants
    // Another server of the organisation starts later.
    aheadMs += 10_000
    expect(await voidLeftOpen(edge)).toBe(1)
    expect((await showGrant(edge, grant!.id)).state).toBe('void')
    aheadMs += 10_000
    await runDue()
    const body = await edge.store.read(rx =>
      rx.db
        .selectFrom('statement')
        .select('jws')
        .where('subject', '=', grant!.id)
        .where('kind', '=', 'glass.voided')
        .executeTakeFirstOrThrow(),
    )
    const parsed = parseStatement(body.jws)
    expect(parsed.ok && parsed.value.envelope.body).toMatchObject({ why: 'found_at_start', index: expect.any(Number) })
    test.client.append = append
    lost.reject(new Error('the process that waited is gone'))
  }, 20_000)

  it('waits for a required second person, who is neither the actor nor somebody the program does not name', async () => {
    const incident = await openIncident(edge, acme.lee, { title: 'payments down', severity: 'SEV1' })
    const asked = { gates: ['pay/two'], incident: incident.id }
    const grant = await openOne(asked)
    expect(grant).toMatchObject({ state: 'waiting', secondPerson: 'awaited', incident: { verified: true } })
    await expect(approveGrant(edge, acme.ana, grant.id)).rejects.toMatchObject({ code: 'refused' })
    await expect(approveGrant(edge, acme.mina, grant.id)).rejects.toMatchObject({ code: 'refused' })
    await expect(approveGrant(edge, acme.admin, grant.id)).rejects.toMatchObject({ code: 'admin_may_not' })
    await expect(grantProof(edge, grant.id)).rejects.toMatchObject({ code: 'wrong_state' })
    const live = await approveGrant(edge, acme.kofi, grant.id)
    expect(await toldOf(acme.ana, grant.id)).toEqual([expect.stringContaining('Open: pay/two')])
    expect(live).toMatchObject({ state: 'live', secondPerson: 'approved', approvers: [{ id: acme.kofi }], uses: 2 })
    expect(await kindsOf(grant.id)).toEqual(['glass.requested', 'glass.approved', 'glass.granted'])
    await expect(approveGrant(edge, acme.lee, grant.id)).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('never lets an author be the second person', async () => {
    const incident = await openIncident(edge, acme.lee, { title: 'payments down', severity: 'SEV1' })
    const grant = await openOne({ gates: ['pay/two'], incident: incident.id, authors: ['Kofi@acme.dev'] })
    expect(grant.mayApprove.map(({ id }) => id)).not.toContain(acme.kofi)
    await expect(approveGrant(edge, acme.kofi, grant.id)).rejects.toMatchObject({ code: 'refused' })
    expect(await withdrawGrant(edge, acme.ana, grant.id)).toMatchObject({ state: 'withdrawn' })
    expect(await kindsOf(grant.id)).toEqual(['glass.requested', 'glass.withdrawn'])
  })

  it('lets one of two win who approve and decline at one moment', async () => {
    const incident = await openIncident(edge, acme.lee, { title: 'payments down', severity: 'SEV1' })
    const grant = await openOne({ gates: ['pay/two'], incident: incident.id })
    const both = await Promise.allSettled([
      approveGrant(edge, acme.kofi, grant.id),
      declineGrant(edge, acme.kofi, grant.id, 'wait for the build'),
    ])
    expect(both.map(one => one.status).sort()).toEqual(['fulfilled', 'rejected'])
    const { state } = await showGrant(edge, grant.id)
    expect(await kindsOf(grant.id)).toEqual(
      state === 'live' ? ['glass.requested', 'glass.approved', 'glass.granted'] : ['glass.requested', 'glass.declined'],
    )
  })

  it('goes solo when the wait is over, and says so', async () => {
    const grant = await openOne({ gates: ['pay/solo'] })
    expect(grant.state).toBe('waiting')
    aheadMs += 4 * 60_000
    await runDue()
    expect((await showGrant(edge, grant.id)).state).toBe('waiting')
    aheadMs += 61_000
    await runDue()
    expect(await showGrant(edge, grant.id)).toMatchObject({ state: 'live', secondPerson: 'went_solo' })
    expect(await kindsOf(grant.id)).toEqual(['glass.requested', 'glass.went_solo', 'glass.granted'])
  })

  it('gives up after an hour when nobody required came', async () => {
    const incident = await openIncident(edge, acme.lee, { title: 'payments down', severity: 'SEV1' })
    const grant = await openOne({ gates: ['pay/two'], incident: incident.id })
    aheadMs += 3_601_000
    await runDue()
    expect(await showGrant(edge, grant.id)).toMatchObject({
      state: 'refused',
      refusal: { code: 'no_second_person_in_time' },
    })
    expect(await kindsOf(grant.id)).toEqual(['glass.requested', 'glass.refused'])
  })

  it('is used once, whoever asks again, and shuts by itself with its review due', async () => {
    const { id } = await openOne()
    const use = (useKey: string) =>
      act(edge, async run =>
        recordUse(run, await grantById(run.tx, id), {
          useKey,
          at: acme.point,
          usedAtMs: run.atMs,
          kept: [{ gate: 'pay/smoke', stood: 'passed' }],
          reportedLate: false,
        }),
      )
    const outcomes = await Promise.all([use('one'), use('two')])
    expect(outcomes.filter(one => one?.already === false)).toHaveLength(1)
    const won = outcomes[0] ? 'one' : 'two'
    expect(await use(won)).toMatchObject({ already: true })
    expect(await use('three')).toBeUndefined()
    expect(await showGrant(edge, id)).toMatchObject({ state: 'shut', used: 1, shutConfirmedBy: 'server' })
    expect(await kindsOf(id)).toEqual(['glass.requested', 'glass.granted', 'glass.used', 'glass.shut'])
    expect(await reviewOf(id)).toMatchObject({ state: 'due', form: 'full', provisional: 0, of: 'use' })
  })

  it('expires by itself when nobody used it, with a short review', async () => {
    const { id } = await openOne()
    aheadMs += 30 * 60_000
    await runDue()
    expect(await showGrant(edge, id)).toMatchObject({ state: 'shut', used: 0 })
    expect(await kindsOf(id)).toEqual(['glass.requested', 'glass.granted', 'glass.expired', 'glass.shut'])
    expect(await reviewOf(id)).toMatchObject({ state: 'due', form: 'short', of: 'unused_grant', sign_offs_needed: 1 })
  })

  it('is revoked by who may, at once where it is online, and honestly where it is not', async () => {
    const online = await openOne()
    await expect(revokeGrant(edge, acme.kofi, online.id, 'no')).rejects.toMatchObject({ code: 'refused' })
    expect((await revokeGrant(edge, acme.lee, online.id, 'the gate is mended')).grant.state).toBe('shut')
    const offline = await openOne({ mode: 'offline' })
    // The request differs only in its mode, and the first grant is shut, so it is another grant.
    const { grant, stillOpen } = await revokeGrant(edge, acme.ana, offline.id, 'not needed any more')
    expect(grant.state).toBe('revoked')
    expect(stillOpen).toEqual([{ at: 'pay hook', until: offline.expiresAt }])
  })

  it('alarms when an offline grant is not confirmed shut for five minutes', async () => {
    const { id } = await openOne({ mode: 'offline' })
    aheadMs += 30 * 60_000
    await runDue()
    expect((await showGrant(edge, id)).state).toBe('expired')
    aheadMs += 5 * 60_000 + 1
    await runDue()
    const alarms = await edge.store.read(rx => rx.db.selectFrom('alarm').selectAll().where('key', '=', id).execute())
    expect(alarms).toMatchObject([{ kind: 'shut_unconfirmed', ended_at: null }])
    expect((await showGrant(edge, id)).shutOverdue).toBe(true)
  })
})
