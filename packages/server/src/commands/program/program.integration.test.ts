import { parseStatement } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { act, type Edge } from '../../edge/edge.ts'
import { programInForce } from '../../facts/program.ts'
import { claimJobs, completeJob } from '../../jobs/queue.ts'
import { jobHandlers } from '../../jobs/handlers.ts'
import { makeTestEdge, type TestEdge } from '../../testing/edge.ts'
import { makeTestOrganization, type TestOrganization, testProgram } from '../../testing/organization.ts'
import { endPerson } from '../people/end-person.ts'
import { approveProgram, withdrawProgram } from './approve-program.ts'
import { publishProgram } from './publish-program.ts'
import { checkProgram, listPrograms, showProgram } from './read-program.ts'
import { republishIfNamed } from './republish.ts'
import { effectJob } from './take-effect.ts'

eachEngine('the program', makeStore => {
  let test: TestEdge
  let edge: Edge
  let acme: TestOrganization
  let aheadMs = 0
  beforeAll(async () => {
    const nowMs = () => Date.now() + aheadMs
    test = await makeTestEdge(await makeStore({ clock: nowMs }), { nowMs })
    edge = test.edge
    acme = await makeTestOrganization(edge)
  })
  afterAll(() => test.close())

  const publish = (text: string, person = acme.mina) =>
    publishProgram(edge, person, { file: 'breakglass.yaml', text, files: {} })
  const inForce = () => edge.store.read(async rx => (await programInForce(rx))?.published)
  const longer = (ttl: string) => testProgram.replaceAll('ttl: 30m', `ttl: ${ttl}`)
  async function runEffects(): Promise<void> {
    const jobs = await claimJobs(edge.store, { kinds: [effectJob], limit: 10, leaseMs: 60_000, owner: 'test' })
    for (const job of jobs) {
      await jobHandlers(edge)[effectJob]?.({
        job,
        signal: new AbortController().signal,
        complete: async tx => void (await completeJob(tx, job)),
      })
    }
  }

  it('is in force at its proof, the first one by one owner', async () => {
    const { versions } = await listPrograms(edge)
    expect(versions).toMatchObject([{ version: 1, state: 'in_force', class: 'first', digest: acme.program }])
    expect(versions[0]?.ledger?.index).toBeTypeOf('number')
    expect((await showProgram(edge, 'current')).text).toBe(testProgram)
  })

  it('is published by owners alone', async () => {
    await expect(publish(longer('10m'), acme.admin)).rejects.toMatchObject({ code: 'admin_may_not' })
    await expect(publish(longer('10m'), acme.ana)).rejects.toMatchObject({ code: 'not_allowed' })
  })

  it('changes nothing when it has an error, and says where', async () => {
    const broken = publish(testProgram.replace('owner: reviewers', 'owner: reviewer'))
    await expect(broken).rejects.toMatchObject({ code: 'bad_program', data: { remarks: expect.any(Array) } })
    expect((await inForce())?.digest).toBe(acme.program)
    expect(await checkProgram(edge, { file: 'breakglass.yaml', text: longer('40m'), files: {} })).toMatchObject({
      ok: true,
      class: 'widening',
    })
  })

  it('is refused when nobody could ever change it again', async () => {
    const strangers = testProgram.replace('owners: [mina@acme.dev, okoro@acme.dev]', 'owners: [who@acme.dev]')
    await expect(publish(strangers)).rejects.toMatchObject({ code: 'bad_input' })
  })

  it('narrows at once', async () => {
    const { version } = await publish(longer('20m'))
    expect(version).toMatchObject({ state: 'in_force', class: 'narrowing', version: 2 })
    expect((await inForce())?.digest).toBe(version.digest)
    expect((await publish(longer('20m'))).version).toMatchObject({ version: 2, state: 'in_force' })
  })

  it('widens only with two owners and after the delay', async () => {
    const { version } = await publish(longer('25m'))
    expect(version).toMatchObject({ state: 'proposed', class: 'widening', approvalsNeeded: 2 })
    await expect(approveProgram(edge, acme.mina, version.digest)).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(approveProgram(edge, acme.lee, version.digest)).rejects.toMatchObject({ code: 'not_allowed' })
    expect(await approveProgram(edge, acme.okoro, version.digest)).toMatchObject({ state: 'waiting' })
    expect((await inForce())?.digest).not.toBe(version.digest)
    aheadMs += 59 * 60_000
    await runEffects()
    expect((await inForce())?.digest).not.toBe(version.digest)
    aheadMs += 61_000
    await runEffects()
    await expect.poll(async () => (await inForce())?.digest).toBe(version.digest)
    const { jws } = await edge.store.read(rx =>
      rx.db
        .selectFrom('statement')
        .select('jws')
        .where('kind', '=', 'program.published')
        .orderBy('seq', 'desc')
        .executeTakeFirstOrThrow(),
    )
    const parsed = parseStatement(jws)
    expect(parsed.ok && parsed.value.envelope).toMatchObject({
      seq: 3,
      body: { version: 3, class: 'widening', approvers: [acme.mina, acme.okoro].sort() },
    })
  })

  it('can be taken back before it takes effect, and then waits for nobody', async () => {
    const { version } = await publish(longer('28m'))
    expect(await withdrawProgram(edge, acme.okoro, version.digest)).toMatchObject({ state: 'withdrawn' })
    await expect(approveProgram(edge, acme.okoro, version.digest)).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('is resolved anew, on the record, when a repository it names is registered', async () => {
    const { version } = await publish(longer('20m').replaceAll('[acme/pay]', '[acme/pay, acme/new]'))
    const before = await inForce()
    expect(before?.digest).toBe(version.digest)
    const key = 'git/git.acme.dev/r_new'
    const sid = await act(edge, async run => {
      const where = { forge: 'git', host: 'git.acme.dev', id: 'r_new', name: 'acme/new' }
      await run.tx.db
        .insertInto('repository')
        .values({ key, ...where, properties: '{}', registered_at: run.atMs })
        .execute()
      return republishIfNamed(run)
    })
    expect(sid).toBeDefined()
    await expect.poll(async () => (await inForce())?.program.gates['pay/tests']?.on.repositories.length).toBe(2)
    expect((await inForce())?.digest).toBe(version.digest)
    expect(await act(edge, republishIfNamed)).toBeUndefined()
  })

  it('counts no signature of an owner who has left', async () => {
    const { version } = await publish(longer('29m'))
    await endPerson(edge, acme.admin, acme.mina)
    await approveProgram(edge, acme.okoro, version.digest)
    aheadMs += 2 * 3_600_000
    await runEffects()
    expect((await inForce())?.digest).not.toBe(version.digest)
  })
})
