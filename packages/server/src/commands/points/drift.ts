import { isDigest, msToInstant } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import type { PointRow } from '../../facts/point.ts'
import { programInForce } from '../../facts/program.ts'
import { repositoryByKey, repositoryIdOf } from '../../facts/repositories.ts'
import { cancelJob, enqueue } from '../../jobs/queue.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import type { DriftTable } from '../../store/tables/points.ts'
import type { Rx } from '../../store/store.ts'
import { endAlarm, notify, raiseAlarm } from '../../tell/tell.ts'
import { peopleBehind } from '../../facts/people-behind.ts'
import { gatesOfRepository, ownersOf } from './gate-owners.ts'
import { tellAlarmAgain } from './tell-again.ts'

export type DriftRow = Selectable<DriftTable>
type What = 'hook_missing' | 'hook_changed' | 'rule_off' | 'rule_weaker'
/** While one of these holds, what lands is not held by its gate. */
const off = ['hook_missing', 'hook_changed', 'rule_off'] as const satisfies readonly What[]

export const driftJob = 'point.drift'
export const driftAlarmKind = 'protection_weakened'
/** Protection that is off belongs to the gates' owners, who hear of it again and again. */
const driftToldMs = 4 * 3_600_000
/** After a day it is everybody's whom the program names for what was left undone. */
const driftEscalatesMs = 86_400_000

export interface SeenHook {
  seenMs: number
  expected?: string | undefined
  found?: string | undefined
  /** Absent: all that stand there. */
  gates?: readonly string[]
}

const whatWords: Record<What, string> = {
  hook_missing: 'the hook is gone',
  hook_changed: 'the hook is not the one that was installed',
  rule_off: 'the forge does not require the gate, or lets others set it',
  rule_weaker: 'somebody may go around the gate by the forge’s own rules',
}

/** The protection is not what it should be; once for each way, until it is seen to be whole again. */
export async function beginDrift(run: Act, point: PointRow, what: What, seen: SeenHook): Promise<void> {
  const { tx } = run
  const all = await gatesOfRepository(run, point.repository_key)
  const told = await ownersOf(
    run,
    all.filter(({ name }) => seen.gates?.includes(name) ?? true),
  )
  const id = run.newId('event')
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('drift')
    .values({
      id,
      point_id: point.id,
      what,
      owner: JSON.stringify(told),
      gates: seen.gates === undefined ? null : JSON.stringify(seen.gates),
      since_at: seen.seenMs,
      last_told_at: run.atMs,
      until_at: null,
    })
    .onConflict(on => on.columns(['point_id', 'what']).where('until_at', 'is', null).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows !== 1n) return
  const repository = await repositoryByKey(tx, point.repository_key)
  await say(run, 'protection.weakened', point.id, {
    what,
    repository: repositoryIdOf(repository),
    ...(seen.gates && { gates: [...seen.gates] }),
    since: msToInstant(seen.seenMs),
    ...digestMember('expected', seen.expected),
    ...digestMember('found', seen.found),
    told,
  })
  const which = seen.gates === undefined ? '' : ` (${seen.gates.join(', ')})`
  const doctor = point.kind === 'github' ? 'github doctor' : 'hook doctor'
  const words = `${repository.name}: ${whatWords[what]}${which} at ${point.name}, since ${msToInstant(seen.seenMs)}. What lands there may be seen by nobody. Run breakglass ${doctor}.`
  await raiseAlarm(run, { kind: driftAlarmKind, key: id, words })
  await notify(run, told, { words, subject: point.id })
  const job = { id: run.newId('job'), kind: driftJob, key: id, runAt: run.atMs + driftToldMs }
  await enqueue(tx, { ...job, attemptsMax: 1000 })
}

function digestMember<Name extends string>(name: Name, value: string | undefined): { [K in Name]?: string } {
  const member: { [K in Name]?: string } = {}
  if (value !== undefined && isDigest(value)) member[name] = value
  return member
}

/** Seen to be whole: whatever was off about the hook is over. A promise to repair it would not be enough. */
export async function endDrift(run: Act, point: PointRow, seenMs: number, whats: readonly What[]): Promise<void> {
  const ended = await run.tx.db
    .updateTable('drift')
    .set({ until_at: seenMs })
    .where('point_id', '=', point.id)
    .where('what', 'in', whats)
    .where('until_at', 'is', null)
    .returningAll()
    .execute()
  const repository = repositoryIdOf(await repositoryByKey(run.tx, point.repository_key))
  for (const row of ended) {
    await say(run, 'protection.restored', point.id, {
      what: row.what,
      repository,
      since: msToInstant(row.since_at),
      until: msToInstant(Math.max(seenMs, row.since_at)),
      landingsWhileOff: row.landings_while_off,
    })
    await endAlarm(run, driftAlarmKind, row.id)
    await cancelJob(run.tx, driftJob, row.id)
  }
}

/** What was off at this point at an instant, as far as it is known by now. */
export function driftAt({ db }: Rx, point: string, atMs: number): Promise<DriftRow[]> {
  return db
    .selectFrom('drift')
    .selectAll()
    .where('point_id', '=', point)
    .where('what', 'in', off)
    .where('since_at', '<=', atMs)
    .where(eb => eb.or([eb('until_at', 'is', null), eb('until_at', '>', atMs)]))
    .execute()
}

/** Whether what is off is off at this gate. */
export const isOffAt = ({ gates }: DriftRow, gate: string): boolean =>
  gates === null || gateNames.parse(JSON.parse(gates)).includes(gate)

const gateNames = z.array(z.string())

export async function countLandingWhileOff({ tx }: Act, rows: readonly DriftRow[]): Promise<void> {
  for (const { id } of rows) {
    await tx.db
      .updateTable('drift')
      .set(eb => ({ landings_while_off: eb('landings_while_off', '+', 1) }))
      .where('id', '=', id)
      .execute()
  }
}

/** Told again every four hours until it is seen to be whole; after a day to those to whom the program escalates. */
export const tellDrift =
  (edge: Edge): JobHandler =>
  ({ job, complete }) =>
    act(edge, async run => {
      const { tx, atMs } = run
      const row = await tx.db
        .updateTable('drift')
        .set({ last_told_at: atMs })
        .where('id', '=', job.key)
        .where('until_at', 'is', null)
        .returningAll()
        .executeTakeFirst()
      const words = row && (await tellAlarmAgain(run, driftAlarmKind, row.id))
      if (!row || words === undefined) {
        await complete(tx)
        return undefined
      }
      const point = await tx.db.selectFrom('point').selectAll().where('id', '=', row.point_id).executeTakeFirstOrThrow()
      const owners = await ownersOf(run, await gatesOfRepository(run, point.repository_key))
      const escalated = atMs - row.since_at >= driftEscalatesMs ? await escalationOf(run) : []
      await notify(run, [...owners, ...escalated], { words, subject: point.id })
      return { againAt: atMs + driftToldMs }
    })

async function escalationOf(run: Act): Promise<string[]> {
  const program = await programInForce(run.tx)
  return peopleBehind(run, ['owners', ...(program?.published.program.reviews.escalate ?? [])])
}
