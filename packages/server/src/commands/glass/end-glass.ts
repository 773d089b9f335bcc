import type { GrantView } from '@breakglass/core/contract'
import { resolveMembers } from '@breakglass/core/decide'
import { BreakglassError } from '@breakglass/core/errors'
import { grantCan, isExpiredAt } from '@breakglass/core/grant'
import { msToInstant } from '@breakglass/verify'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { requireProgram } from '../../facts/program.ts'
import { rosterOf } from '../../facts/roster.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import { notify, raiseAlarm } from '../../tell/tell.ts'
import { seal } from '../../texts/seal.ts'
import { oneGrantView } from '../../views/grant-view.ts'
import { afterEnd, shutAlarmKind } from './end-grant.ts'
import { approversOf, type GrantRow, grantById, toldOf } from './grant-row.ts'

export interface Revoked {
  grant: GrantView
  stillOpen: { at: string; until: string }[]
}

/**
 * The edge `revoke`: by the actor, an approver, the gate's owner or a program owner. An offline grant cannot be called back,
 * so the answer says where and until when it may still open. Throws `not_found`, `wrong_state`, `refused`.
 */
export function revokeGrant(edge: Edge, person: string, id: string, reason: string): Promise<Revoked> {
  return act(edge, async run => {
    const row = await grantById(run.tx, id)
    if (!grantCan.revoke(row) || row.expires_at === null || isExpiredAt({ expiresAtMs: row.expires_at }, run.atMs)) {
      throw new BreakglassError('wrong_state', {
        message: `${id} is ${row.state === 'live' ? 'expired' : row.state}; there is nothing to revoke.`,
        data: { state: row.state },
      })
    }
    await requireMayRevoke(run, row, person)
    const revoked = await run.tx.db
      .updateTable('glass')
      .set({ state: 'revoked', revoked_at: run.atMs })
      .where('id', '=', id)
      .where('state', '=', 'live')
      .returningAll()
      .executeTakeFirst()
    if (!revoked) throw new BreakglassError('wrong_state', `${id} is not live any more.`)
    const mayOpenUntil = row.mode === 'offline' ? msToInstant(row.expires_at) : undefined
    await say(run, 'glass.revoked', id, {
      by: person,
      reason: await seal(run, reason),
      used: row.used,
      uses: row.uses,
      ...(mayOpenUntil !== undefined && { mayOpenUntil }),
    })
    await afterEnd(run, revoked, 'revoked')
    await notify(run, [row.actor, ...toldOf(row)], { words: `Revoked: ${row.gate}.`, subject: id })
    const grant = await oneGrantView(run.tx, await grantById(run.tx, id), run.atMs)
    return { grant, stillOpen: mayOpenUntil === undefined ? [] : [{ at: grant.at.name, until: mayOpenUntil }] }
  })
}

async function requireMayRevoke(run: Act, row: GrantRow, person: string): Promise<void> {
  if (person === row.actor || approversOf(row).includes(person)) return
  const program = await requireProgram(run.tx)
  const roster = await rosterOf(run.tx, program, run.atMs)
  const { gates } = program.published.program
  const owner = Object.hasOwn(gates, row.gate) ? gates[row.gate]?.owner : undefined
  const allowed = resolveMembers(['owners', ...(owner === undefined ? [] : [owner])], roster)
  if (allowed.people.has(person)) return
  throw new BreakglassError(
    'refused',
    "A grant is revoked by who broke the glass, who approved it, the gate's owner or a program owner.",
  )
}

/** The edge `expire`. Expiry is a fact of time, and every enforcement point checks it itself; this records it. */
export const expireGrant =
  (edge: Edge): JobHandler =>
  ({ job, complete }) =>
    act(edge, async run => {
      const row = await run.tx.db
        .updateTable('glass')
        .set({ state: 'expired' })
        .where('id', '=', job.key)
        .where('state', '=', 'live')
        .where('expires_at', '<=', run.atMs)
        .returningAll()
        .executeTakeFirst()
      if (row?.expires_at) {
        await say(run, 'glass.expired', row.id, {
          expiresAt: msToInstant(row.expires_at),
          used: row.used,
          uses: row.uses,
        })
        await afterEnd(run, row, 'expired')
      }
      await complete(run.tx)
    })

/** Nobody has confirmed for five minutes that a gate is shut: somebody must look. */
export const alarmUnconfirmed =
  (edge: Edge): JobHandler =>
  ({ job, complete }) =>
    act(edge, async run => {
      const row = await grantById(run.tx, job.key)
      if (row.state === 'expired' || row.state === 'revoked' || row.state === 'exhausted') {
        const words = `${row.gate}: the enforcement point has not confirmed for five minutes that the gate is shut (${row.id}). Look at it: breakglass hook doctor there.`
        await raiseAlarm(run, { kind: shutAlarmKind, key: row.id, words })
        await notify(run, [row.actor, ...toldOf(row)], { words, subject: row.id })
      }
      await complete(run.tx)
    })
