import { clockSkewMsMax } from '@breakglass/core/decide'
import { BreakglassError } from '@breakglass/core/errors'
import { isExpiredAt } from '@breakglass/core/grant'
import { msToInstant } from '@breakglass/verify'
import { act, type Act, type Edge } from '../../edge/edge.ts'
import { resultsOf } from '../../facts/results.ts'
import { type GrantRow, keepsOf } from '../glass/grant-row.ts'
import { type NewUse, recordUse } from '../glass/use-grant.ts'
import type { BodyOf, ReplyOf } from './body-of.ts'
import { pointById } from './point-row.ts'

type Spend = BodyOf<'spendGrants'>['spends'][number]
type Spent = ReplyOf<'spendGrants'>['spent'][number]

/**
 * Spends online grants before their gates open: all in one act, or none. The same key is the same use until the grant
 * expires, also when that use was its last. Throws `grant_not_live`, `grant_spent`, `wrong_point`, `clock_wrong`.
 */
export async function spendGrants(
  edge: Edge,
  caller: string,
  { spends }: BodyOf<'spendGrants'>,
): Promise<ReplyOf<'spendGrants'>> {
  requireClock(edge)
  return act(edge, async run => {
    const { id } = await pointById(run.tx, caller)
    const spent: Spent[] = []
    for (const spend of spends) spent.push(await spendOne(run, id, { spend, spends }))
    return { now: msToInstant(run.atMs), spent }
  })
}

/** Expiry is only as true as the clock. */
function requireClock(edge: Edge): void {
  const skewMs = edge.clockSkewMs()
  // Written so that a difference that is not a number refuses too.
  if (Math.abs(skewMs) <= clockSkewMsMax) return
  throw new BreakglassError(
    'clock_wrong',
    `This server's clock is ${skewMs} ms from its database's, at most ${clockSkewMsMax} is allowed. Nothing was opened.`,
  )
}

async function spendOne(
  run: Act,
  point: string,
  { spend, spends }: { spend: Spend; spends: readonly Spend[] },
): Promise<Spent> {
  const row = await grantToSpend(run, spend.grant)
  refuseElsewhere(row, point)
  refuseEnded(row, run.atMs)
  const recorded = await recordUse(run, row, await useOf(run, row, { spend, spends }))
  const { uses } = row
  if (recorded) return { grant: row.id, already: recorded.already, used: recorded.used, uses }
  throw new BreakglassError('grant_spent', {
    message: `The grant ${row.id} has been used (${row.used} of ${uses}) for another landing. Break glass again: breakglass open.`,
    data: { grant: row.id, used: row.used, uses },
  })
}

async function grantToSpend({ tx }: Act, id: string): Promise<GrantRow> {
  const row = await tx.db.selectFrom('glass').selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw new BreakglassError('grant_not_live', { message: `There is no grant ${id}.`, data: { grant: id } })
}

function refuseElsewhere(row: GrantRow, point: string): void {
  if (row.at_point !== point) {
    throw new BreakglassError('wrong_point', {
      message: `The grant ${row.id} is for the enforcement point ${row.at_point}, and this is ${point}.`,
      data: { grant: row.id, at: row.at_point },
    })
  }
  if (row.mode === 'online') return
  throw new BreakglassError('bad_input', {
    message: `The grant ${row.id} is an offline grant: its point spends it in its own journal.`,
    data: { grant: row.id },
  })
}

/** A grant that was used up goes on to the use table, which knows for what; a revoked one opens nothing any more. */
function refuseEnded(row: GrantRow, nowMs: number): void {
  const isOver = row.expires_at === null || isExpiredAt({ expiresAtMs: row.expires_at }, nowMs)
  const isUsedUp = row.used === row.uses && (row.state === 'exhausted' || row.state === 'shut')
  if (!isOver && row.revoked_at === null && (row.state === 'live' || isUsedUp)) return
  const found = row.revoked_at !== null ? 'revoked' : isOver && row.expires_at !== null ? 'expired' : row.state
  throw new BreakglassError('grant_not_live', {
    message: `The grant ${row.id} is ${found}, not live. Nothing was opened.`,
    data: { grant: row.id, state: found },
  })
}

async function useOf(
  run: Act,
  row: GrantRow,
  { spend, spends }: { spend: Spend; spends: readonly Spend[] },
): Promise<NewUse> {
  const { useKey, ref, old, new: tip, run: ciRun } = spend
  return {
    useKey,
    at: row.at_point,
    usedAtMs: run.atMs,
    ref,
    old,
    new: tip,
    run: ciRun,
    kept: await keptOf(run, row, spends),
    reportedLate: false,
  }
}

type Kept = NewUse['kept']
const stoodOf = { pass: 'passed', fail: 'failed', could_not_run: 'could_not_run' } as const

/** What the other gates of the change showed at this moment, as far as the server knows. */
async function keptOf({ tx }: Act, row: GrantRow, spends: readonly Spend[]): Promise<Kept> {
  const results = await resultsOf(tx, { repositoryKey: row.repository_key, changeKey: row.change_key })
  const together = await tx.db
    .selectFrom('glass')
    .select('gate')
    .where(
      'id',
      'in',
      spends.map(({ grant }) => grant),
    )
    .where('change_key', '=', row.change_key)
    .execute()
  return keepsOf(row).map((gate): Kept[number] => {
    if (together.some(other => other.gate === gate)) return { gate, stood: 'opened_by_grant' }
    const fact = Object.hasOwn(results, gate) ? results[gate] : undefined
    return { gate, stood: fact === undefined ? 'unknown' : stoodOf[fact.result] }
  })
}
