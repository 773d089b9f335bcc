import type { ReviewView } from '@breakglass/core/contract'
import { msToInstant } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { jobHandlers } from '../../jobs/handlers.ts'
import { queryEvidence } from '../evidence/query-evidence.ts'
import { expireJob } from '../glass/grant-now.ts'
import { waitOverJob } from '../glass/open-glass.ts'
import { passUnavailable } from '../points/pass-unavailable.ts'
import { reportResult } from '../points/report-result.ts'
import { sendReports } from '../points/send-reports.ts'
import { spendGrants } from '../points/spend-grants.ts'
import { commitOf, main, makeWorld, repositoryName, type World } from '../points/testing/world.ts'
import { listReviews, showReview } from './read-reviews.ts'
import { makeReviewed } from './testing/reviewed.ts'

eachEngine('what a review knows by itself', makeStore => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
  })
  afterAll(() => world.test.close())

  const reviewOf = async (is: (review: ReviewView) => boolean): Promise<ReviewView> => {
    const { reviews } = await listReviews(world.edge, world.people.rae, { state: 'all' })
    const found = reviews.find(is)
    if (!found) throw new Error('expected a review')
    return showReview(world.edge, found.id)
  }
  const spend = (grant: string, at: string) =>
    spendGrants(world.edge, at, { spends: [{ grant, useKey: grant, ref: main, new: commitOf('f') }] })

  it('remarks on a point that does not enforce, and on an incident that nobody named', async () => {
    const job = await world.enrol({ name: 'tests job', kind: 'ci', enforcement: 'cooperative' })
    const { id } = await world.break('pay/tests', commitOf('1'), { at: job.id })
    await spend(id, job.id)
    const { remarks } = await reviewOf(({ subject }) => subject === id)
    expect(remarks).toContain('tests job is cooperative: whoever edits the job could have left the gate out.')
    expect(remarks).toContain('No incident was named when the glass was broken.')
    expect(remarks).toContain('Two reviewers sign this.')
  })

  it('remarks on an offline use that was told of late', async () => {
    const { id } = await world.break('pay/tests', commitOf('2'), { mode: 'offline' })
    const usedMs = world.edge.nowMs()
    const event = world.point.event(
      'point.used',
      {
        change: { commit: commitOf('2') },
        gate: 'pay/tests',
        grant: id,
        kept: [],
        mode: 'offline',
        new: commitOf('2'),
        ref: main,
        useKey: 'late',
      },
      { atMs: usedMs },
    )
    world.clock.ms += 3_600_000
    await world.job(jobHandlers(world.edge), expireJob, id)
    await sendReports(world.edge, world.point.id, { reports: [event] })
    const { remarks } = await reviewOf(({ subject }) => subject === id)
    expect(remarks).toContain(`The use at ${msToInstant(usedMs)} was told of only after the grant had ended.`)
    expect(remarks).toContain('It was an offline grant: its uses are what the enforcement point told of.')
    const period = { from: msToInstant(usedMs), to: msToInstant(usedMs + 1) }
    const { rows } = await queryEvidence(world.edge, world.people.rae, period)
    expect(rows).toMatchObject([{ grant: id, mode: 'offline', reportedLate: true }])
  })

  it('fills in what the skipped check said when it ran again, and never takes silence for a pass', async () => {
    const { id } = await world.break('pay/tests', commitOf('3'))
    await spend(id, world.point.id)
    const before = await reviewOf(({ subject }) => subject === id)
    expect(before.prefilled['skippedCheck']).toBeUndefined()
    const reporter = await world.reporter('pay/tests')
    const run = { gate: 'pay/tests', repository: repositoryName, commit: commitOf('3'), run: '17' }
    world.clock.ms += 60_000
    await reportResult(world.edge, reporter, { ...run, result: 'fail' })
    const after = await reviewOf(({ subject }) => subject === id)
    expect(after.prefilled['skippedCheck']).toContain('It failed on this change')
    const now = world.edge.nowMs()
    const period = { from: msToInstant(now - 120_000), to: msToInstant(now) }
    const { rows } = await queryEvidence(world.edge, world.people.rae, period)
    expect(rows.find(row => row.grant === id)).toMatchObject({ laterResult: 'fail' })
  })

  it('says how often a gate that could not run let something pass', async () => {
    const asked = { gate: 'pay/lint', ref: main, why: 'the runner is lost' }
    await passUnavailable(world.edge, world.point.id, { ...asked, change: { commit: commitOf('4') }, useKey: 'a' })
    await passUnavailable(world.edge, world.point.id, { ...asked, change: { commit: commitOf('5') }, useKey: 'b' })
    const review = await reviewOf(({ of }) => of === 'passed_unavailable')
    expect(review.prefilled['result']).toMatch(/^Changes that passed from .*: 2\.$/)
    expect(review.actor).toBeUndefined()
  })
})

eachEngine('what a review knows of going solo', makeStore => {
  it('remarks that nobody came', async () => {
    const on = await makeReviewed(makeStore)
    const grant = await on.open({ gates: ['pay/solo'] })
    on.pass(6 * 60_000)
    await on.job(jobHandlers(on.edge), waitOverJob, grant)
    await on.use(grant)
    const { reviews } = await listReviews(on.edge, on.acme.lee, {})
    const { remarks, prefilled } = await showReview(on.edge, reviews[0]?.id ?? '')
    expect(remarks).toContain(
      'Nobody of those who were asked answered in time, and it went on without a second person.',
    )
    expect(prefilled['minutesLost']).toBe('6 minutes passed between asking and the open gate.')
    await on.test.close()
  })
})
