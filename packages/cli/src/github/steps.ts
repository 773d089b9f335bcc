import { pusherOf } from '@breakglass/core/account'
import { useKeyOf } from '@breakglass/core/grant'
import type { Activity, Pull, WholePull } from '@breakglass/github/api'
import { type Commit, msToInstant } from '@breakglass/verify'
import { allowedEvents, type AllowedGate, type PointEvent, stoodOf } from '../point/events.ts'
import { numberOf, type Row, textOf, textOrNothing } from '../point/journal.ts'
import { commitOf, shortOf } from '../point/object-id.ts'
import { newEventId, type Point } from '../point/point.ts'
import { appendEvents } from '../point/spool.ts'
import { readTips } from '../point/tips.ts'
import type { Forge } from './apply.ts'
import { gatesAt, type Place } from './look.ts'
import { forgetPull, knownPulls, type Said, saidAt } from './record.ts'

/** One move of a branch, as GitHub's list of activity tells it. */
export interface Step {
  id: number
  ref: string
  old: string
  new: string
  kind: string
  actor?: string
  atMs: number
  tries: number
}

/** Evidence can lag behind a landing, so it is looked for again before anybody is asked (docs/github.md "Verdict"). */
const retriesMs = [10_000, 60_000, 600_000]

/** Branches that moved since they were looked at last: each move becomes a step, to be settled by itself. */
export async function noteMoves(point: Point, { repository }: Forge, branches: readonly string[]): Promise<void> {
  const { journal } = point
  for (const branch of branches) {
    const ref = `refs/heads/${branch}`
    const held = readTips(journal).at.get(ref)
    const hex = await repository.tip(branch)
    const tip = hex === undefined ? undefined : commitOf(hex)
    if (tip === held) continue
    const moves = held === undefined ? [] : movesSince(await repository.activity(branch), { ref, held, tip })
    // The list lags behind the ref: it is looked at again.
    if (moves === undefined) continue
    journal.inTransaction(() => {
      if (readTips(journal).at.get(ref) !== held) return
      for (const move of moves) insertStep(point, move)
      if (tip === undefined) journal.run('delete from tip where ref = ?', ref)
      else journal.run(setTip, ref, tip)
    })
  }
}

const setTip = 'insert into tip (ref, oid) values (?, ?) on conflict (ref) do update set oid = excluded.oid'

type NewStep = Omit<Step, 'id' | 'tries'>

/** From the commit that was known to the tip of now, the oldest first; undefined while the list does not reach. */
function movesSince(
  activity: readonly Activity[],
  { ref, held, tip }: { ref: string; held: Commit; tip: Commit | undefined },
): NewStep[] | undefined {
  const own = activity.filter(one => one.ref === ref)
  const newest = own.findIndex(({ after }) => commitOf(after) === tip)
  const oldest = own.findIndex((one, at) => at >= newest && commitOf(one.before) === held)
  if (newest === -1 || oldest === -1) return undefined
  return own
    .slice(newest, oldest + 1)
    .toReversed()
    .map(({ before, after, activity_type: kind, actor, timestamp: atMs }) => ({
      ref,
      old: before,
      new: after,
      kind,
      atMs,
      ...(actor && { actor: actor.login }),
    }))
}

function insertStep({ journal, now }: Point, { ref, old, new: tip, kind, actor, atMs }: NewStep): void {
  journal.run(
    'insert into step (ref, old, new, kind, actor, at, seen_at, next_at) values (?, ?, ?, ?, ?, ?, ?, ?)',
    ref,
    old,
    tip,
    kind,
    actor ?? null,
    atMs,
    now(),
    now(),
  )
}

const stepOf = (row: Row): Step => {
  const actor = textOrNothing(row, 'actor')
  return {
    id: numberOf(row, 'id'),
    ref: textOf(row, 'ref'),
    old: textOf(row, 'old'),
    new: textOf(row, 'new'),
    kind: textOf(row, 'kind'),
    atMs: numberOf(row, 'at'),
    tries: numberOf(row, 'tries'),
    ...(actor !== undefined && { actor }),
  }
}

/** Settles what is due: who landed what, by which gates, and what went around them. */
export async function settleSteps(point: Point, forge: Forge, place: Place & { digest: string }): Promise<string[]> {
  const { journal } = point
  const due = journal.all('select * from step where next_at <= ? order by id limit 50', point.now()).map(stepOf)
  const lines: string[] = []
  for (const step of due) {
    const merged = isRewrite(step) ? undefined : await mergedAs(point, forge, step)
    const wait = retriesMs[step.tries]
    if (merged === undefined && !isRewrite(step) && wait !== undefined && !isOpenByItself(point, place, step)) {
      journal.run('update step set tries = tries + 1, next_at = seen_at + ? where id = ?', wait, step.id)
      continue
    }
    lines.push(...tellStep(point, place, { step, merged }))
  }
  return lines
}

/** What comes later excuses neither. */
const isRewrite = ({ kind }: Step): boolean => kind === 'force_push' || kind === 'branch_deletion'

/** The pull request that was merged as this commit. */
async function mergedAs(point: Point, { repository }: Forge, step: Step): Promise<WholePull | undefined> {
  const isIt = (pull: Pull) =>
    pull.merged_at !== undefined && pull.merge_commit_sha === step.new && `refs/heads/${pull.base.ref}` === step.ref
  for (const { number } of knownPulls(point.journal).filter(({ ref }) => ref === step.ref)) {
    const pull = await repository.pull(number)
    if (isIt(pull)) return pull
  }
  const found = (await repository.pullsOf(step.new)).find(isIt)
  return found && repository.pull(found.number)
}

/** A merge made on one's own machine may be pushed: its very commit had passed. */
function isOpenByItself(point: Point, place: Place, step: Step): boolean {
  const commit = commitOf(step.new)
  const gates = gatesAt(place, step.ref)
  return (
    commit !== undefined &&
    gates.every(({ name }) => isOpen(saidAt(point.journal, { commit, gate: name, atMs: step.atMs })))
  )
}

const isOpen = (said: Said | undefined): said is Said => said !== undefined && said.opens !== 'closed'

interface Settled {
  step: Step
  merged: WholePull | undefined
}

function tellStep(point: Point, place: Place & { digest: string }, { step, merged }: Settled): string[] {
  const [old, tip] = [commitOf(step.old), commitOf(step.new)]
  const head = merged === undefined ? tip : commitOf(merged.head.sha)
  const atMs = merged?.merged_at ?? step.atMs
  const gates = gatesAt(place, step.ref).map(({ name }) => name)
  // A group of the queue lands as its own commit, and was judged as that.
  const judgedAs = (gate: string): Said | undefined =>
    (tip && saidAt(point.journal, { commit: tip, gate, atMs })) ??
    (head && saidAt(point.journal, { commit: head, gate, atMs }))
  const said = new Map(gates.map(gate => [gate, judgedAs(gate)] as const))
  const around = isRewrite(step)
    ? gates
    : gates.filter(gate => said.get(gate)?.opens === 'closed' || (merged === undefined && !isOpen(said.get(gate))))
  const opened = gates.flatMap((gate): (AllowedGate & { grant?: string })[] => {
    const one = said.get(gate)
    if (around.includes(gate) || !isOpen(one) || one.opens === 'closed') return []
    return [
      {
        gate,
        opens: one.opens,
        ...(one.evidence !== undefined && { evidence: one.evidence }),
        ...(one.grant !== undefined && { grant: one.grant }),
      },
    ]
  })
  const move = { ref: step.ref, ...(old !== undefined && { old }), ...(tip !== undefined && { new: tip }) }
  point.journal.inTransaction(() => {
    if (point.journal.run('delete from step where id = ?', step.id) === 0) return
    if (tip !== undefined && opened.length > 0)
      appendEvents(
        point.journal,
        point.spooler,
        eventsOf(point, { step, merged, head, atMs, opened, move: { ...move, new: tip }, digest: place.digest }),
        point.now(),
      )
    if (around.length > 0) observeAround(point, { ...move, atMs, around, kind: step.kind })
    if (merged) forgetPull(point.journal, merged.number)
  })
  const what = merged === undefined ? step.kind.replaceAll('_', ' ') : `#${merged.number}`
  const how = around.length === 0 ? 'landed' : `landed around ${around.join(', ')}`
  return [`${step.ref} ${tip === undefined ? 'was deleted' : `is ${shortOf(tip)}`} (${what}): ${how}`]
}

interface Landed {
  step: Step
  merged: WholePull | undefined
  head: Commit | undefined
  atMs: number
  opened: (AllowedGate & { grant?: string })[]
  move: { ref: string; old?: Commit; new: Commit }
  digest: string
}

function eventsOf(point: Point, { step, merged, head, atMs, opened, move, digest }: Landed): PointEvent[] {
  const login = merged?.merged_by?.login ?? step.actor
  const { organization, repository } = point.home.config
  const who = login === undefined ? {} : { pusher: pusherOf(organization, accountAt(repository.id.host, login)) }
  const gates = opened.map(({ gate, opens, evidence }) => ({
    gate,
    opens,
    ...(evidence !== undefined && { evidence }),
  }))
  return [
    ...opened.flatMap(({ gate, opens, grant }) =>
      opens === 'grant' && grant !== undefined && head !== undefined
        ? [usedEvent(point, { gate, grant, head, atMs, opened, move })]
        : [],
    ),
    ...allowedEvents({ gates, mode: 'online', ...move, program: digest, ...who }),
  ]
}

/** As the program writes it: `github:kofi`, or under the name of an Enterprise Server. */
const accountAt = (host: string, login: string) => ({
  issuer: host === 'github.com' ? 'github' : host,
  subject: login.toLowerCase(),
})

interface Used {
  gate: string
  grant: string
  head: Commit
  atMs: number
  opened: readonly AllowedGate[]
  move: Landed['move']
}

function usedEvent(point: Point, { gate, grant, head, atMs, opened, move }: Used): PointEvent {
  const { id: repository } = point.home.config.repository
  const useKey = useKeyOf({ kind: 'check_run', repository, gate, head, base: move.ref })
  point.journal.run(
    'insert into spent (grant_id, use_key, at) values (?, ?, ?) on conflict do nothing',
    grant,
    useKey,
    atMs,
  )
  const kept = opened.flatMap(other => (other.gate === gate ? [] : [{ gate: other.gate, stood: stoodOf[other.opens] }]))
  return {
    kind: 'point.used',
    body: {
      change: { commit: head },
      gate,
      grant,
      kept: kept.slice(0, 64),
      landedAt: msToInstant(atMs),
      mode: 'online',
      ...move,
      useKey,
    },
  }
}

interface Around {
  ref: string
  old?: Commit
  new?: Commit
  atMs: number
  around: string[]
  kind: string
}

function observeAround({ journal }: Point, { ref, old, new: tip, atMs, around, kind }: Around): void {
  const observation = {
    kind: 'advance',
    delivery: newEventId(),
    at: msToInstant(atMs),
    ref,
    ...(old !== undefined && { old }),
    ...(tip !== undefined && { new: tip }),
    allowed: false,
    around,
    reflog: `GitHub: ${kind.replaceAll('_', ' ')}`,
  }
  journal.run(
    'insert into observation (delivery, body) values (?, ?)',
    observation.delivery,
    JSON.stringify(observation),
  )
}
