import { gatesInForce } from '@breakglass/core/decide'
import type { ResolvedGate } from '@breakglass/core/program'
import { instantToMs, msToInstant } from '@breakglass/verify'
import { act, type Act, type Edge } from '../../edge/edge.ts'
import type { PointRow } from '../../facts/point.ts'
import { repositoryByKey, repositoryIdOf } from '../../facts/repositories.ts'
import { markMovesSince, markWatchedSince, observe } from '../../landings/observe.ts'
import { programAt } from '../../landings/program-at.ts'
import { keepData } from '../../texts/data-document.ts'
import { seal } from '../../texts/seal.ts'
import { type DisclosureRow, disclosuresOf, gatesOf, type Landed } from '../disclosures/disclosed.ts'
import { detectFinding } from '../findings/detect-finding.ts'
import type { BodyOf, ReplyOf } from './body-of.ts'
import { noteContact } from './contact.ts'
import { beginDrift, countLandingWhileOff, driftAt, endDrift } from './drift.ts'
import { requireFullRef } from './full-ref.ts'
import { pointById } from './point-row.ts'

type Observation = BodyOf<'sendObservations'>['observations'][number]
type Advance = Extract<Observation, { kind: 'advance' }>
type Undone = Extract<Observation, { kind: 'undone' }>
type Protection = Extract<Observation, { kind: 'protection' }>
type Hook = Extract<Observation, { kind: 'hook' }>

/** Takes what a watcher saw on the repository itself, each delivery once. */
export async function sendObservations(
  edge: Edge,
  caller: string,
  { observations }: BodyOf<'sendObservations'>,
): Promise<ReplyOf<'sendObservations'>> {
  const { point, taken } = await act(edge, async run => {
    const point = await pointById(run.tx, caller)
    let taken = 0
    for (const one of observations) {
      if (!(await isNew(run, point, one.delivery))) continue
      taken += 1
      if (one.kind === 'hook') await takeHook(run, point, one)
      else if (one.kind === 'undone') await takeUndone(run, point, one)
      else if (one.kind === 'protection') await takeProtection(run, point, one)
      else await takeAdvance(run, point, one)
    }
    return { point, taken }
  })
  await noteContact(edge, point)
  return { taken, already: observations.length - taken }
}

async function isNew({ tx, atMs }: Act, point: PointRow, delivery: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('delivery_seen')
    .values({ source: point.id, delivery_id: delivery, seen_at: atMs })
    .onConflict(on => on.columns(['source', 'delivery_id']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** What the forge requires, as far as it could be read. What ended and what began is told by itself. */
async function takeProtection(run: Act, point: PointRow, seen: Protection): Promise<void> {
  const seenMs = seenMsOf(run, seen)
  await markMovesSince(run, point, seenMs)
  for (const [what, gates] of [['rule_off', seen.off] as const, ['rule_weaker', seen.weaker] as const]) {
    if (gates.length === 0) await endDrift(run, point, seenMs, [what])
    else await beginDrift(run, point, what, { seenMs, gates })
  }
}

/** A landing was taken back: what became of it, for the numbers. The move that did it is told and judged by itself. */
async function takeUndone(run: Act, point: PointRow, undone: Undone): Promise<void> {
  requireFullRef(undone.ref)
  const { ref, old: before = '', new: after, by: undone_by } = undone
  await run.tx.db
    .insertInto('landing_undone')
    .values({ repository_key: point.repository_key, ref, before, after, undone_by, at: seenMsOf(run, undone) })
    .onConflict(on => on.doNothing())
    .execute()
}

/** A watcher's clock may be ahead; nothing was seen after it was told. */
const seenMsOf = ({ atMs }: Act, { at }: Observation): number => Math.min(instantToMs(at), atMs)

async function takeHook(run: Act, point: PointRow, hook: Hook): Promise<void> {
  const seenMs = seenMsOf(run, hook)
  await markWatchedSince(run, point, seenMs)
  if (hook.state === 'intact') return endDrift(run, point, seenMs, ['hook_missing', 'hook_changed'])
  const what = hook.state === 'missing' ? 'hook_missing' : 'hook_changed'
  await beginDrift(run, point, what, { seenMs, expected: hook.expected, found: hook.digest })
}

/**
 * A ref with gates moved, and the hook did not allow it. Whether each gate had been passed does not matter: nobody stood
 * there. It is certain where the hook is known to have been off, else likely: a hook that ran and lost its journal would
 * look the same.
 */
async function takeAdvance(run: Act, point: PointRow, advance: Advance): Promise<void> {
  requireFullRef(advance.ref)
  await observeAdvance(run, point, advance)
  if (advance.allowed) return
  const happenedMs = seenMsOf(run, advance)
  const program = await programAt(run.tx, happenedMs)
  if (!program) return
  const repository = repositoryIdOf(await repositoryByKey(run.tx, point.repository_key))
  const inForce = gatesInForce(program.program, { repository, ref: advance.ref, boundary: 'merge' })
  const gates = inForce.filter(({ name }) => advance.around?.includes(name) ?? true)
  if (gates.length === 0) return
  const off = await driftAt(run.tx, point.id, happenedMs)
  await countLandingWhileOff(run, off)
  const { untold, told } = await splitByTold(
    run,
    { repositoryKey: point.repository_key, ref: advance.ref, commit: advance.new ?? '' },
    gates,
  )
  await detectFinding(run, {
    kind: 'landed_without_hook',
    confidence: off.length > 0 ? 'certain' : 'likely',
    point,
    ref: advance.ref,
    old: advance.old,
    new: advance.new,
    gates: untold,
    ...(told && { told }),
    program,
    happenedMs,
    whileOff: off.length > 0,
    delivery: `${point.id} ${advance.delivery}`,
    evidence: await evidenceOf(run, point, advance),
  })
}

/** What somebody told of before is asked of nobody again; where all of it was told of, the finding is only kept. */
async function splitByTold(
  run: Act,
  landed: Landed,
  gates: readonly ResolvedGate[],
): Promise<{ untold: readonly ResolvedGate[]; told?: DisclosureRow }> {
  const disclosures = await disclosuresOf(run.tx, landed)
  const toldOf = new Set(disclosures.flatMap(gatesOf))
  const untold = gates.filter(({ name }) => !toldOf.has(name))
  const [told] = disclosures
  return told && untold.length === 0 ? { untold: gates, told } : { untold }
}

function observeAdvance(run: Act, point: PointRow, advance: Advance): Promise<void> {
  const { delivery, ref, old = '', new: after = '', at, allowed, around } = advance
  const id = `${point.id} ${delivery}`
  return observe(run, point, { id, source: 'watcher', atMs: instantToMs(at), ref, before: old, after, allowed, around })
}

/** What the watcher saw, word for word; a line of the reflog holds a name, so it is sealed. */
async function evidenceOf(run: Act, point: PointRow, { reflog, ...seen }: Advance) {
  const sealed = reflog === undefined ? undefined : await seal(run, reflog)
  return keepData(run, { point: point.id, takenAt: msToInstant(run.atMs), seen, ...(sealed && { reflog: sealed }) })
}
