import { isCommit, verifyPassedUnavailable } from '@breakglass/verify'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { publishProgram } from '../program/publish-program.ts'
import { passUnavailable } from './pass-unavailable.ts'
import { pointJobs } from './point-jobs.ts'
import { passingAlarmKind, passingJob } from './recover-gate.ts'
import { reportResult } from './report-result.ts'
import { sendReports } from './send-reports.ts'
import { commitOf, main, makeWorld, program, repository, repositoryName, type World } from './testing/world.ts'

eachEngine('passUnavailable', makeStore => {
  let world: World
  // A window shuts the gate's own way for a day, so each case begins without one.
  beforeEach(async () => {
    world = await makeWorld(await makeStore())
  })
  afterEach(() => world.test.close())

  const ask = (commit: string, given: { gate?: string; ref?: string; useKey?: string; at?: string } = {}) => {
    const { gate = 'pay/lint', ref = main, useKey = commit, at = world.point.id } = given
    const why = 'the runner was lost after 60 s'
    return passUnavailable(world.edge, at, { gate, ref, change: { commit }, why, useKey })
  }
  const judge = async (reply: { statement: string; proof: string }, commit: string, at = world.point.id) => {
    if (!isCommit(commit)) throw new Error('expected a commit')
    const question = { at, boundary: 'merge', gate: 'pay/lint', repository, ref: main, change: { commit } } as const
    const logged = { jws: reply.statement, proof: reply.proof }
    return verifyPassedUnavailable(logged, await world.trust(), { ...question, nowMs: world.clock.ms + 1000 })
  }
  const windows = () =>
    world.edge.store.read(rx => rx.db.selectFrom('unavailable_window').selectAll().orderBy('from_at').execute())
  const alarms = () =>
    world.edge.store.read(rx =>
      rx.db
        .selectFrom('alarm')
        .select(['key', 'last_told_at', 'ended_at'])
        .where('kind', '=', passingAlarmKind)
        .execute(),
    )

  it('logs one window with its review and alarm before the first pass, and the point verifies it', async () => {
    const reply = await ask(commitOf('1'))
    const verdict = await judge(reply, commitOf('1'))
    expect(verdict.ok).toBe(true)
    const [window] = await windows()
    expect(verdict.ok && verdict.value.id).toBe(window?.id)
    expect(verdict.ok && verdict.value.window.windowUntil).toBe(reply.windowUntil)
    expect((window?.until_at ?? 0) - (window?.from_at ?? 0)).toBe(1_800_000)
    expect(await alarms()).toMatchObject([{ key: window?.id, ended_at: null }])
    const review = await world.edge.store.read(rx =>
      rx.db
        .selectFrom('review')
        .selectAll()
        .where('subject', '=', window?.id ?? '')
        .executeTakeFirstOrThrow(),
    )
    expect(review).toMatchObject({ of: 'passed_unavailable', state: 'due' })
    const told = await world.edge.store.read(rx =>
      rx.db
        .selectFrom('notice')
        .select('person_id')
        .where('subject', '=', window?.id ?? '')
        .execute(),
    )
    expect(told.map(({ person_id }) => person_id).toSorted()).toEqual([world.people.ana, world.people.ben].toSorted())
  })

  it('answers the same for the same change, and says each other change in a statement of its own', async () => {
    const first = await ask(commitOf('1'))
    expect(await ask(commitOf('1'))).toEqual(first)
    expect(await ask(commitOf('1'), { useKey: 'another run' })).toEqual(first)
    const other = await ask(commitOf('2'))
    expect(other.windowUntil).toBe(first.windowUntil)
    expect((await judge(other, commitOf('2'))).ok).toBe(true)
    expect((await judge(first, commitOf('2'))).ok).toBe(false)
    const found = await windows()
    expect(found).toHaveLength(1)
    expect(await world.kinds(found[0]?.id ?? '')).toEqual(['gate.passed_unavailable', 'gate.passed_unavailable'])
  })

  it('says it anew under a program that came into force meanwhile, in the same window', async () => {
    const first = await ask(commitOf('1'))
    const text = `${program}# Nothing changed but this line.\n`
    const { version } = await publishProgram(world.edge, world.people.mina, {
      file: 'breakglass.yaml',
      text,
      files: {},
    })
    expect(version.state).toBe('in_force')
    const again = await ask(commitOf('1'))
    expect(again.windowUntil).toBe(first.windowUntil)
    const verdict = await judge(again, commitOf('1'))
    expect(verdict.ok && verdict.value.window.program).toBe(version.digest)
    expect(await windows()).toHaveLength(1)
  })

  it('makes one window of two that ask at the same moment', async () => {
    const both = await Promise.all([ask(commitOf('1')), ask(commitOf('1'), { useKey: 'b' })])
    expect(both[0]).toEqual(both[1])
    expect(await windows()).toHaveLength(1)
  })

  it('lets a second point join the outage, and end with it', async () => {
    const first = await ask(commitOf('1'))
    const other = await world.enrol()
    world.clock.ms += 60_000
    const joined = await ask(commitOf('1'), { at: other.id })
    expect(joined.windowUntil).toBe(first.windowUntil)
    expect((await judge(joined, commitOf('1'), other.id)).ok).toBe(true)
    expect((await judge(joined, commitOf('1'))).ok).toBe(false)
  })

  it('wants a person for a second window within a day, and passes by itself after it', async () => {
    await ask(commitOf('1'))
    world.clock.ms += 1_801_000
    await expect(ask(commitOf('1'))).rejects.toMatchObject({ code: 'fail_open_needs_person' })
    world.clock.ms += 86_400_000
    await ask(commitOf('1'))
    const [first, second] = await windows()
    expect(first?.recovered_at).toBe(first?.until_at)
    expect(second?.recovered_at).toBeNull()
    expect(await world.kinds(first?.id ?? '')).toEqual(['gate.passed_unavailable', 'gate.recovered'])
  })

  it('is over when the gate runs again, by a receipt or by what a point ran', async () => {
    await ask(commitOf('1'))
    const reporter = await world.reporter('pay/lint')
    const told = { gate: 'pay/lint', repository: repositoryName, commit: commitOf('3') }
    await reportResult(world.edge, reporter, { ...told, result: 'could_not_run', run: '1' })
    expect((await windows())[0]?.recovered_at).toBeNull()
    await reportResult(world.edge, reporter, { ...told, result: 'pass', run: '2' })
    expect((await windows())[0]?.recovered_at).not.toBeNull()
    expect((await alarms())[0]?.ended_at).not.toBeNull()
    world.clock.ms += 90_000_000
    await ask(commitOf('1'))
    world.clock.ms += 60_000
    const body = { change: { commit: commitOf('4') }, gate: 'pay/lint', result: 'pass', run: '3' }
    await sendReports(world.edge, world.point.id, { reports: [world.point.event('point.result', body)] })
    expect((await windows())[1]?.recovered_at).not.toBeNull()
  })

  it('is not over by a run from before it that is told late', async () => {
    const beforeMs = world.clock.ms
    world.clock.ms += 60_000
    await ask(commitOf('1'))
    const body = { change: { commit: commitOf('4') }, gate: 'pay/lint', result: 'pass', run: '3' }
    await sendReports(world.edge, world.point.id, {
      reports: [world.point.event('point.result', body, { atMs: beforeMs })],
    })
    expect((await windows())[0]?.recovered_at).toBeNull()
  })

  it('counts the passes that points tell of, each once', async () => {
    const { windowUntil } = await ask(commitOf('1'), { useKey: 'k1' })
    const [window] = await windows()
    const body = {
      change: { commit: commitOf('1') },
      gate: 'pay/lint',
      ref: main,
      statement: window?.sid ?? '',
      windowUntil,
    }
    const reports = ['k1', 'k2'].map(useKey => world.point.event('point.passed_unavailable', { ...body, useKey }))
    await sendReports(world.edge, world.point.id, { reports })
    const passes = await world.edge.store.read(rx => rx.db.selectFrom('unavailable_pass').select('use_key').execute())
    expect(passes.map(({ use_key }) => use_key).toSorted()).toEqual(['k1', 'k2'])
  })

  it('tells it again every five minutes until it is over', async () => {
    await ask(commitOf('1'))
    const [window] = await windows()
    const toldAt = async () => (await alarms())[0]?.last_told_at ?? 0
    const first = await toldAt()
    world.clock.ms += 300_000
    await world.job(pointJobs(world.edge), passingJob, window?.id ?? '')
    expect(await toldAt()).toBeGreaterThanOrEqual(first + 300_000)
    world.clock.ms += 1_800_000
    await world.job(pointJobs(world.edge), passingJob, window?.id ?? '')
    expect((await windows())[0]?.recovered_at).toBe(window?.until_at)
    expect((await alarms())[0]?.ended_at).not.toBeNull()
  })

  it('opens no gate that the program keeps closed, that ran, or that does not stand there', async () => {
    for (const gate of ['pay/tests', 'pay/smoke', 'pay/none']) {
      await expect(ask(commitOf('1'), { gate })).rejects.toMatchObject({ code: 'fail_open_not_allowed' })
    }
    await expect(ask(commitOf('1'), { ref: 'refs/heads/other' })).rejects.toMatchObject({
      code: 'fail_open_not_allowed',
    })
    await expect(ask(commitOf('1'), { ref: 'main' })).rejects.toMatchObject({ code: 'bad_input' })
    const reporter = await world.reporter('pay/lint')
    const told = { gate: 'pay/lint', repository: repositoryName, commit: commitOf('5'), run: '1' }
    await reportResult(world.edge, reporter, { ...told, result: 'fail' })
    await expect(ask(commitOf('5'))).rejects.toMatchObject({ code: 'fail_open_not_allowed' })
    expect(await windows()).toEqual([])
  })

  it('opens nothing without the proof, and gives it to who asks again', async () => {
    const { append } = world.test.client
    world.test.client.append = () => Promise.reject(new Error('down'))
    await expect(ask(commitOf('1'))).rejects.toMatchObject({ code: 'ledger_unavailable' })
    world.test.client.append = append
    expect((await judge(await ask(commitOf('1')), commitOf('1'))).ok).toBe(true)
    expect(await windows()).toHaveLength(1)
  }, 30_000)
})
