import { formatDuration } from '@breakglass/report'
import { msToInstant } from '@breakglass/verify'
import { act, type Act, type Edge } from '../../edge/edge.ts'
import { peopleBehind } from '../../facts/people-behind.ts'
import { programInForce, type ProgramInForce } from '../../facts/program.ts'
import { enqueue } from '../../jobs/queue.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import { endAlarm, notify, raiseAlarm } from '../../tell/tell.ts'
import { keepDocument } from '../../texts/document.ts'
import { ledgerHealth } from '../system/ledger-health.ts'
import { reportOf } from './gather.ts'
import { reportText } from './forum-view.ts'
import { spanOf } from './period.ts'
import { askToPublish, publishJob, publishReport } from './publish.ts'
import { anchorOf, forumDates, type ForumDates, forumMissedAlarm, type ForumRule } from './schedule.ts'

export const forumJob = 'forum.deliver'
const forumJobKey = 'all'
/** How often it is looked whether something fell due: a program that was just published is seen within the hour. */
const lookEveryMs = 3_600_000

export const forumJobs = (edge: Edge, given: { ledgerOutOfBand: boolean }): Record<string, JobHandler> => ({
  [forumJob]: deliverForum(edge, given),
  [publishJob]: publishReport(edge),
})

/** At the start of a server: from then on the job asks for itself. */
export const watchForum = (edge: Edge): Promise<void> =>
  act(edge, run =>
    enqueue(run.tx, { id: run.newId('job'), kind: forumJob, key: forumJobKey, runAt: run.atMs, ifOpen: 'sooner' }),
  )

/** Delivers the report of each date once, and says when a forum was missed. Never ends: it looks again within the hour. */
const deliverForum =
  (edge: Edge, { ledgerOutOfBand }: { ledgerOutOfBand: boolean }): JobHandler =>
  async () => {
    const ledger = { reachable: (await ledgerHealth(edge)).reachable, outOfBand: ledgerOutOfBand }
    return act(edge, async run => {
      const program = await programInForce(run.tx)
      const rule = program?.published.program.forum
      if (program !== undefined && rule !== undefined) {
        const dates = forumDates(rule, await anchorOf(run.tx, run.atMs), run.atMs)
        if (dates.reportDueAtMs !== undefined)
          await deliver(run, edge, { program, rule, dueAtMs: dates.reportDueAtMs, ledger })
        await tellMissed(run, rule, dates)
      } else await endAlarm(run, forumMissedAlarm, run.issuer.organization)
      return { againAt: run.atMs + lookEveryMs }
    })
  }

interface Delivery {
  program: ProgramInForce
  rule: ForumRule
  dueAtMs: number
  ledger: { reachable: boolean; outOfBand: boolean }
}

async function deliver(run: Act, edge: Edge, { program, rule, dueAtMs, ledger }: Delivery): Promise<void> {
  const { tx, atMs } = run
  const before = await tx.db.selectFrom('forum_report').select('id').where('due_at', '=', dueAtMs).executeTakeFirst()
  if (before !== undefined) return
  const span = await spanOf(tx, atMs, {})
  const report = await reportOf(tx, edge, { program, span, ledger })
  const { digest } = await keepDocument(run, reportText(report))
  const id = run.newId('report')
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('forum_report')
    .values({
      id,
      due_at: dueAtMs,
      at: atMs,
      from_at: span.fromMs,
      to_at: span.toMs,
      digest,
      headline: report.headline,
      publish_to: rule.publish ?? null,
      published_at: null,
      publish_error: null,
    })
    .onConflict(on => on.column('due_at').doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows !== 1n) return
  if (rule.publish !== undefined && edge.chat.has(rule.publish)) await askToPublish(run, id)
  const owners = Object.values(program.published.program.gates).map(({ owner }) => owner)
  const told = await peopleBehind(run, [...chairRefs(rule), ...owners])
  const words = `The report for the forum is ready. ${report.headline} Read it: breakglass forum show ${id}`
  await notify(run, told, { words, subject: id })
}

const chairRefs = ({ chair }: ForumRule): string[] => (chair === undefined ? ['owners'] : [chair])

/** A week past its date: who chairs it hears of it, and an alarm stands until one is held. */
async function tellMissed(run: Act, rule: ForumRule, dates: ForumDates): Promise<void> {
  const key = run.issuer.organization
  if (!dates.isMissed) return endAlarm(run, forumMissedAlarm, key)
  const since = msToInstant(dates.dueAtMs).slice(0, 10)
  const every = formatDuration(rule.everySeconds)
  const words = `The forum was due on ${since} and has not been held: the numbers are read by nobody. The program says every ${every}. Hold it, then record it: breakglass forum hold.`
  if (!(await raiseAlarm(run, { kind: forumMissedAlarm, key, words }))) return
  await notify(run, await peopleBehind(run, [...chairRefs(rule), 'owners']), { words, subject: key })
}
