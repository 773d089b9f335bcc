import type { ForumReport, ForumSectionId } from '@breakglass/core/forum'
import type { Label } from '@breakglass/core/metrics'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { packMonth } from '../../landings/roll-month.ts'
import { endRepair, openRepair } from '../repairs/repairs.ts'
import { answerReview } from '../reviews/answer-review.ts'
import { dayMs, fullAnswer, makeReviewed, type Reviewed } from '../reviews/testing/reviewed.ts'
import { getAdvice } from './advice.ts'
import { getForumReport } from './read-forums.ts'

const seeing = { ledgerOutOfBand: true }
const gate = 'pay/tests'

const noPassages = {
  passed: 0,
  opened_by_grant: 0,
  waived: 0,
  failed_open: 0,
  preapproved: 0,
  late_use: 0,
  grant_mismatch: 0,
  bypassed_while_grant_open: 0,
  bypassed_unsanctioned: 0,
  disclosed: 0,
  landed_while_off: 0,
  unknown: 0,
  during_incident: 0,
}

eachEngine('the report of numbers that are known', makeStore => {
  let on: Reviewed
  let repair: string
  let planted = 0
  beforeAll(async () => {
    on = await makeReviewed(makeStore)
    await plant(180, 2)
    await run('2026-01', 'high')
  })
  afterAll(() => on.test.close())

  const reportNow = async () => (await getForumReport(on.edge, seeing)).report
  const sectionOf = (report: ForumReport, id: ForumSectionId) => report.sections.find(section => section.id === id)!

  /** Ten passages on each of the last days, of which some went around: every third sanctioned. */
  async function plant(days: number, bypasses: number): Promise<void> {
    await on.edge.store.transact(async tx => {
      const months = new Set<string>()
      for (let back = days; back >= 1; back--) {
        const at = on.edge.nowMs() - back * dayMs
        const day = new Date(at).toISOString().slice(0, 10)
        months.add(day.slice(0, 7))
        const counts = { ...noPassages, passed: 10 - bypasses, bypassed_unsanctioned: bypasses, unknown: 1 }
        await tx.db
          .insertInto('gate_day')
          .values({ gate, day, zone: 'Europe/Berlin', ...counts })
          .onConflict(conflict => conflict.doNothing())
          .execute()
        for (let i = 0; i < bypasses; i++) {
          planted += 1
          const episode = {
            id: `ep_${planted}`,
            gate,
            at: at + i * 1000,
            day,
            actor: `p_${planted % 7}`,
            incident_id: null,
          }
          const flags = { sanctioned: planted % 3 === 0 ? (1 as const) : (0 as const), in_person_signals: 1 as const }
          await tx.db
            .insertInto('episode')
            .values({ ...episode, ...flags, uses: 1 })
            .execute()
        }
      }
      for (const month of months) await packMonth(tx, { gate, month })
    })
  }

  const run = (month: string, label: Label) =>
    on.edge.store.transact(tx =>
      tx.db
        .insertInto('label_run')
        .values({
          gate,
          month,
          found: label,
          shown: label,
          fired: `["${label}"]`,
          x: 3,
          n: 9,
          reason: 'So it is.',
          ran_at: 1,
        })
        .execute(),
    )

  it('is headed by the gate once two runs said high and nobody repairs it', async () => {
    const once = await reportNow()
    expect(once.headline).toContain(`Fix ${gate} next.`)
    await run('2026-02', 'high')
    const { headline, questions, sections } = await reportNow()
    expect(headline).toContain(`Fix ${gate}: labelled high in 2 runs, and nobody has taken on its repair.`)
    expect(questions[0]).toMatchObject({ gate })
    const figures = sections.find(({ id }) => id === 'fix_next')!.items[0]!.figures
    expect(figures.map(({ what }) => what)).toEqual(['bypass', 'sanctioned', 'unsanctioned'])
    expect(figures[0]!.x).toBe(figures[1]!.x + figures[2]!.x)
    expect(figures[0]!.n).toBe(figures[2]!.n)
  })

  it('says by weeks, by reviews and by what is unknown what the label alone does not', async () => {
    const { review } = await on.used()
    await answerReview(on.edge, on.acme.ana, review.id, fullAnswer)
    const report = await reportNow()
    const [item] = sectionOf(report, 'fix_next').items
    expect(item!.text).toContain('1 of 1 review say: flaky.')
    expect(item!.weeks!.filter(week => week !== null).length).toBeGreaterThan(20)
    const [coverage] = sectionOf(report, 'unseen').items
    expect(coverage).toMatchObject({ tone: 'attention', text: expect.stringContaining('is known (90.9 %)') })
    expect(
      sectionOf(report, 'moved')
        .items.map(({ text }) => text)
        .join(' '),
    ).toContain('Program on paper only')
  })

  it('names nobody who went around a gate, though it knows', async () => {
    expect(JSON.stringify(await reportNow())).not.toMatch(/\bp_[0-9a-z]|\bAna\b/)
  })

  it('advises to sanction the path in use, and to relax what hurts', async () => {
    const { advice } = await getAdvice(on.edge)
    const own = advice.filter(each => each.gate === gate)
    expect(own.map(({ rule }) => rule)).toEqual(['sanction_path_in_use', 'relax_gate'])
    expect(own[1]!.diff).toContain('+    class: advisory')
  })

  it('says that it is being repaired, and when that is late', async () => {
    const plan = {
      plan: 'Quarantine, then repair.',
      paused: 'The new dashboard.',
      owner: 'kofi@acme.dev',
      sponsor: 'lee@acme.dev',
    }
    const dueOn = new Date(on.edge.nowMs() + 3 * dayMs).toISOString().slice(0, 10)
    const opened = await openRepair(on.edge, on.acme.lee, { gate, cause: 'flaky', ...plan, dueOn })
    repair = opened.id
    expect((await reportNow()).headline).toContain(`${gate} is being repaired.`)
    on.pass(5 * dayMs)
    const late = sectionOf(await reportNow(), 'promises').items.map(({ text }) => text)
    expect(late).toContainEqual(expect.stringContaining(`The repair was promised for ${dueOn} (${repair})`))
  })

  it('measures what the repair changed, with both rates, and then asks nothing more', async () => {
    await endRepair(on.edge, on.acme.lee, repair, { outcome: 'done', note: 'Repaired.' })
    const early = sectionOf(await reportNow(), 'repairs').items[0]!
    expect(early.text).toContain('Too early to tell')
    on.pass(40 * dayMs)
    await plant(38, 0)
    const report = await reportNow()
    const [item] = sectionOf(report, 'repairs').items
    expect(item).toMatchObject({ tone: 'good', gate })
    expect(item!.text).toMatch(
      /^It worked: \d+ of \d+ \(\d.*\) before, 0 of \d+ \(0 %; 0 % to .*\) after\. Cause: flaky\.$/,
    )
    expect(report.questions).toEqual([])
  })

  it('lists waivers by the age of the row they stand in, not of the last renewal', async () => {
    const { acme, edge } = on
    const now = edge.nowMs()
    await edge.store.transact(async tx => {
      const row = {
        id: 'wv_00000000000000000000000001',
        gate,
        class: 'quality' as const,
        state: 'live' as const,
        requester: acme.ana,
        owner: acme.lee,
        reason_commit: 'sha256:00',
        seconds: 86_400,
        requested_at: now - dayMs,
        granted_at: now - dayMs,
        expires_at: now + dayMs,
        ended_at: null,
        since_at: now - 270 * dayMs,
        renewals: 2,
        approvals_needed: 1,
        approvers: '[]',
        may_approve: '[]',
        program_digest: acme.program,
      }
      await tx.db.insertInto('waiver').values(row).execute()
      await tx.db
        .insertInto('waiver_place')
        .values({ waiver_id: row.id, repository_key: acme.repository, ref: 'refs/heads/main', sid: null })
        .execute()
    })
    const [item] = sectionOf(await reportNow(), 'waivers').items
    expect(item).toMatchObject({
      tone: 'attention',
      text: expect.stringContaining('Exempt for 270 days in 1 repository, 2 renewals'),
    })
  })
})
