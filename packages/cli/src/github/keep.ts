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
import { branchesNamed, lookAtProtection, reportStanding, standingOf } from './protection.ts'
import { type Green, greens, markTold, rememberPulls } from './record.ts'
import { noteMoves, settleSteps } from './steps.ts'
import { endWaits, reportWaits } from './waits.ts'
import { grantOf, type Wanted, wantedStates } from './wanted.ts'

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
    lines.push(...(await shut(point, forge, { left: expired(point), wanted: [] })), ...tellOver(point))
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
    // Before what landed is told: whether the branch required the gate belongs to it.
    lines.push(...(await watchProtection(point, forge, known)))
    await noteMoves(point, forge, branchesOf(known, pulls))
    lines.push(...(await settleSteps(point, forge, known)))
    // Told before it is asked what is over: a use ends its grant.
    const told = await tell(point)
    lines.push(...told.lines)
    const left = leftOver(point, wanted.states)
    lines.push(...(await shut(point, forge, { left, wanted: wanted.states })))
    const over = tellOver(point, wanted.offered)
    lines.push(...over)
    const again = over.length > 0 ? await tell(point) : told
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

interface JudgedPulls {
  states: Wanted[]
  /** Grants that the server still has for what was opened here; absent when it did not answer. */
  offered?: ReadonlySet<string>
  because?: string
}

/** Without the server, or with a wrong clock, nothing is open that a pass does not open. */
async function judgePulls(point: Point, pulls: readonly PullSeen[]): Promise<JudgedPulls> {
  const asked = pulls.map(({ ref, head, gates }) => ({ ref, commit: head, gates: gates.map(({ name }) => name) }))
  const opened = greens(point.journal).map(({ ref, head, gate }) => ({ ref, commit: head, gates: [gate] }))
  const answer = await collectEvidence(point, [...asked, ...opened], { grants: [], receipts: [] })
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
  const evidence = isTrusted ? answer.evidence.slice(0, pulls.length) : pulls.map(() => new Map())
  const because = answer.inconsistent ?? (time.ok ? answer.offlineBecause : time.words)
  const carried = answer.evidence.flatMap(byGate => [...byGate.values()].flatMap(({ grants }) => grants))
  return {
    states: wantedStates(point, { pulls, evidence, terms }),
    ...(answer.online && { offered: new Set(carried.flatMap(one => grantOf(one) ?? [])) }),
    ...(because !== undefined && { because }),
  }
}

/** Branches that pull requests aim at, and those that the program names without a pattern. */
const branchesOf = (place: Place, pulls: readonly PullSeen[]): string[] =>
  [...new Set([...branchesNamed(place), ...pulls.map(({ pull }) => pull.base.ref)])].sort()

const protectionEveryMs = 30_000

async function watchProtection(point: Point, { protection, app }: Forge, place: Place): Promise<string[]> {
  const nowMs = point.now()
  if (protection === undefined || nowMs - (protection.lookedAtMs ?? 0) < protectionEveryMs) return []
  protection.lookedAtMs = nowMs
  const seen = await lookAtProtection({ ...protection, app, nowMs }, place)
  return reportStanding(point, standingOf(seen))
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

/**
 * Says of each grant, once, that it opens nothing any more: every run that it had turned green was read back as red, and it is over.
 * Red alone is not over: a push away and the closing of another pull request can be undone while the grant lives.
 */
function tellOver(point: Point, offered?: ReadonlySet<string>): string[] {
  const { journal, spooler, now } = point
  const byGrant = Map.groupBy(greens(journal), ({ grant }) => grant)
  return [...byGrant].flatMap(([grant, all]) => {
    const [first] = all
    const why = first && all.every(({ isRed }) => isRed) ? endOf(point, first, offered) : undefined
    if (first === undefined || why === undefined) return []
    journal.inTransaction(() => {
      markTold(journal, grant, now())
      appendEvents(
        journal,
        spooler,
        [{ kind: 'point.shut', body: { grant, used: usesOf(journal, grant).length, why } }],
        now(),
      )
    })
    return [`#${first.number} ${first.gate}: shut`]
  })
}

/** Why a grant is over; one that the server offers no more was revoked. */
function endOf(
  { journal, now }: Point,
  { grant, uses, expiresAtMs }: Green,
  offered: ReadonlySet<string> | undefined,
): 'exhausted' | 'expired' | 'revoked' | undefined {
  if (usesOf(journal, grant).length >= uses) return 'exhausted'
  if (now() >= expiresAtMs) return 'expired'
  return offered === undefined || offered.has(grant) ? undefined : 'revoked'
}

function wakeOf(wanted: readonly Wanted[]): Pick<Turn, 'wakeAtMs'> {
  const edges = wanted.flatMap(({ state }) => state.wakeAt ?? [])
  return edges.length === 0 ? {} : { wakeAtMs: Math.min(...edges) }
}
