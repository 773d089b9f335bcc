import type { ForumView } from '@breakglass/core/contract'
import { type ForumReport, forumReportShape } from '@breakglass/core/forum'
import { msToInstant } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import type { ForumDecisionTable, ForumTable } from '../../store/tables/forum.ts'
import { chunks } from '../../store/chunks.ts'
import type { Rx } from '../../store/store.ts'
import { readDocument } from '../../texts/document.ts'
import { openSealed } from '../../texts/seal.ts'
import { namesOf } from '../../views/people.ts'

export type ForumRow = Selectable<ForumTable>
export type DecisionRow = Selectable<ForumDecisionTable>

/** Forums as they are shown, in the order of the rows. */
export async function forumViews(rx: Rx, rows: readonly ForumRow[]): Promise<ForumView[]> {
  const decisions = await decisionsOf(
    rx,
    rows.map(({ id }) => id),
  )
  const texts = await openSealed(
    rx,
    decisions.flatMap(({ question_commit, decision_commit }) => [question_commit ?? [], decision_commit ?? []].flat()),
  )
  const people = [
    ...rows.flatMap(row => [row.chair, row.recorded_by]),
    ...decisions.flatMap(({ owner }) => owner ?? []),
  ]
  const names = await namesOf(rx, people)
  const textOf = (commit: string | null) => (commit === null ? null : (texts.get(commit) ?? null))
  return rows.map(row => {
    const own = decisions.filter(({ forum_id }) => forum_id === row.id)
    return {
      id: row.id,
      heldAt: msToInstant(row.held_at),
      chair: names(row.chair),
      recordedBy: names(row.recorded_by),
      report: { digest: row.report_digest, from: msToInstant(row.from_at), to: msToInstant(row.to_at) },
      decisions: own.flatMap(({ gate, question_commit, decision_commit, owner, due_on }) =>
        owner === null || due_on === null
          ? []
          : [
              {
                gate,
                question: textOf(question_commit),
                decision: textOf(decision_commit),
                owner: names(owner),
                due: due_on,
              },
            ],
      ),
      undecided: own.filter(({ owner }) => owner === null).map(({ gate }) => gate),
    }
  })
}

async function decisionsOf(rx: Rx, forums: readonly string[]): Promise<DecisionRow[]> {
  const found: DecisionRow[] = []
  for (const part of chunks([...forums])) {
    const query = rx.db.selectFrom('forum_decision').selectAll().where('forum_id', 'in', part)
    found.push(...(await query.orderBy('forum_id').orderBy('ordinal').execute()))
  }
  return found
}

export async function lastForum(rx: Rx, beforeMs: number): Promise<ForumView | undefined> {
  const row = await rx.db
    .selectFrom('forum')
    .selectAll()
    .where('held_at', '<', beforeMs)
    .orderBy('held_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && (await forumViews(rx, [row]))[0]
}

/** As it is kept, byte for byte: members in the order of the schema, so that reading and writing it changes nothing. */
export const reportText = (report: ForumReport): string => `${JSON.stringify(forumReportShape.parse(report))}\n`

/** A report as it was kept; documents are ours, so one that does not parse is damage. */
export async function keptReport(rx: Rx, digest: string): Promise<ForumReport> {
  return forumReportShape.parse(JSON.parse(await readDocument(rx, digest)))
}
