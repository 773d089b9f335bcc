import type { FollowUp } from '@breakglass/core/review'
import { type Act, say } from '../../edge/edge.ts'
import { enqueue } from '../../jobs/queue.ts'
import { personNamed } from '../../identity/person-named.ts'
import { notify } from '../../tell/tell.ts'
import { seal } from '../../texts/seal.ts'

/** Runs when the day on which it is due is over. */
export const followUpLateJob = 'follow_up.late'

/** What follows from a review, each with one owner and a date. Returns their ids, in order. Throws `unknown_person`. */
export async function recordFollowUps(
  run: Act,
  { review, by }: { review: string; by: string },
  followUps: readonly FollowUp[],
): Promise<string[]> {
  const ids: string[] = []
  for (const { owner: named, dueOn, text: words, link: address } of followUps) {
    const id = run.newId('followUp')
    const owner = await personNamed(run.tx, named, 'no follow-up')
    const text = await seal(run, words)
    const link = address === undefined ? undefined : await seal(run, address)
    await say(run, 'followup.recorded', id, { review, by, owner, dueOn, text, ...(link && { link }) })
    await run.tx.db
      .insertInto('follow_up')
      .values({
        id,
        review_id: review,
        owner,
        due_on: dueOn,
        text_commit: text.commit,
        // The commitment: the address itself lies where it can be erased.
        link: link?.commit ?? null,
        done_at: null,
      })
      .execute()
    const lateAt = Date.parse(`${dueOn}T00:00:00Z`) + 86_400_000
    const job = { id: run.newId('job'), kind: followUpLateJob, key: id, attemptsMax: 1000 }
    await enqueue(run.tx, { ...job, runAt: Math.max(lateAt, run.atMs) })
    await notify(run, [owner], { words: `A follow-up of a review is yours, due ${dueOn}.`, subject: id })
    ids.push(id)
  }
  return ids
}
