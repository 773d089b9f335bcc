import { documentReference } from '../../texts/document.ts'
import { parseStatement } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { testProgram } from '../../testing/organization.ts'
import { publishProgram } from '../program/publish-program.ts'
import { dayMs, makeReviewed, type Reviewed } from '../reviews/testing/reviewed.ts'
import { status } from '../system/status.ts'
import { getAdvice } from './advice.ts'
import { forumJob, forumJobs, watchForum } from './deliver.ts'
import { reportText } from './forum-view.ts'
import { holdForum } from './hold-forum.ts'
import { getForumReport, listForums, showForum } from './read-forums.ts'

const seeing = { ledgerOutOfBand: true }
const withForum = (extra: string) =>
  `${testProgram}forum: { every: 30d, chair: lee@acme.dev, publish: "#ops" }\n${extra}`

eachEngine('the forum', makeStore => {
  let on: Reviewed
  beforeAll(async () => {
    on = await makeReviewed(makeStore)
    await publish('')
  })
  afterAll(() => on.test.close())

  const publish = (extra: string) =>
    publishProgram(on.edge, on.acme.mina, { file: 'breakglass.yaml', text: withForum(extra), files: {} })
  const look = () => on.job(forumJobs(on.edge, seeing), forumJob, 'all')
  const decide = (gate: string) => ({
    gate,
    question: 'Who mends it?',
    decision: 'Lee mends it.',
    owner: 'lee@acme.dev',
    due: '2020-01-01',
  })
  const hold = (by: string, given: Partial<Parameters<typeof holdForum>[2]> = {}) =>
    holdForum(on.edge, by, { decisions: [], ...given }, seeing)
  const noticesOf = async (person: string) =>
    (await status(on.edge, person, seeing)).notices.filter(({ words }) => words.includes('forum'))
  const missedAlarms = async () =>
    (await status(on.edge, on.acme.mina, seeing)).alarms.filter(({ kind }) => kind === 'forum_missed')

  it('has a report from the first day, and says what nobody measures', async () => {
    const { report, publish } = await getForumReport(on.edge, seeing)
    expect(report.sections[0]).toMatchObject({ id: 'decisions', empty: 'No forum has been held yet.' })
    const why = report.sections.flatMap(({ notMeasured }) => notMeasured).join(' ')
    expect(why).toContain('drills are not recorded')
    expect(publish).toMatchObject({ to: '#ops', connected: false })
    expect(
      report.sections
        .at(-1)!
        .items.map(({ text }) => text)
        .join(' '),
    ).toContain('No forge is connected')
  })

  it('counts reviews by when they fell due, and those before beside them', async () => {
    const { review } = await on.used()
    on.pass(6 * dayMs)
    const { report } = await getForumReport(on.edge, seeing)
    const reviews = report.sections.find(({ id }) => id === 'reviews')!
    expect(reviews.items[0]!.figures[0]).toMatchObject({ what: 'reviews signed', x: 0, n: 1 })
    expect(reviews.items[1]!.text).toContain(review.id)
    // Nobody is named by what the record of a use says.
    expect(JSON.stringify(report)).not.toMatch(/\bAna\b|p_[0-9a-z]{26}/)
  })

  it('delivers nothing before its date, and the report of a date once', async () => {
    await look()
    expect((await listForums(on.edge)).reports).toEqual([])
    on.pass(25 * dayMs)
    const again = await look()
    expect(again).toHaveProperty('againAt')
    await look()
    const { reports, dueAt, missed } = await listForums(on.edge)
    expect(reports).toHaveLength(1)
    expect(missed).toBe(false)
    expect(reports[0]!.dueAt).toBe(dueAt)
    const [notice] = await noticesOf(on.acme.lee)
    expect(notice).toMatchObject({ subject: reports[0]!.id })
    expect(notice!.words).toContain('breakglass forum show')
    expect(await showForum(on.edge, reports[0]!.id)).toMatchObject({ report: { headline: reports[0]!.headline } })
  })

  it('raises an alarm when a week has passed, which another version of the program does not put off', async () => {
    await publish('drills: { every: 90d }\n')
    on.pass(5 * dayMs)
    await look()
    expect(await missedAlarms()).toEqual([])
    on.pass(3 * dayMs)
    await look()
    await look()
    expect(await missedAlarms()).toHaveLength(1)
    expect((await noticesOf(on.acme.mina)).filter(({ words }) => words.includes('has not been held'))).toHaveLength(1)
    expect((await listForums(on.edge)).missed).toBe(true)
  })

  it('is recorded by its chair or a program owner, about gates of the program, and not in the future', async () => {
    await expect(hold(on.acme.ana)).rejects.toMatchObject({ code: 'not_allowed' })
    await expect(hold(on.acme.lee, { decisions: [decide('pay/none')] })).rejects.toMatchObject({ code: 'bad_input' })
    const twice = [decide('pay/tests'), decide('pay/tests')]
    await expect(hold(on.acme.lee, { decisions: twice })).rejects.toMatchObject({ code: 'bad_input' })
    const stranger = [{ ...decide('pay/tests'), owner: 'nobody@acme.dev' }]
    await expect(hold(on.acme.lee, { decisions: stranger })).rejects.toMatchObject({ code: 'unknown_person' })
    const { question: _, ...unasked } = decide('pay/tests')
    await expect(hold(on.acme.lee, { decisions: [unasked] })).rejects.toMatchObject({ code: 'bad_input' })
    const heldAt = new Date(on.edge.nowMs() + dayMs).toISOString()
    await expect(hold(on.acme.lee, { heldAt })).rejects.toMatchObject({ code: 'bad_input' })
    const report = documentReference('another').digest
    await expect(hold(on.acme.lee, { report })).rejects.toMatchObject({ code: 'bad_input' })
    expect((await listForums(on.edge)).forums).toEqual([])
  })

  it('logs what was read and decided without a word of it, ends the alarm, and begins the next report with it', async () => {
    const forum = await hold(on.acme.lee, { decisions: [decide('pay/tests')] })
    expect(forum).toMatchObject({ chair: { id: on.acme.lee }, decisions: [{ decision: 'Lee mends it.' }] })
    expect(await missedAlarms()).toEqual([])
    const [{ jws } = { jws: '' }] = await on.edge.store.read(rx =>
      rx.db.selectFrom('statement').select('jws').where('subject', '=', forum.id).execute(),
    )
    const parsed = parseStatement(jws)
    if (!parsed.ok) throw new Error('expected a statement that can be read')
    const { body } = parsed.value.envelope
    expect(JSON.stringify(body)).not.toContain('mends')
    const shown = await showForum(on.edge, forum.id)
    expect(body).toMatchObject({ report: documentReference(reportText(shown.report)), chair: on.acme.lee })
    const { reports, dueAt } = await listForums(on.edge)
    expect(forum.report.digest).toBe(reports[0]!.digest)
    expect(Date.parse(dueAt!)).toBe(Date.parse(forum.heldAt) + 30 * dayMs)

    on.pass(dayMs)
    const next = (await getForumReport(on.edge, seeing)).report
    expect(next.sections[0]!.items[0]!.text).toContain('Lee mends it. (Lee, by 2020-01-01')
    expect(next.period.from).toBe(forum.heldAt)
  })

  it('finds a decision kept when the program was changed at that gate', async () => {
    const text = withForum('').replace(
      'protects: Regressions of the payment flow.',
      'protects: Regressions of payments.',
    )
    await publishProgram(on.edge, on.acme.mina, { file: 'breakglass.yaml', text, files: {} })
    const { report } = await getForumReport(on.edge, seeing)
    expect(report.sections[0]!.items[0]).toMatchObject({
      tone: 'good',
      text: expect.stringMatching(/^Kept: Lee mends/),
    })
  })

  it('keeps the order of forums, and refuses a period that is none', async () => {
    const heldAt = new Date(on.edge.nowMs() - 40 * dayMs).toISOString()
    await expect(hold(on.acme.mina, { heldAt })).rejects.toMatchObject({ code: 'bad_input' })
    const [from, to] = ['2026-02-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z']
    await expect(getForumReport(on.edge, { ...seeing, from, to })).rejects.toMatchObject({ code: 'bad_input' })
    const never = '2026-02-31T00:00:00.000Z'
    await expect(getForumReport(on.edge, { ...seeing, from: never })).rejects.toMatchObject({ code: 'bad_input' })
    await expect(showForum(on.edge, 'fo_00000000000000000000000000')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('looks for what is due from the start of a server, once however many start', async () => {
    await watchForum(on.edge)
    await watchForum(on.edge)
    const jobs = await on.edge.store.read(rx =>
      rx.db.selectFrom('job').selectAll().where('kind', '=', forumJob).execute(),
    )
    expect(jobs).toHaveLength(1)
  })

  it('advises on the program in force, with diffs of its own text', async () => {
    const gate = `  pay/long:
    boundary: merge
    class: quality
    protects: What takes a day.
    on: { repositories: [acme/pay], branches: [main] }
    check: long
    owner: reviewers
    break_glass: { who: [on-call], incident: optional, second_person: none, ttl: 8h, uses: 5 } # for now
reviews:`
    const text = withForum('').replace('reviews:', gate)
    await publishProgram(on.edge, on.acme.mina, { file: 'breakglass.yaml', text, files: {} })
    const { advice, unmeasured } = await getAdvice(on.edge)
    expect(advice).toMatchObject([{ rule: 'just_in_time', gate: 'pay/long', class: 'narrowing' }])
    expect(advice[0]!.diff).toContain(
      'incident: { at_least: SEV2 }, second_person: none, ttl: 30m, uses: 1 } # for now',
    )
    expect(unmeasured).toContain('pay/long')
  })
})
