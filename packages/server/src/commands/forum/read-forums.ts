import { BreakglassError } from '@breakglass/core/errors'
import { msToInstant } from '@breakglass/verify'
import type { Edge } from '../../edge/edge.ts'
import { programInForce, requireProgram } from '../../facts/program.ts'
import type { ReplyOf } from '../points/body-of.ts'
import { ledgerHealth } from '../system/ledger-health.ts'
import { forumViews, keptReport } from './forum-view.ts'
import { reportOf } from './gather.ts'
import { spanOf } from './period.ts'
import { postedOf, publishingOf } from './publish.ts'
import { anchorOf, forumDates } from './schedule.ts'

const listMax = 200

interface Asked {
  from?: string | undefined
  to?: string | undefined
  /** Whether the ledger stands on another machine than the server. */
  ledgerOutOfBand: boolean
}

/** The report of a period, made now. Throws `no_program`, `bad_input`. */
export async function getForumReport(edge: Edge, asked: Asked): Promise<ReplyOf<'getForumReport'>> {
  const ledger = { reachable: (await ledgerHealth(edge)).reachable, outOfBand: asked.ledgerOutOfBand }
  const nowMs = edge.nowMs()
  return edge.store.read(async rx => {
    const program = await requireProgram(rx)
    const span = await spanOf(rx, nowMs, asked)
    const report = await reportOf(rx, edge, { program, span, ledger })
    return { report, ...publishingOf(edge, program.published.program.forum) }
  })
}

/** What was held and delivered, newest first, and when the next forum is due. */
export function listForums(edge: Edge): Promise<ReplyOf<'listForums'>> {
  const nowMs = edge.nowMs()
  return edge.store.read(async rx => {
    const forums = await rx.db.selectFrom('forum').selectAll().orderBy('held_at', 'desc').limit(listMax).execute()
    const reports = await rx.db
      .selectFrom('forum_report')
      .selectAll()
      .orderBy('due_at', 'desc')
      .limit(listMax)
      .execute()
    const rule = (await programInForce(rx))?.published.program.forum
    const dates = rule && forumDates(rule, await anchorOf(rx, nowMs), nowMs)
    return {
      forums: await forumViews(rx, forums),
      reports: reports.map(({ id, digest, due_at, at, from_at, to_at, headline, ...publish }) => ({
        id,
        digest,
        dueAt: msToInstant(due_at),
        at: msToInstant(at),
        from: msToInstant(from_at),
        to: msToInstant(to_at),
        headline,
        ...postedOf(publish),
      })),
      ...(dates && { dueAt: msToInstant(dates.dueAtMs) }),
      missed: dates?.isMissed ?? false,
      ...publishingOf(edge, rule),
    }
  })
}

/** One forum with the report it read, or one delivered report. Throws `not_found`. */
export function showForum(edge: Edge, id: string): Promise<ReplyOf<'showForum'>> {
  return edge.store.read(async rx => {
    const row = await rx.db.selectFrom('forum').selectAll().where('id', '=', id).executeTakeFirst()
    const [forum] = row ? await forumViews(rx, [row]) : []
    if (forum) return { forum, report: await keptReport(rx, forum.report.digest) }
    const report = await rx.db.selectFrom('forum_report').select('digest').where('id', '=', id).executeTakeFirst()
    if (report) return { report: await keptReport(rx, report.digest) }
    throw new BreakglassError('not_found', `There is no forum and no report ${id}; breakglass forum list shows them.`)
  })
}
