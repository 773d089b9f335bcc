import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { telling } from '../../landings/testing/telling.ts'
import { commitOf, makeWorld, type World } from '../points/testing/world.ts'
import { invitePerson } from '../people/invite-person.ts'
import { redeemInvitation } from '../people/redeem-invitation.ts'
import { answerReview } from '../reviews/answer-review.ts'
import { signReview } from '../reviews/sign-review.ts'
import { fullAnswer, signOff } from '../reviews/testing/reviewed.ts'
import { disclose } from '../disclosures/disclose.ts'
import { getProcess } from './get-process.ts'

const dayMs = 86_400_000
const minuteMs = 60_000

eachEngine('how the program is run', makeStore => {
  let world: World
  let sol: string
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
    const { edge, admin } = world
    const given = { email: 'sol@acme.dev', name: 'sol', roles: [], kind: 'human' } as const
    const { code } = await invitePerson(edge, admin, given)
    sol = (await redeemInvitation(edge, { code })).person.id
  })
  afterAll(() => world.test.close())

  const process = () => getProcess(world.edge, {})
  const told = async (commit: string) => {
    const { disclosure } = await disclose(world.edge, world.people.ana, {
      about: 'own',
      repository: 'acme/payments',
      ref: 'refs/heads/main',
      commit: commitOf(commit),
      gates: ['pay/tests'],
      story: 'It hung.',
      shared: false,
    })
    return disclosure.review
  }

  it('has no rate of nothing, and says what nobody records', async () => {
    const shown = await process()
    expect(shown.reviews).toMatchObject({ signed: { x: 0, n: 0 }, open: 0, overdue: 0, trend: 'level' })
    expect(shown.reviews.signed).not.toHaveProperty('rate')
    expect(shown.reviews).not.toHaveProperty('attention')
    expect(shown.path).toEqual({ n: 0 })
    expect(shown.disclosures).not.toHaveProperty('rate')
    expect(shown.notRecorded.join(' ')).toContain('Drills')
  })

  it('counts reviews by when they fell due, signed and on time, and how old the oldest is', async () => {
    const [inTime, late] = [await told('2'), await told('3')]
    await told('4')
    const { edge, people } = world
    await answerReview(edge, people.ana, inTime, fullAnswer)
    world.clock.ms += 10 * minuteMs
    for (const signer of [people.rae, sol]) await signReview(edge, signer, inTime, signOff)
    world.clock.ms += 7 * dayMs
    await answerReview(edge, people.ana, late, { ...fullAnswer, seen: 'Something else.' })
    for (const signer of [people.rae, sol]) await signReview(edge, signer, late, signOff)
    const { reviews } = await process()
    expect(reviews).toMatchObject({ signed: { x: 2, n: 3 }, onTime: { x: 1, n: 3 }, open: 1, overdue: 1 })
    expect(reviews.oldestOpenMs).toBeGreaterThan(7 * dayMs)
    // Of three, one was signed in minutes, one after a week, and one has waited as long.
    expect(reviews.median?.ms).toBeGreaterThan(7 * dayMs)
    expect(reviews.p90).toMatchObject({ atLeast: true })
    // The last to sign is one person of two: a count would point at them.
    expect(reviews).not.toHaveProperty('attention')
  })

  it('sets the emergency path beside what the gate itself takes', async () => {
    const tell = telling(world)
    const ran = (commit: string, result: string, atMs: number, tookMs: number) => {
      const body = { change: { commit: commitOf(commit) }, gate: 'pay/tests', result, run: `${atMs}`, tookMs }
      return tell.report(world.point.event('point.result', body, { atMs }))
    }
    const at = world.clock.ms
    // Begun ten minutes before it failed, and passed on the second try half an hour later.
    await ran('5', 'fail', at - 30 * minuteMs, 10 * minuteMs)
    await ran('5', 'pass', at, 10 * minuteMs)
    const grant = await world.break('pay/tests', commitOf('6'))
    expect(grant.state).toBe('live')
    world.clock.ms += minuteMs
    const { path } = await process()
    expect(path).toMatchObject({ n: 1, gate: { ms: 40 * minuteMs, atLeast: false } })
    expect(path.median?.ms).toBeLessThan(minuteMs)
    expect(path.times).toBeGreaterThan(40)
  })

  it('is as of the end of the period: a signature given later was not there', async () => {
    const from = new Date(world.clock.ms - 30 * dayMs).toISOString()
    const to = new Date(world.clock.ms - 3 * dayMs).toISOString()
    const { reviews } = await getProcess(world.edge, { from, to })
    expect(reviews).toMatchObject({ signed: { x: 1, n: 3 }, open: 2 })
    await expect(getProcess(world.edge, { from: to, to: from })).rejects.toMatchObject({ code: 'bad_input' })
  })
})
