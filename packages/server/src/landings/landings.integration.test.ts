import { setTimeout as delay } from 'node:timers/promises'
import { openGlass } from '../commands/glass/open-glass.ts'
import { openIncident } from '../commands/incidents/incidents.ts'
import { pointById } from '../commands/points/point-row.ts'
import { publishProgram } from '../commands/program/publish-program.ts'
import { instantToMs } from '@breakglass/verify'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import { commitOf, main, makeWorld, program, repositoryName, type World } from '../commands/points/testing/world.ts'
import { act } from '../edge/edge.ts'
import { landingJobs } from './landing-jobs.ts'
import { deriveJob, observe } from './observe.ts'
import { allPassed, computed, recompute, settle, telling } from './testing/telling.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000

eachEngine('landings', makeStore => {
  let world: World
  let tell: ReturnType<typeof telling>
  beforeEach(async () => {
    world = await makeWorld(await makeStore())
    tell = telling(world)
    world.clock.ms += dayMs
  })
  afterEach(() => world.test.close())

  const now = () => world.clock.ms
  const passages = (gate: string) =>
    world.edge.store.read(async rx => {
      const rows = await rx.db
        .selectFrom('passage')
        .innerJoin('landing', 'landing.id', 'passage.landing_id')
        .select(['landing.before', 'landing.after', 'landing.ordinal', 'passage.outcome'])
        .where('passage.gate', '=', gate)
        .orderBy('passage.at')
        .orderBy('landing.after')
        .execute()
      const short = (commit: string) => commit.replace(/^sha1:(.)\1*$/, '$1')
      return rows.map(({ before, after, ordinal, outcome }) => `${short(before)}>${short(after)}#${ordinal} ${outcome}`)
    })
  const days = (gate: string) =>
    world.edge.store.read(async rx => {
      const rows = await rx.db.selectFrom('gate_day').selectAll().where('gate', '=', gate).orderBy('day').execute()
      return rows.map(row =>
        Object.fromEntries(Object.entries(row).filter(([key, value]) => key !== 'gate' && value !== 0)),
      )
    })
  const corrections = () =>
    world.edge.store.read(async rx => {
      const rows = await rx.db.selectFrom('correction').selectAll().orderBy('gate').execute()
      return rows.map(({ gate, was, is }) => `${gate}: ${was} → ${is}`)
    })

  it('count a push at each gate in force, once, also when it is told again', async () => {
    const event = tell.allowed({ move: '1>2', atMs: now() })
    await tell.report(event)
    await tell.report(event)
    await settle(world)
    expect(await passages('pay/tests')).toEqual(['1>2#1 passed'])
    expect(await days('pay/tests')).toEqual([{ day: '2026-11-24', zone: 'Europe/Berlin', passed: 1 }])
    const hours = await world.edge.store.read(rx =>
      rx.db.selectFrom('gate_hour').selectAll().where('gate', '=', 'pay/tests').execute(),
    )
    expect(hours).toEqual([{ gate: 'pay/tests', month: '2026-11', weekday: 2, hour: 11, passages: 1, bypassed: 0 }])
    expect(await corrections()).toEqual([])
  })

  it('say what opened each gate, and whose grant it was', async () => {
    const grant = await world.break('pay/tests', commitOf('2'))
    const { sid } = await world.edge.store.read(rx =>
      rx.db.selectFrom('glass').select('granted_sid as sid').where('id', '=', grant.id).executeTakeFirstOrThrow(),
    )
    const gates = { 'pay/lint': 'pass_when_unavailable', 'pay/slow': 'waiver', 'pay/tests': 'grant' } as const
    await tell.push({ move: '1>2', atMs: now(), gates, evidence: { 'pay/tests': sid ?? '' } })
    await settle(world)
    expect(await passages('pay/tests')).toEqual(['1>2#1 opened_by_grant'])
    expect(await passages('pay/slow')).toEqual(['1>2#1 waived'])
    expect(await passages('pay/lint')).toEqual(['1>2#1 failed_open'])
    // Nothing was told of the safety net, so what became of it is not known.
    expect(await passages('pay/smoke')).toEqual(['1>2#1 unknown'])
    const [episode] = await world.edge.store.read(rx => rx.db.selectFrom('episode').selectAll().execute())
    expect(episode).toMatchObject({ gate: 'pay/tests', actor: world.people.ana, sanctioned: 1, uses: 1 })
  })

  it('see an advance without the hook, what was open then, and protection that was off', async () => {
    const offFrom = now() + 10 * hourMs
    await world.break('pay/tests', commitOf('2'))
    await world.break('pay/slow', commitOf('9'))
    const at = now() + 60_000
    world.clock.ms += 12 * hourMs
    await tell.see(tell.advance('1>2', at))
    await tell.see(tell.advance('2>3', offFrom + 1))
    await settle(world)
    expect(await passages('pay/tests')).toEqual(['1>2#1 bypassed_while_grant_open', '2>3#1 bypassed_unsanctioned'])
    expect(await passages('pay/slow')).toEqual(['1>2#1 grant_mismatch', '2>3#1 bypassed_unsanctioned'])
    // That the hook was gone is told only now.
    const hook = {
      kind: 'hook',
      state: 'missing',
      at: new Date(offFrom).toISOString(),
      delivery: `ev_${'0'.repeat(26)}`,
    } as const
    await tell.see(hook)
    await settle(world)
    expect(await passages('pay/tests')).toEqual(['1>2#1 bypassed_while_grant_open', '2>3#1 landed_while_off'])
  })

  it('turn what passed yesterday into a bypass when the watcher tells of it, and say so', async () => {
    await tell.push({ move: '1>2', atMs: now() })
    await settle(world)
    const yesterday = now()
    world.clock.ms += dayMs
    await tell.see(tell.advance('1>2', yesterday + 60_000))
    await settle(world)
    expect(await passages('pay/tests')).toEqual(['1>2#1 bypassed_unsanctioned'])
    expect(await days('pay/tests')).toEqual([{ day: '2026-11-24', zone: 'Europe/Berlin', bypassed_unsanctioned: 1 }])
    expect(await corrections()).toContain('pay/tests: passed → bypassed_unsanctioned')
    expect(await corrections()).toHaveLength(4)
  })

  it('find a use late when its finding comes', async () => {
    const grant = await world.break('pay/tests', commitOf('2'), { mode: 'offline' })
    const { sid } = await world.edge.store.read(rx =>
      rx.db.selectFrom('glass').select('granted_sid as sid').where('id', '=', grant.id).executeTakeFirstOrThrow(),
    )
    world.clock.ms += 2 * hourMs
    const gates = { 'pay/tests': 'grant' } as const
    const allowed = tell.allowed({ move: '1>2', atMs: now(), gates, evidence: { 'pay/tests': sid ?? '' } })
    await tell.report(allowed)
    await settle(world)
    expect(await passages('pay/tests')).toEqual(['1>2#1 opened_by_grant'])
    const used = world.point.event('point.used', {
      change: { commit: commitOf('2') },
      gate: 'pay/tests',
      grant: grant.id,
      kept: [],
      mode: 'offline',
      new: commitOf('2'),
      old: commitOf('1'),
      ref: main,
      useKey: 'k',
    })
    await tell.report(used)
    await settle(world)
    expect(await passages('pay/tests')).toEqual(['1>2#1 late_use'])
  })

  it('show that a ref moved unseen as unknown, until somebody tells', async () => {
    const from = now() - hourMs
    await tell.push({ move: '1>2', atMs: from })
    await tell.push({ move: '5>6', atMs: from + 2000 })
    await settle(world)
    expect(await passages('pay/tests')).toEqual(['1>2#1 passed', '?>5#1 unknown', '5>6#1 passed'])
    expect(await days('pay/tests')).toMatchObject([{ passed: 2, unknown: 1 }])
    await tell.see(tell.advance('2>5', from + 1000))
    await settle(world)
    expect(await passages('pay/tests')).toEqual(['1>2#1 passed', '2>5#1 bypassed_unsanctioned', '5>6#1 passed'])
    // What lay before the first that is known is no gap, but then it is.
    await tell.see(tell.advance('7>8', from - hourMs))
    await settle(world)
    expect(await passages('pay/tests')).toContain('?>1#1 unknown')
  })

  it('do not count a push that git refused because somebody was faster', async () => {
    await tell.push({ move: '1>2', atMs: now() })
    await tell.push({ move: '1>3', atMs: now() + 10 })
    await settle(world)
    expect(await passages('pay/tests')).toEqual(['1>3#1 passed'])
    await tell.push({ move: '2>4', atMs: now() + 20 })
    await settle(world)
    expect(await passages('pay/tests')).toEqual(['1>2#1 passed', '2>4#1 passed'])
  })

  it('are the same whatever came first and however often, and computed anew to the byte', async () => {
    const from = now() - 6 * hourMs
    const at = (minutes: number) => from + minutes * 60_000
    const moves = ['1>2', '2>3', '3>2', '2>3', '3>4', '3>5', '8>9'].map((move, index) => ({
      move,
      atMs: at(index * 20),
    }))
    const parts = [1, 2].map(part => ({
      move: '9>a',
      atMs: at(200),
      part,
      parts: 2,
      gates: part === 1 ? ({ 'pay/tests': 'pass' } as const) : ({ 'pay/slow': 'waiver' } as const),
    }))
    const seen = [
      tell.advance('5>6', at(130)),
      tell.advance('2>3', at(66)),
      tell.advance('6>1', at(140)),
      tell.advance('5>6', at(150)),
      tell.advance('3>5', at(121), { allowed: true }),
    ]
    for (const pushed of [...moves, ...parts]) await tell.push(pushed)
    await tell.see(...seen)
    await settle(world)
    const first = await computed(world)
    expect(await passages('pay/tests')).toHaveLength(11)

    const other = await makeWorld(await makeStore())
    other.clock.ms = now()
    const again = telling(other)
    const reports = [...moves, ...parts].map(again.allowed)
    for (const [index, observation] of seen.toReversed().entries()) {
      await again.see(observation)
      await settle(other)
      await again.report(...reports.slice(index * 2, index * 2 + 2))
      await again.see(...seen.slice(0, index))
      await settle(other)
    }
    await again.report(...reports)
    await again.see(...seen)
    await settle(other)
    expect(await computed(other)).toBe(first)
    await recompute(other)
    expect(await computed(other)).toBe(first)
    await other.test.close()
  })

  it('lose nothing that is told while they are made', async () => {
    await tell.see(tell.advance('8>9', now()))
    const told = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const move = { ref: main, before: commitOf('8'), after: commitOf('9') }
    const telling = act(world.edge, async run => {
      const point = await pointById(run.tx, world.point.id)
      await observe(run, point, { id: 'second', source: 'watcher', atMs: now(), allowed: false, ...move })
      told.resolve()
      await go.promise
    })
    await told.promise
    const making = world.job(landingJobs(world.edge), deriveJob, 'git/git.acme.example/r_payments')
    // Time enough for the job to be over, if it does not wait; were it not, nothing is proven and nothing fails.
    await Promise.race([making, delay(300)])
    go.resolve()
    await Promise.all([telling, making])
    await settle(world)
    expect(await passages('pay/tests')).toHaveLength(2)
  })

  it('count what was made in an incident, from when it began, and join its uses', async () => {
    const from = now()
    await tell.push({ move: '1>2', atMs: from - hourMs })
    const incident = await openIncident(world.edge, world.people.ben, { title: 'down', severity: 'SEV1' })
    world.clock.ms += hourMs
    await tell.push({ move: '2>3', atMs: now() })
    await settle(world)
    expect(await days('pay/tests')).toMatchObject([{ passed: 2 }])
    world.clock.ms += hourMs
    for (const [move, tip] of [
      ['3>4', '4'],
      ['4>5', '5'],
    ] as const) {
      const { grants } = await openGlass(world.edge, world.people.ana, {
        gates: ['pay/tests'],
        repository: repositoryName,
        ref: main,
        change: { commit: commitOf(tip) },
        at: world.point.id,
        mode: 'online',
        incident: incident.id,
        justification: 'Payments are down, see the incident.',
      })
      const row = await world.edge.store.read(rx =>
        rx.db
          .selectFrom('glass')
          .select('granted_sid')
          .where('id', '=', grants[0]?.id ?? '')
          .executeTakeFirstOrThrow(),
      )
      const gates = { ...allPassed, 'pay/tests': 'grant' } as const
      await tell.push({ move, atMs: now(), gates, evidence: { 'pay/tests': row.granted_sid ?? '' } })
      world.clock.ms += 3 * hourMs
    }
    await settle(world)
    // The first push was before it; another gate has no use in it.
    expect(await days('pay/tests')).toMatchObject([{ passed: 2, opened_by_grant: 2, during_incident: 3 }])
    expect(await days('pay/slow')).toEqual([{ day: '2026-11-24', zone: 'Europe/Berlin', passed: 4 }])
    const episodes = await world.edge.store.read(rx => rx.db.selectFrom('episode').selectAll().execute())
    expect(episodes).toMatchObject([{ incident_id: incident.id, uses: 2, sanctioned: 1 }])
    const before = await computed(world)
    await recompute(world)
    expect(await computed(world)).toBe(before)
  })

  it('count a deployment once, at the gates that let it through, and no run of a commit', async () => {
    const point = await world.enrol({ kind: 'ci' })
    const change = { deployment: 'web', artifact: `sha256:${'a'.repeat(64)}` }
    const ran = (given: object, on: { deployment: string; artifact: string } | { commit: string } = change) =>
      point.event('point.result', { change: on, gate: 'pay/tests', result: 'pass', run: '1', ...given })
    const passed = { change, gate: 'pay/lint', statement: `s_${'0'.repeat(26)}`, useKey: 'k' }
    await telling(world, point).report(
      ran({ result: 'fail' }),
      ran({}),
      ran({ run: '2' }),
      ran({}, { commit: commitOf('1') }),
      point.event('point.passed_unavailable', { ...passed, windowUntil: '2026-11-25T00:00:00.000Z' }),
    )
    await settle(world)
    expect(await passages('pay/tests')).toEqual([`>${change.artifact}#1 passed`])
    expect(await passages('pay/lint')).toEqual([`>${change.artifact}#1 failed_open`])
    expect(await passages('pay/smoke')).toEqual([])
  })

  it('know the gates by when it landed: one that came into force at noon has no passage of the morning', async () => {
    const morning = now()
    world.clock.ms += hourMs
    const gate = program.slice(program.indexOf('  pay/tests:'), program.indexOf('  pay/slow:'))
    const late = gate.replace('pay/tests', 'pay/noon').replace('check: tests', 'check: noon')
    const text = program.replace('  pay/slow:', `${late}  pay/slow:`)
    const published = await publishProgram(world.edge, world.people.mina, { file: 'breakglass.yaml', text, files: {} })
    expect(published.version.state).toBe('in_force')
    const noon = instantToMs(published.version.effectiveAt ?? '')
    world.clock.ms += hourMs
    await tell.push({ move: '1>2', atMs: morning })
    // The hook has not heard of it yet, so nobody stood there.
    await tell.push({ move: '2>3', atMs: noon + 1000 })
    await settle(world)
    expect(await passages('pay/noon')).toEqual(['2>3#1 unknown'])
    expect(await passages('pay/tests')).toEqual(['1>2#1 passed', '2>3#1 passed'])
  })

  it('stand on the date and hour of the gate, also where clocks are put back', async () => {
    world.clock.ms = Date.UTC(2027, 9, 31, 12)
    const times = ['2027-10-30T22:30:00Z', '2027-10-31T00:30:00Z', '2027-10-31T01:30:00Z', '2027-10-30T21:59:59Z']
    for (const [at, time] of times.entries()) await tell.push({ move: `${at}>${at + 1}`, atMs: Date.parse(time) })
    await settle(world)
    const rows = await world.edge.store.read(rx =>
      rx.db
        .selectFrom('passage')
        .select(['day', 'hour', 'weekday'])
        .where('gate', '=', 'pay/tests')
        .where('outcome', '=', 'passed')
        .orderBy('at')
        .execute(),
    )
    expect(rows).toEqual([
      { day: '2027-10-30', hour: 23, weekday: 6 },
      { day: '2027-10-31', hour: 0, weekday: 7 },
      { day: '2027-10-31', hour: 2, weekday: 7 },
      { day: '2027-10-31', hour: 2, weekday: 7 },
    ])
  })
})
