import { statementBodies } from '@breakglass/core/statement'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { settle, telling } from '../../landings/testing/telling.ts'
import { readStatement } from '../evidence/chains.ts'
import { listFindings } from '../findings/list-findings.ts'
import { getForumReport } from '../forum/read-forums.ts'
import { showGateNumbers } from '../landings/show-gate-numbers.ts'
import { commitOf, main, makeWorld, repositoryName, type World } from '../points/testing/world.ts'
import { answerReview } from '../reviews/answer-review.ts'
import { showReview } from '../reviews/read-reviews.ts'
import { signReview } from '../reviews/sign-review.ts'
import { fullAnswer, signOff } from '../reviews/testing/reviewed.ts'
import { disclose } from './disclose.ts'
import { listDisclosures, showDisclosure } from './read-disclosures.ts'

const gate = 'pay/tests'
const all = ['pay/lint', 'pay/slow', 'pay/smoke', 'pay/tests']
const story = 'The hook hung, so I pushed to the git host by ssh.'

eachEngine('disclosures', makeStore => {
  let world: World
  let tell: ReturnType<typeof telling>
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
    tell = telling(world)
  })
  afterAll(() => world.test.close())

  const told = (by: string, commit: string, given: object = {}) =>
    disclose(world.edge, by, {
      about: 'own',
      repository: repositoryName,
      ref: main,
      commit: commitOf(commit),
      story,
      shared: false,
      ...given,
    })
  const outcomes = async (commit: string) => {
    const landed = await world.edge.store.read(rx =>
      rx.db
        .selectFrom('landing')
        .innerJoin('passage', 'passage.landing_id', 'landing.id')
        .select(['passage.gate', 'passage.outcome'])
        .where('landing.after', '=', commitOf(commit))
        .orderBy('passage.gate')
        .execute(),
    )
    return Object.fromEntries(landed.map(({ gate, outcome }) => [gate, outcome]))
  }
  const everywhere = (outcome: string) => Object.fromEntries(all.map(name => [name, outcome]))
  const open = async () => (await listFindings(world.edge)).findings.filter(({ state }) => state === 'open')

  it('opens a review, and says nothing of the story in the log', async () => {
    const { disclosure, already } = await told(world.people.ana, '2')
    expect(already).toBe(false)
    expect(disclosure).toMatchObject({ about: 'own', gates: expect.arrayContaining(all), by: { name: 'ana' }, story })
    expect(await showReview(world.edge, disclosure.review)).toMatchObject({
      of: 'disclosure',
      form: 'full',
      gate: 'pay/smoke',
    })
    const [{ jws } = { jws: '' }] = await world.edge.store.read(rx =>
      rx.db.selectFrom('statement').select('jws').where('subject', '=', disclosure.id).execute(),
    )
    const { body } = readStatement(jws).envelope
    expect(statementBodies['disclosure.made'].parse(body)).toMatchObject({
      by: world.people.ana,
      commit: commitOf('2'),
    })
    expect(JSON.stringify(body)).not.toContain('ssh')
  })

  it('is told once: the same again is the same, whoever tells it', async () => {
    const [first] = (await listDisclosures(world.edge, world.people.ana)).disclosures
    const again = await told(world.people.ben, '2', { gates: [gate] })
    expect(again).toMatchObject({ already: true, disclosure: { id: first?.id } })
    expect((await listDisclosures(world.edge, world.people.ana)).disclosures).toHaveLength(1)
  })

  it('shows story and name to whoever told and to the owners, to others only when it is shared', async () => {
    const [disclosure] = (await listDisclosures(world.edge, world.people.ben)).disclosures
    expect(disclosure).toMatchObject({ by: { name: 'ana' }, story })
    const [hidden] = (await listDisclosures(world.edge, world.people.rae)).disclosures
    expect(hidden).not.toHaveProperty('by')
    expect(hidden).not.toHaveProperty('story')
    expect(JSON.stringify(await showDisclosure(world.edge, world.people.rae, hidden?.id ?? ''))).not.toContain('ana')
    const { disclosure: shared } = await told(world.people.ana, '9', { shared: true, gates: ['pay/lint'] })
    expect(await showDisclosure(world.edge, world.people.rae, shared.id)).toMatchObject({ by: { name: 'ana' }, story })
  })

  it('makes what a watcher finds later one that was told of, and asks nobody anything again', async () => {
    const at = world.clock.ms
    world.clock.ms += 60_000
    await tell.see(tell.advance('1>2', at))
    await settle(world)
    expect(await open()).toEqual([])
    const [disclosure] = (await listDisclosures(world.edge, world.people.ana)).disclosures.filter(
      ({ commit }) => commit === commitOf('2'),
    )
    const [finding] = (await listFindings(world.edge)).findings
    expect(finding).toMatchObject({ id: disclosure?.finding, state: 'resolved', new: commitOf('2') })
    expect(await world.kinds(finding?.id ?? '')).toEqual(['finding.detected', 'finding.resolved'])
    expect(await outcomes('2')).toEqual(everywhere('disclosed'))
    const { numbers, episodes } = await showGateNumbers(world.edge, world.people.ben, { gate })
    expect(numbers.days90).toMatchObject({ unsanctioned: { x: 1, n: 1 }, glass: { x: 0 } })
    expect(episodes).toMatchObject([{ sanctioned: false }])
    expect(episodes[0]).not.toHaveProperty('actor')
  })

  it('finds at the other gates what was told of one', async () => {
    await told(world.people.ana, '3', { gates: [gate], about: 'seen' })
    world.clock.ms += 60_000
    await tell.see(tell.advance('2>3', world.clock.ms - 1000))
    await settle(world)
    expect(await open()).toMatchObject([{ gates: ['pay/smoke', 'pay/slow', 'pay/lint'] }])
    expect(await outcomes('3')).toEqual({ ...everywhere('bypassed_unsanctioned'), [gate]: 'disclosed' })
  })

  it('is no way out of what was found already', async () => {
    const [{ id } = { id: '' }] = await open()
    const late = told(world.people.ana, '3', { gates: ['pay/slow'] })
    await expect(late).rejects.toMatchObject({ code: 'wrong_state', message: expect.stringContaining(id) })
    expect(await outcomes('3')).toMatchObject({ 'pay/slow': 'bypassed_unsanctioned' })
  })

  it('corrects what was taken for passed', async () => {
    const at = world.clock.ms
    await tell.push({ move: '3>4', atMs: at })
    await settle(world)
    expect(await outcomes('4')).toEqual(everywhere('passed'))
    world.clock.ms += 2 * 86_400_000
    await told(world.people.ana, '4', { gates: [gate], happenedAt: new Date(at).toISOString() })
    await settle(world)
    expect(await outcomes('4')).toEqual({ ...everywhere('passed'), [gate]: 'disclosed' })
    const { landings } = await showGateNumbers(world.edge, world.people.ben, { gate })
    expect(landings.find(({ after }) => after === commitOf('4'))).toMatchObject({ outcome: 'disclosed', was: 'passed' })
  })

  it('is not for what a grant opened, and says so', async () => {
    const grant = await world.break(gate, commitOf('5'))
    const { sid } = await world.edge.store.read(rx =>
      rx.db.selectFrom('glass').select('granted_sid as sid').where('id', '=', grant.id).executeTakeFirstOrThrow(),
    )
    const passed = { 'pay/lint': 'pass', 'pay/slow': 'pass', 'pay/smoke': 'pass' } as const
    const evidence = { [gate]: sid ?? '' }
    await tell.push({ move: '4>5', atMs: world.clock.ms, gates: { ...passed, [gate]: 'grant' }, evidence })
    await settle(world)
    await expect(told(world.people.ana, '5', { gates: [gate] })).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('is refused of what is to come, of what is no gate there, and of whoever only reads', async () => {
    const later = new Date(world.clock.ms + 86_400_000).toISOString()
    await expect(told(world.people.ana, '6', { happenedAt: later })).rejects.toMatchObject({ code: 'bad_input' })
    await expect(told(world.people.ana, '6', { gates: ['pay/none'] })).rejects.toMatchObject({ code: 'bad_input' })
    await expect(told(world.people.ana, '6', { ref: 'refs/heads/side' })).rejects.toMatchObject({ code: 'bad_input' })
    await expect(told(world.people.ana, '6', { ref: 'main' })).rejects.toMatchObject({ code: 'bad_input' })
    await expect(told(world.people.ana, '6', { repository: 'acme/none' })).rejects.toMatchObject({ code: 'not_found' })
    const before = { happenedAt: '2001-01-01T00:00:00.000Z' }
    await expect(told(world.people.ana, '6', before)).rejects.toMatchObject({ code: 'no_program' })
    // Whoever administers can have gone around a gate too.
    expect(await told(world.admin, '6')).toMatchObject({ already: false })
  })

  it('is answered by whoever told of their own, and signed by somebody else', async () => {
    const [disclosure] = (await listDisclosures(world.edge, world.people.ana)).disclosures.filter(
      ({ commit }) => commit === commitOf('2'),
    )
    const review = disclosure?.review ?? ''
    const { people, edge } = world
    await expect(answerReview(edge, people.ben, review, fullAnswer)).rejects.toMatchObject({ code: 'refused' })
    await answerReview(edge, people.ana, review, fullAnswer)
    await expect(signReview(edge, people.ana, review, signOff)).rejects.toMatchObject({ code: 'refused' })
    const signed = await signReview(edge, people.rae, review, signOff)
    expect(signed.signOffs).toHaveLength(1)
  })

  it('is a headline of the report, with what it taught and without a name', async () => {
    world.clock.ms += 60_000
    const { report } = await getForumReport(world.edge, { ledgerOutOfBand: true })
    const section = report.sections.find(({ id }) => id === 'disclosures')
    expect(section?.notMeasured).toEqual([])
    const [headline, lesson] = section?.items ?? []
    // Of four gates at which 2 went around, three at which 3 did, and one each of 3 and 4.
    expect(headline?.figures).toMatchObject([{ what: 'disclosed', x: 6, n: 9 }])
    expect(lesson?.text).toContain('What made the safe path unusable: flaky')
    expect(JSON.stringify(section)).not.toMatch(/\bana\b|ssh/)
  })
})
