import { invariant } from '@breakglass/core/errors'
import type { StatementBody } from '@breakglass/core/statement'
import { digestOf, leafHash, msToInstant } from '@breakglass/verify'
import { type Act, say } from '../../edge/edge.ts'
import { repositoryByKey, repositoryIdOf } from '../../facts/repositories.ts'
import { afterEnd } from './end-grant.ts'
import { changeOf, type GrantRow, grantById, incidentOf } from './grant-row.ts'

export interface NewUse {
  /** docs/formats/point-journal.md: what makes two questions the same use. */
  useKey: string
  at: string
  usedAtMs: number
  ref?: string | undefined
  old?: string | undefined
  new?: string | undefined
  run?: string | undefined
  kept: StatementBody<'glass.used'>['kept']
  /** The point told of it only after the grant's end. */
  reportedLate: boolean
}

export interface UseRecorded {
  already: boolean
  used: number
}

/**
 * The edges `use` and `exhaust`: one landing that this grant opened, counted before the gate opens. The same key is the
 * same use, however often; another key finds room only while `used` < `uses`. `undefined`: there is none, or it is over.
 *
 * `states`: where counting is still allowed. An offline point tells of a use after the fact, so for it an ended grant is
 * counted too, and whoever calls says that it came late.
 */
export async function recordUse(
  run: Act,
  row: GrantRow,
  use: NewUse,
  states: readonly GrantRow['state'][] = ['live'],
): Promise<UseRecorded | undefined> {
  const { tx } = run
  const known = await tx.db
    .selectFrom('glass_use')
    .select('use_key')
    .where('grant_id', '=', row.id)
    .where('use_key', '=', use.useKey)
    .executeTakeFirst()
  if (known) return { already: true, used: row.used }
  const counted = await tx.db
    .updateTable('glass')
    .set(eb => ({ used: eb('used', '+', 1) }))
    .where('id', '=', row.id)
    .where('state', 'in', states)
    .whereRef('used', '<', 'uses')
    .returning(['used', 'uses', 'state'])
    .executeTakeFirst()
  if (!counted) return undefined
  const { sid } = await say(run, 'glass.used', row.id, await bodyOf(run, row, use, counted.used))
  await tx.db
    .insertInto('glass_use')
    .values({
      grant_id: row.id,
      use_key: use.useKey,
      at: use.usedAtMs,
      ref: use.ref ?? null,
      old: use.old ?? null,
      new: use.new ?? null,
      run: use.run ?? null,
      late: use.reportedLate ? 1 : 0,
      sid,
    })
    .execute()
  if (counted.used === counted.uses && counted.state === 'live') await exhaust(run, row.id)
  return { already: false, used: counted.used }
}

async function exhaust(run: Act, id: string): Promise<void> {
  await run.tx.db
    .updateTable('glass')
    .set({ state: 'exhausted' })
    .where('id', '=', id)
    .where('state', '=', 'live')
    .execute()
  await afterEnd(run, await grantById(run.tx, id), 'exhausted')
}

/** What a CI calls a run goes on the record only in this form; the use key commits to it all the same. */
const runPattern = /^[!-?A-~]{1,200}$/

async function bodyOf({ tx }: Act, row: GrantRow, use: NewUse, count: number): Promise<StatementBody<'glass.used'>> {
  const granted = await tx.db
    .selectFrom('statement')
    .select('jws')
    .where('sid', '=', row.granted_sid ?? '')
    .executeTakeFirst()
  const review = await tx.db.selectFrom('review').select('id').where('grant_id', '=', row.id).executeTakeFirst()
  invariant(granted && review, `${row.id} was granted with a statement and a review`)
  const incident = incidentOf(row)
  return {
    actor: row.actor,
    granted: leafHash(granted.jws),
    gate: row.gate,
    repository: repositoryIdOf(await repositoryByKey(tx, row.repository_key)),
    ...(row.ref !== null && { ref: row.ref }),
    change: changeOf(row),
    ...(use.old !== undefined && { old: use.old }),
    ...(use.new !== undefined && { new: use.new }),
    ...(use.run !== undefined && runPattern.test(use.run) && { run: use.run }),
    at: use.at,
    useKey: digestOf(use.useKey),
    usedAt: msToInstant(use.usedAtMs),
    use: count,
    uses: row.uses,
    reportedLate: use.reportedLate,
    ...(incident && { incident }),
    kept: use.kept,
    review: review.id,
  }
}
