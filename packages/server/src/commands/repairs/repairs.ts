import type { RepairView } from '@breakglass/core/contract'
import { BreakglassError, invariant } from '@breakglass/core/errors'
import type { ResolvedGate } from '@breakglass/core/program'
import { msToInstant } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { programInForce, requireProgram } from '../../facts/program.ts'
import { personNamed } from '../../identity/person-named.ts'
import { requireActing } from '../../identity/require-acting.ts'
import type { Rx } from '../../store/store.ts'
import type { RepairTable } from '../../store/tables/registers.ts'
import { notify } from '../../tell/tell.ts'
import { openSealed, seal } from '../../texts/seal.ts'
import { namesOf } from '../../views/people.ts'
import { type MeasuredEffect, repairEffects } from './effects.ts'
import type { BodyOf, ReplyOf } from '../points/body-of.ts'
import { ownersOf } from '../points/gate-owners.ts'

type RepairRow = Selectable<RepairTable>

const repairsMax = 500

/**
 * Commits to mending a gate: by its owner, because what is put off for it is theirs to decide. Throws `refused`,
 * `admin_may_not`, `no_program`, `unknown_person`, `bad_input`.
 */
export function openRepair(edge: Edge, by: string, asked: BodyOf<'openRepair'>): Promise<RepairView> {
  return act(edge, async run => {
    await requireActing(run.tx, by, 'opens no repair')
    const { published } = await requireProgram(run.tx)
    const gate = published.program.gates[asked.gate]
    if (gate === undefined) throw new BreakglassError('refused', `The program in force has no gate ${asked.gate}.`)
    await requireOwnerOf(run, gate, by)
    if (asked.dueOn < dayOf(run.atMs)) {
      throw new BreakglassError('bad_input', `dueOn: expected today or later, found ${asked.dueOn}.`)
    }
    const [owner, sponsor] = [
      await personNamed(run.tx, asked.owner, 'no repair'),
      await personNamed(run.tx, asked.sponsor, 'no repair'),
    ]
    const [plan, paused] = [await seal(run, asked.plan), await seal(run, asked.paused)]
    const id = run.newId('repair')
    const { cause, dueOn } = asked
    await run.tx.db
      .insertInto('repair')
      .values({
        id,
        gate: gate.name,
        cause,
        state: 'open',
        owner,
        sponsor,
        opened_by: by,
        plan_commit: plan.commit,
        paused_commit: paused.commit,
        due_on: dueOn,
        opened_at: run.atMs,
        ended_at: null,
        note_commit: null,
      })
      .execute()
    await say(run, 'repair.opened', id, { by, cause, dueOn, gate: gate.name, owner, paused, plan, sponsor })
    await notify(run, [owner, sponsor], { words: `A repair of ${gate.name} is yours, due ${dueOn}.`, subject: id })
    return oneView(run.tx, id, run.atMs)
  })
}

/** Says how it went: its owner, its sponsor or the gate's owner. Throws `not_found`, `wrong_state`, `refused`, `admin_may_not`. */
export function endRepair(
  edge: Edge,
  by: string,
  id: string,
  { outcome, note }: BodyOf<'endRepair'>,
): Promise<RepairView> {
  return act(edge, async run => {
    await requireActing(run.tx, by, 'ends no repair')
    const row = await repairById(run.tx, id)
    if (![row.owner, row.sponsor].includes(by)) {
      const gate = (await programInForce(run.tx))?.published.program.gates[row.gate]
      if (gate === undefined) throw new BreakglassError('refused', `${id}: its owner or sponsor says how it went.`)
      await requireOwnerOf(run, gate, by)
    }
    const sealed = await seal(run, note)
    const { numUpdatedRows } = await run.tx.db
      .updateTable('repair')
      .set({ state: outcome, ended_at: run.atMs, note_commit: sealed.commit })
      .where('id', '=', id)
      .where('state', '=', 'open')
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new BreakglassError('wrong_state', `${id} has ended already.`)
    await say(run, 'repair.ended', id, { by, note: sealed, outcome })
    return oneView(run.tx, id, run.atMs)
  })
}

/** Open ones first, by when they are due. */
export function listRepairs(edge: Edge): Promise<ReplyOf<'listRepairs'>> {
  return edge.store.read(async rx => {
    const rows = await rx.db.selectFrom('repair').selectAll().orderBy('opened_at', 'desc').limit(repairsMax).execute()
    const open = rows.filter(({ state }) => state === 'open').toSorted((a, b) => (a.due_on < b.due_on ? -1 : 1))
    const ended = rows.filter(({ state }) => state !== 'open')
    return { repairs: await repairViews(rx, [...open, ...ended], edge.nowMs()) }
  })
}

/** Throws `not_found`. */
export const showRepair = (edge: Edge, id: string): Promise<RepairView> =>
  edge.store.read(rx => oneView(rx, id, edge.nowMs()))

async function requireOwnerOf(run: Act, gate: ResolvedGate, by: string): Promise<void> {
  if ((await ownersOf(run, [gate])).includes(by)) return
  throw new BreakglassError('refused', `A repair of ${gate.name} is its owner's to commit to: ${gate.owner}.`)
}

async function repairById(rx: Rx, id: string): Promise<RepairRow> {
  const row = await rx.db.selectFrom('repair').selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw new BreakglassError('not_found', `There is no repair ${id}; breakglass repair list shows them.`)
}

async function oneView(rx: Rx, id: string, nowMs: number): Promise<RepairView> {
  const [view] = await repairViews(rx, [await repairById(rx, id)], nowMs)
  invariant(view, `${id} can be shown`)
  return view
}

async function repairViews(rx: Rx, rows: readonly RepairRow[], nowMs: number): Promise<RepairView[]> {
  const zone = (await programInForce(rx))?.published.program.timezone ?? 'UTC'
  const effects = await repairEffects(rx, rows, { zone, nowMs })
  const names = await namesOf(
    rx,
    rows.flatMap(({ owner, sponsor, opened_by }) => [owner, sponsor, opened_by]),
  )
  const texts = await openSealed(
    rx,
    rows.flatMap(({ plan_commit, paused_commit, note_commit }) => [plan_commit, paused_commit, note_commit ?? '']),
  )
  return rows.map(row => ({
    ...effectIn(effects.get(row.id)),
    id: row.id,
    gate: row.gate,
    cause: row.cause,
    owner: names(row.owner),
    sponsor: names(row.sponsor),
    plan: texts.get(row.plan_commit) ?? null,
    paused: texts.get(row.paused_commit) ?? null,
    dueOn: row.due_on,
    late: row.state === 'open' && row.due_on < dayOf(nowMs),
    state: row.state,
    openedAt: msToInstant(row.opened_at),
    openedBy: names(row.opened_by),
    ...(row.ended_at !== null && { endedAt: msToInstant(row.ended_at) }),
    ...(row.note_commit !== null && { note: texts.get(row.note_commit) ?? null }),
  }))
}

const effectIn = (effect: MeasuredEffect | undefined) => (effect === undefined ? {} : { effect })

/** Due dates are days; a day is over when it is over in UTC. */
const dayOf = (ms: number): string => msToInstant(ms).slice(0, 10)
