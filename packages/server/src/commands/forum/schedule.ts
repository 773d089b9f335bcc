import type { ResolvedProgram } from '@breakglass/core/program'
import { publishedOf, versionsInForce } from '../../facts/program.ts'
import type { Rx } from '../../store/store.ts'

export const forumMissedAlarm = 'forum_missed'
export const dayMs = 86_400_000
/** A forum that is not held within a week of its date was missed. */
export const missedAfterMs = 7 * dayMs

export type ForumRule = NonNullable<ResolvedProgram['forum']>

export interface ForumDates {
  /** The first date since the last forum. */
  dueAtMs: number
  /** The newest date that is not in the future; absent before the first. A report is delivered for each. */
  reportDueAtMs: number | undefined
  isMissed: boolean
}

/** When the forum is due: `every` after the last one, or after the program began to name one. Pure. */
export function forumDates({ everySeconds }: ForumRule, anchorMs: number, nowMs: number): ForumDates {
  const every = everySeconds * 1000
  const dueAtMs = anchorMs + every
  const passed = Math.floor((nowMs - anchorMs) / every)
  return {
    dueAtMs,
    reportDueAtMs: passed < 1 ? undefined : anchorMs + passed * every,
    isMissed: nowMs > dueAtMs + missedAfterMs,
  }
}

/** What dates are counted from: the last forum, else since when the program has named one without a break. */
export async function anchorOf(rx: Rx, nowMs: number): Promise<number> {
  const last = await lastForumAt(rx)
  if (last !== undefined) return last
  let since = nowMs
  for (const version of await versionsInForce(rx)) {
    const { program } = await publishedOf(rx, version)
    if (program.forum === undefined) break
    since = version.effective_at
  }
  return since
}

export async function lastForumAt(rx: Rx): Promise<number | undefined> {
  const row = await rx.db.selectFrom('forum').select('held_at').orderBy('held_at', 'desc').limit(1).executeTakeFirst()
  return row?.held_at
}
