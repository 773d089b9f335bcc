import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { labelJob } from '../../landings/label-job.ts'
import { landingJobs } from '../../landings/landing-jobs.ts'
import { settle, telling } from '../../landings/testing/telling.ts'
import { noteWatching } from '../../landings/watching.ts'
import { commitOf, makeWorld, type World } from '../points/testing/world.ts'
import { importDays } from './import-days.ts'
import { listGates } from './list-gates.ts'
import { showGateNumbers } from './show-gate-numbers.ts'

const dayMs = 86_400_000
const gate = 'pay/tests'

eachEngine('numbers', makeStore => {
  let world: World
  let tell: ReturnType<typeof telling>
  let grant: string
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
    tell = telling(world)
  })
  afterAll(() => world.test.close())

  const listed = async (name = gate) => {
    const { gates } = await listGates(world.edge)
    const found = gates.find(one => one.gate === name)
    if (!found) throw new Error(`expected ${name}`)
    return found
  }
  const show = (caller: string, asked = {}) => showGateNumbers(world.edge, caller, { gate, ...asked })

  it('say that nothing is known where nothing landed, and not that nothing was bypassed', async () => {
    const numbers = await listed()
    expect(numbers).toMatchObject({ label: 'insufficient', now: { x: 0, n: 0 } })
    expect(numbers.days90.bypass).toEqual({ x: 0, n: 0, interval: { low: 0, high: 1 } })
    expect(numbers.coverage.known).toBeUndefined()
    expect(numbers.coverage.words.join(' ')).toContain('nobody has been in contact')
  })

  it('count passages, a use with its person and incident, a bypass, and what is unknown', async () => {
    const opened = await world.break(gate, commitOf('2'))
    grant = opened.id
    const { sid } = await world.edge.store.read(rx =>
      rx.db.selectFrom('glass').select('granted_sid as sid').where('id', '=', grant).executeTakeFirstOrThrow(),
    )
    const at = world.clock.ms
    world.clock.ms += 3_600_000
    const passed = { 'pay/lint': 'pass', 'pay/slow': 'pass', 'pay/smoke': 'pass' } as const
    await tell.push({
      move: '1>2',
      atMs: at,
      gates: { ...passed, [gate]: 'grant' },
      evidence: { [gate]: sid ?? '' },
    })
    await tell.push({ move: '2>3', atMs: at + 1000 })
    await tell.push({ move: '4>5', atMs: at + 3000 })
    await tell.see(tell.advance('5>6', at + 4000))
    await settle(world)
    const { days90, coverage } = await listed()
    expect(days90).toMatchObject({
      n: 4,
      glass: { x: 1, n: 4, rate: 0.25 },
      unsanctioned: { x: 1, n: 4, rate: 0.25 },
      bypass: { x: 2, n: 4, rate: 0.5 },
      rawUses: { sanctioned: 1, unsanctioned: 1 },
    })
    expect(coverage).toMatchObject({ unknown: 1, known: 0.8 })
  })

  it('show the landings behind each number, and name the person to the owners of the gate alone', async () => {
    const own = await show(world.people.ben)
    expect(own.episodes).toMatchObject([
      { sanctioned: true, uses: 1, actor: { id: world.people.ana, name: 'ana' } },
      { sanctioned: false, uses: 1 },
    ])
    expect(own.people).toEqual([])
    const other = await show(world.people.rae)
    expect(other.episodes[0]?.actor).toEqual({ pseudonym: 'person-1' })
    expect(other).not.toHaveProperty('people')
    expect(JSON.stringify(other)).not.toContain(world.people.ana)
    expect(own.landings).toHaveLength(5)
    // The grant was live, and for another change.
    expect(own.landings[0]).toMatchObject({ outcome: 'grant_mismatch', seen: 'watcher', after: commitOf('6') })
    expect((await show(world.people.rae, { outcome: 'opened_by_grant' })).landings).toMatchObject([{ grant }])
    expect((await show(world.people.rae, { outcome: 'unknown' })).landings).toMatchObject([{ seen: 'inferred' }])
    expect((await show(world.people.rae, { from: '2027-01-01' })).landings).toEqual([])
    expect(own.weeks).toHaveLength(26)
    expect(own.weeks.at(-1)).toMatchObject({ passages: 4, unknown: 1, sanctioned: 1, unsanctioned: 1 })
    expect(own.hours.reduce((sum, { bypassed }) => sum + bypassed, 0)).toBe(2)
    await expect(showGateNumbers(world.edge, world.people.ana, { gate: 'pay/none' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('say when the past was corrected, and what it had been taken for', async () => {
    const at = world.clock.ms
    world.clock.ms += 2 * dayMs
    await tell.see(tell.advance('3>4', at))
    await settle(world)
    expect((await listed()).coverage).toMatchObject({ unknown: 0, known: 1, corrections: 2 })
    const { landings } = await show(world.people.rae)
    expect(landings.find(({ after }) => after === commitOf('4'))).toMatchObject({
      was: 'none',
      outcome: 'bypassed_unsanctioned',
    })
  })

  it('show for what share of the time somebody was in contact', async () => {
    const before = await listed()
    expect(before.coverage.watched).toBe(0)
    const from = world.clock.ms
    while (world.clock.ms < from + dayMs) {
      await noteWatching(world.edge, world.point.id)
      world.clock.ms += 10 * 60_000
    }
    const { coverage } = await listed()
    // One day of about three.
    expect(coverage.watched).toBeGreaterThan(0.2)
    expect(coverage.watched).toBeLessThan(0.5)
    expect(coverage.words.join(' ')).not.toContain('no contact since')
    world.clock.ms += dayMs
    expect((await listed()).coverage.words.join(' ')).toContain('no contact since')
    const stretches = await world.edge.store.read(rx => rx.db.selectFrom('watch_stretch').selectAll().execute())
    expect(stretches).toHaveLength(1)
  })

  it('keep a label a month, and change what is shown only when two months agree', async () => {
    const run = () => world.job(landingJobs(world.edge), labelJob, 'all')
    await run()
    await run()
    expect((await show(world.people.rae)).months).toMatchObject([{ month: '2026-11', found: 'insufficient' }])
    // Most of what lands goes round the gate from now on.
    for (let at = 0; at < 40; at++) {
      world.clock.ms += 3_600_000 * 7
      await tell.see(tell.advance(`${at % 10}>${(at + 1) % 10}`, world.clock.ms))
    }
    await settle(world)
    const ran = async (month: string) => {
      world.clock.ms = Math.max(world.clock.ms, Date.parse(`${month}-05T12:00:00Z`))
      await run()
      const [newest] = (await show(world.people.rae)).months
      return [newest?.month, newest?.found, newest?.shown]
    }
    // Too few to say is no label: the first that says something stands at once.
    expect(await ran('2026-12')).toEqual(['2026-12', 'high', 'high'])
    expect(await ran('2027-01')).toEqual(['2027-01', 'high', 'high'])
    expect(await listed()).toMatchObject({ label: 'high', labelledOn: '2027-01' })
    // Half a year later nothing of it is in the weeks that are labelled.
    expect(await ran('2027-09')).toEqual(['2027-09', 'insufficient', 'high'])
    expect(await ran('2027-10')).toEqual(['2027-10', 'insufficient', 'insufficient'])
  })

  it('keep imported counts apart, once, and take them from an owner of the program alone', async () => {
    const before = await listed()
    const day = { gate, day: '2024-02-29', passages: 10, bypassed: 3, rollbacks: 1 }
    const body = { name: 'acme/payments', derivedFrom: 'git sha1:1', days: [day, { ...day, day: '2024-02-28' }] }
    const first = await importDays(world.edge, world.people.mina, body)
    expect(first).toMatchObject({ days: 2, already: false })
    const again = await importDays(world.edge, world.people.okoro, { ...body, days: body.days.toReversed() })
    expect(again).toEqual({ ...first, already: true })
    expect((await show(world.people.rae)).derived).toEqual([
      {
        digest: first.digest,
        name: 'acme/payments',
        from: '2024-02-28',
        to: '2024-02-29',
        passages: 20,
        bypassed: 6,
        rollbacks: 2,
      },
    ])
    expect((await listed()).days90).toEqual(before.days90)
    await expect(importDays(world.edge, world.people.ana, body)).rejects.toMatchObject({ code: 'not_allowed' })
    await expect(importDays(world.edge, world.admin, body)).rejects.toMatchObject({ code: 'admin_may_not' })
    const twice = { ...body, days: [day, day] }
    await expect(importDays(world.edge, world.people.mina, twice)).rejects.toMatchObject({ code: 'bad_input' })
  })
})
