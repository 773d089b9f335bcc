import { msToInstant } from '@breakglass/verify'
import { forumMarkdown } from '@breakglass/report/forum'
import { ChatRefused } from '../../chat/chat.ts'
import { act, type Act, type Edge } from '../../edge/edge.ts'
import { enqueue } from '../../jobs/queue.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import { endAlarm, raiseAlarm } from '../../tell/tell.ts'
import type { ReplyOf } from '../points/body-of.ts'
import { keptReport } from './forum-view.ts'
import type { ForumRule } from './schedule.ts'

export const publishJob = 'forum.publish'
export const chatSilentAlarm = 'chat_silent'
/** With the pauses of jobs, between half of five minutes and the whole, a day. */
const triesMax = 390
/** So many tries are some seconds: a chat that is only slow is no alarm. */
const triesBeforeAlarm = 4

type Publishing = NonNullable<ReplyOf<'listForums'>['publish']>
type Posted = NonNullable<ReplyOf<'listForums'>['reports'][number]['posted']>

/** Where the program wants its reports, and whether that channel is known here. */
export function publishingOf({ chat }: Pick<Edge, 'chat'>, forum: ForumRule | undefined): { publish?: Publishing } {
  if (forum?.publish === undefined) return {}
  const { publish: to } = forum
  if (chat.has(to))
    return { publish: { to, connected: true, words: `Reports are posted to ${to} when they fall due.` } }
  const words = `The server knows no chat with the channel ${to} (--chat-file). Its text for a chat: breakglass report --format markdown.`
  return { publish: { to, connected: false, words } }
}

interface PublishColumns {
  publish_to: string | null
  published_at: number | null
  publish_error: string | null
}

export function postedOf({ publish_to, published_at, publish_error }: PublishColumns): { posted?: Posted } {
  if (publish_to === null) return {}
  return {
    posted: {
      to: publish_to,
      ...(published_at !== null && { at: msToInstant(published_at) }),
      ...(publish_error !== null && { error: publish_error }),
    },
  }
}

/** To be called where a report is written that falls due, when its channel is known. */
export const askToPublish = ({ tx, newId, atMs }: Act, report: string): Promise<void> =>
  enqueue(tx, { id: newId('job'), kind: publishJob, key: report, runAt: atMs, attemptsMax: triesMax, ifOpen: 'keep' })

/**
 * Posts one report. Nothing outside is done in a transaction, so a server that dies between the chat's answer and the note of
 * it posts once more: twice is better than never.
 */
export const publishReport =
  (edge: Edge): JobHandler =>
  async ({ job }) => {
    const waiting = await edge.store.read(async rx => {
      const row = await rx.db.selectFrom('forum_report').selectAll().where('id', '=', job.key).executeTakeFirst()
      if (!row || row.publish_to === null || row.published_at !== null) return undefined
      return { to: row.publish_to, report: await keptReport(rx, row.digest) }
    })
    if (waiting === undefined) return
    const { to, report } = waiting
    const link = `The whole report: breakglass forum show ${job.key} (${edge.url})`
    const refusal = await edge.chat.post(to, `${forumMarkdown(report)}\n${link}\n`).then(() => undefined, asRefusal)
    await act(edge, run => (refusal === undefined ? posted(run, job.key, to) : failed(run, job, to, refusal)))
    if (refusal !== undefined) throw refusal
  }

function asRefusal(failure: unknown): ChatRefused {
  if (failure instanceof ChatRefused) return failure
  throw failure
}

async function posted(run: Act, report: string, to: string): Promise<void> {
  const { tx, atMs } = run
  await tx.db
    .updateTable('forum_report')
    .set({ published_at: atMs, publish_error: null })
    .where('id', '=', report)
    .where('published_at', 'is', null)
    .execute()
  await endAlarm(run, chatSilentAlarm, to)
}

async function failed(run: Act, job: { key: string; tries: number }, to: string, refusal: ChatRefused): Promise<void> {
  const { tx } = run
  await tx.db
    .updateTable('forum_report')
    .set({ publish_error: refusal.message })
    .where('id', '=', job.key)
    .where('published_at', 'is', null)
    .execute()
  if (job.tries < triesBeforeAlarm) return
  const words = `The forum's report could not be posted to ${to}: ${refusal.message}. It is tried again for a day; breakglass forum show ${job.key} has it.`
  await raiseAlarm(run, { kind: chatSilentAlarm, key: to, words })
}
