import { BreakglassError } from '@breakglass/core/errors'
import { readBundle } from '../point/bundle.ts'
import { gateTime } from '../point/clock.ts'
import type { PointEvent, RunResult } from '../point/events.ts'
import { collectEvidence } from '../point/evidence.ts'
import { readMemory } from '../point/memory.ts'
import { plain } from '../point/plain.ts'
import type { Point } from '../point/point.ts'
import { appendEvents } from '../point/spool.ts'
import { usesOf } from '../point/spent.ts'
import { refreshBundle } from '../point/sync.ts'
import { tell } from '../point/watcher.ts'
import { applyWanted, expired, type Forge, leftOver, shut } from './apply.ts'
import { lookAtPulls, type Place, type PullSeen } from './look.ts'
import { type Green, markShut, rememberPulls } from './record.ts'
import { noteMoves, settleSteps } from './steps.ts'
import { endWaits, reportWaits } from './waits.ts'
import { type Wanted, wantedStates } from './wanted.ts'

export interface Turn {
  /** For people, or for a log. */
  lines: string[]
  /** What kept the turn from being whole; the next one begins anew. */
  because?: string
  /** When something changes though nothing happens: a grant ends. */
  wakeAtMs?: number
}

/**
 * One turn of keeping a repository's gates: what is open, what each run should be, what it is made, what landed. It begins
 * from what GitHub and the journal say, so a turn that was cut off anywhere is made good by the next one.
 */
export async function keepOnce(point: Point, forge: Forge): Promise<Turn> {
  const lines: string[] = []
  try {
    // First, and by the clock alone: whatever else cannot be learned in this turn.
    lines.push(...tellShut(point, await shut(point, forge, { left: expired(point), wanted: [] })))
    const known = await programHere(point)
    if ('closed' in known) return { lines, because: known.closed }
    const pulls = await lookAtPulls(forge.repository, known)
    const own = pulls.filter(({ on }) => on === 'pull_request')
    point.journal.inTransaction(() => rememberPulls(point.journal, own, point.now()))
    const wanted = await judgePulls(point, pulls)
    reportResults(point, wanted.states)
    reportWaits(point, wanted.states)
    endWaits(point, new Set(pulls.map(({ number }) => number)))
    lines.push(...(await applyWanted(point, forge, wanted.states)))
    await noteMoves(point, forge, branchesOf(known, pulls))
    lines.push(...(await settleSteps(point, forge, known)))
    // Told before it is asked what is over: a use ends its grant.
    const told = await tell(point)
    lines.push(...told.lines)
    const red = await shut(point, forge, { left: leftOver(point, wanted.states), wanted: wanted.states })
    lines.push(...tellShut(point, red))
    const again = red.length > 0 ? await tell(point) : told
    const because = wanted.because ?? again.because
    return { lines, ...(because !== undefined && { because }), ...wakeOf(wanted.states) }
  } catch (cause) {
    if (!(cause instanceof BreakglassError)) throw cause
    return { lines, because: plain(cause.message) }
  }
}

async function programHere(point: Point): Promise<(Place & { digest: string }) | { closed: string }> {
  if (readMemory(point.journal).bundleIndex < 0) await refreshBundle(point)
  const bundle = readBundle(point.home, point.journal)
  if (!bundle.ok) return { closed: bundle.words }
  const { program, digest } = bundle.accepted
  return { repository: point.home.config.repository.id, program, digest }
}

/** Without the server, or with a wrong clock, nothing is open that a pass does not open. */
async function judgePulls(point: Point, pulls: readonly PullSeen[]): Promise<{ states: Wanted[]; because?: string }> {
  const asked = pulls.map(({ ref, head, gates }) => ({ ref, commit: head, gates: gates.map(({ name }) => name) }))
  const answer = await collectEvidence(point, asked, { grants: [], receipts: [] })
  const bundle = readBundle(point.home, point.journal)
  if (!bundle.ok) return { states: [], because: bundle.words }
  const time = gateTime({
    ownMs: point.now(),
    verifiedMs: readMemory(point.journal).verifiedAtMs,
    ...(answer.server && { server: answer.server }),
  })
  const isTrusted = time.ok && answer.inconsistent === undefined
  const terms = {
    nowMs: time.ok ? time.ms : point.now(),
    online: answer.online && isTrusted,
    accepted: bundle.accepted,
  }
  const evidence = isTrusted ? answer.evidence : pulls.map(() => new Map())
  const because = answer.inconsistent ?? (time.ok ? answer.offlineBecause : time.words)
  return { states: wantedStates(point, { pulls, evidence, terms }), ...(because !== undefined && { because }) }
}

/** Branches that pull requests aim at, and those that the program names without a pattern. */
function branchesOf({ program, repository }: Place, pulls: readonly PullSeen[]): string[] {
  const isHere = ({ id }: { id: Place['repository'] }) =>
    id.forge === repository.forge && id.host === repository.host && id.id === repository.id
  const named = Object.values(program.gates).flatMap(({ on, boundary }) =>
    boundary === 'merge' && on.repositories.some(isHere) ? on.branches.filter(pattern => !/[*?[{]/.test(pattern)) : [],
  )
  return [...new Set([...named, ...pulls.map(({ pull }) => pull.base.ref)])].sort()
}

const resultOf: Partial<Record<Wanted['result']['is'], RunResult>> = {
  passed: 'pass',
  failed: 'fail',
  could_not_run: 'could_not_run',
}

/** What the mirrored check said, once each time it says something else: decisions look at it, and so do the numbers. */
function reportResults(point: Point, wanted: readonly Wanted[]): void {
  const { journal, spooler, now } = point
  for (const { pull, gate, result } of wanted) {
    // What the queue makes of a change is asked about nowhere else.
    if (pull.on === 'queue_group') continue
    const told = resultOf[result.is]
    if (told === undefined || gate.passes.kind !== 'check') continue
    const { check } = gate.passes
    const run = pull.runs.filter(({ name }) => name === check).toSorted((a, b) => Number(b.id) - Number(a.id))[0]
    const id = run?.id ?? 'status'
    const isTimed = run?.started_at !== undefined && run.completed_at !== undefined
    const event: PointEvent = {
      kind: 'point.result',
      body: {
        change: { commit: pull.head },
        gate: gate.name,
        result: told,
        run: id,
        ...(isTimed && { tookMs: Math.max(0, (run.completed_at ?? 0) - (run.started_at ?? 0)) }),
      },
    }
    journal.inTransaction(() => {
      const changed = journal.run(
        'insert into mirrored (commit_id, gate, run, result) values (?, ?, ?, ?) on conflict (commit_id, gate) do update set run = excluded.run, result = excluded.result where run <> excluded.run or result <> excluded.result',
        pull.head,
        gate.name,
        id,
        told,
      )
      if (changed > 0) appendEvents(journal, spooler, [event], now())
    })
  }
}

/** Says of each grant, once, that what it opened is red again: read back, not only sent. */
function tellShut(point: Point, red: readonly Green[]): string[] {
  const { journal, spooler, now } = point
  return red.map(green => {
    const used = usesOf(journal, green.grant).length
    const why = used > 0 ? 'exhausted' : now() >= green.expiresAtMs ? 'expired' : 'revoked'
    journal.inTransaction(() => {
      markShut(journal, green, now())
      appendEvents(journal, spooler, [{ kind: 'point.shut', body: { grant: green.grant, used, why } }], now())
    })
    return `#${green.number} ${green.gate}: shut`
  })
}

function wakeOf(wanted: readonly Wanted[]): Pick<Turn, 'wakeAtMs'> {
  const edges = wanted.flatMap(({ state }) => state.wakeAt ?? [])
  return edges.length === 0 ? {} : { wakeAtMs: Math.min(...edges) }
}
