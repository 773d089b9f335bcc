import { BreakglassError } from '@breakglass/core/errors'
import { type Commit, msToInstant } from '@breakglass/verify'
import { type AcceptedProgram, readBundle } from './bundle.ts'
import type { Git } from './git.ts'
import { expectedHook, type HookState, hookState } from './hook-file.ts'
import { type Journal, numberOf, textOf, textOrNothing } from './journal.ts'
import { readMemory } from './memory.ts'
import { shortOf } from './object-id.ts'
import { plain } from './plain.ts'
import { newEventId, type Point } from './point.ts'
import { gatesInForce } from './program.ts'
import type { Observation } from './server.ts'
import { spoolLength } from './spool.ts'
import { confirmShut, refreshBundle, sendEvents } from './sync.ts'
import { keepUnallowed, recentMoves, type Undone, undoneBy } from './undone.ts'
import { forgetOldAllowed, isAllowed, isReachedByAllowed, readTips, type Tips, writeTips } from './tips.ts'

/** One look at a repository: what moved without the hook's leave, and whether the hook is what it was. Lines are for people. */
export function look(point: Point, git: Git): string[] {
  return [...lookAtHook(point, git), ...lookAtBranches(point, git)]
}

function lookAtHook(point: Point, git: Git): string[] {
  const { journal } = point
  const expected = expectedHook(journal)
  if (expected === undefined) return []
  const found = hookState(git, expected)
  // What is told is a change: the state, or the bytes of a hook that was changed already.
  const state = found.state === 'changed' ? `changed ${found.digest}` : found.state
  return journal.inTransaction(() => {
    const before = textOrNothing(journal.get('select hook_state from memory'), 'hook_state') ?? 'intact'
    if (before === state) return []
    journal.run('update memory set hook_state = ?', state)
    observe(journal, hookObservation(found, expected, point.now()))
    return [found.state === 'intact' ? `hook: ${found.path} is again what was installed` : `hook: ${found.words}`]
  })
}

function hookObservation(found: HookState, expected: string, nowMs: number): Observation {
  const digest = found.state === 'missing' ? {} : { digest: found.digest }
  return { kind: 'hook', delivery: newEventId(), at: msToInstant(nowMs), state: found.state, ...digest, expected }
}

interface Step {
  ref: string
  old?: Commit
  new?: Commit
  reflog?: string
}

/**
 * Compares the branches with where they were. Without a program nobody can say which are protected, so nothing is taken as
 * seen until there is one. Two watchers at once do no harm: whoever comes second finds that somebody has looked.
 */
function lookAtBranches(point: Point, git: Git): string[] {
  const { journal } = point
  const bundle = readBundle(point.home, journal)
  if (!bundle.ok) return []
  const held = readTips(journal)
  const found = git.heads()
  const steps = held.version === 0 ? [] : stepsBetween(held, found, { point, git, accepted: bundle.accepted })
  const back = steps.map(step => takenBack(point, git, step))
  if (held.version > 0 && isSame(held, found)) return []
  return journal.inTransaction(() => {
    if (readTips(journal).version !== held.version) return []
    writeTips(journal, held, found)
    forgetOldAllowed(journal, point.now())
    const lines = steps
      .filter(step => !isSanctioned(journal, step))
      .map(step => {
        keep(journal, step, point.now())
        return report(journal, step, point.now())
      })
    const undone = back.flatMap(one => one.undone)
    return [...lines, ...back.flatMap(one => one.lines), ...undone.map(one => reportUndone(journal, one, point.now()))]
  })
}

interface TakenBack {
  undone: (Undone & { ref: string })[]
  /** What could not be looked at; it keeps nothing else from being seen. */
  lines: string[]
}

function takenBack({ journal, now }: Point, git: Git, { ref, old, new: tip }: Step): TakenBack {
  if (tip === undefined) return { undone: [], lines: [] }
  const known = recentMoves(journal, ref, now())
  try {
    const undone = undoneBy(git, { new: tip, ...(old !== undefined && { old }) }, known)
    return { undone: undone.map(one => ({ ...one, ref })), lines: [] }
  } catch (cause) {
    if (!(cause instanceof BreakglassError)) throw cause
    return { undone: [], lines: [`not known whether ${ref} took anything back: ${plain(cause.message)}`] }
  }
}

function keep(journal: Journal, { ref, old, new: tip }: Step, nowMs: number): void {
  if (tip !== undefined) keepUnallowed(journal, ref, { new: tip, ...(old !== undefined && { old }) }, nowMs)
}

function reportUndone(journal: Journal, { ref, move, by }: Undone & { ref: string }, nowMs: number): string {
  observe(journal, { kind: 'undone', delivery: newEventId(), at: msToInstant(nowMs), ref, ...move, by })
  return `taken back: ${ref} ${shortOf(move.new)}, by ${shortOf(by)}`
}

interface Around {
  point: Point
  git: Git
  accepted: AcceptedProgram
}

function stepsBetween(held: Tips, found: ReadonlyMap<string, Commit>, around: Around): Step[] {
  const refs = new Set([...held.at.keys(), ...found.keys()])
  return [...refs].flatMap(ref => {
    const old = held.at.get(ref)
    const tip = found.get(ref)
    if (old === tip || !isProtected(ref, around)) return []
    const move = { ref, ...(old !== undefined && { old }), ...(tip !== undefined && { new: tip }) }
    return stepsByReflog(move, around.git)
  })
}

function isProtected(ref: string, { point, accepted }: Around): boolean {
  const place = { repository: point.home.config.repository.id, ref, boundary: 'merge' } as const
  return gatesInForce(accepted.program, place).length > 0
}

/** The moves between two looks one by one, where the reflog shows them without a gap; else the whole as one. */
function stepsByReflog(move: Step, git: Git): Step[] {
  if (move.new === undefined || move.old === undefined) return [move]
  const entries = git.reflog(move.ref)
  const last = entries.findLastIndex(entry => entry.new === move.new)
  const first = entries.findLastIndex((entry, index) => index < last && entry.new === move.old)
  if (last === -1 || first === -1) return [move]
  return entries
    .slice(first + 1, last + 1)
    .map(({ words, ...step }) => ({ ref: move.ref, ...step, reflog: plain(words) }))
}

function isSanctioned(journal: Journal, { ref, old, new: tip }: Step): boolean {
  if (tip === undefined) return false
  return isAllowed(journal, ref, old, tip) || isReachedByAllowed(journal, ref, old, tip)
}

const reflogCharactersMax = 300

function report(journal: Journal, step: Step, nowMs: number): string {
  const { ref, old, new: tip, reflog } = step
  observe(journal, {
    kind: 'advance',
    delivery: newEventId(),
    at: msToInstant(nowMs),
    ref,
    ...(old !== undefined && { old }),
    ...(tip !== undefined && { new: tip }),
    allowed: false,
    ...(reflog !== undefined && { reflog: reflog.slice(0, reflogCharactersMax).toWellFormed() }),
  })
  const move = `${old === undefined ? 'nothing' : shortOf(old)} → ${tip === undefined ? 'nothing' : shortOf(tip)}`
  return `bypass: ${ref} moved ${move} without the hook's leave${reflog === undefined ? '' : ` (${reflog})`}`
}

function isSame(held: Tips, found: ReadonlyMap<string, Commit>): boolean {
  return held.at.size === found.size && [...found].every(([ref, oid]) => held.at.get(ref) === oid)
}

function observe(journal: Journal, observation: Observation): void {
  journal.run(
    'insert into observation (delivery, body) values (?, ?)',
    observation.delivery,
    JSON.stringify(observation),
  )
}

const tellMsMax = 3_000
const observationsPerMessage = 200
/** How often the watcher asks for a newer program. */
const programEveryMs = 60_000

export interface Told {
  lines: string[]
  /** Why the server could not be told; what waits is sent again, under the same delivery ids. */
  because?: string
}

/** Tells the server what was seen and what the hook has done since, and takes a newer program along. */
export async function tell(point: Point): Promise<Told> {
  const lines: string[] = []
  const shut = confirmShut(point)
  if (shut > 0) lines.push(`shut: ${shut} offline grants open nothing here any more`)
  try {
    const sent = await sendObservations(point)
    if (sent > 0) lines.push(`told: ${sent} observations`)
  } catch (cause) {
    if (!(cause instanceof BreakglassError)) throw cause
    return { lines, because: plain(cause.message) }
  }
  const events = spoolLength(point.journal) > 0 ? await sendEvents(point, tellMsMax) : { sent: 0, waiting: 0 }
  if (events.sent > 0) lines.push(`told: ${events.sent} events`)
  if (events.because !== undefined) return { lines, because: events.because }
  if (point.now() - readMemory(point.journal).bundleAskedAtMs >= programEveryMs) lines.push(...(await renew(point)))
  return { lines }
}

async function renew(point: Point): Promise<string[]> {
  const before = readMemory(point.journal).bundleIndex
  const bundle = await refreshBundle(point, tellMsMax)
  if (!bundle.ok) return [`program: ${bundle.words}`]
  return bundle.accepted.index > before ? [`program: version ${bundle.accepted.version} accepted`] : []
}

async function sendObservations(point: Point): Promise<number> {
  let sent = 0
  for (;;) {
    const rows = point.journal.all('select id, body from observation order by id limit ?', observationsPerMessage)
    const last = rows.at(-1)
    if (last === undefined) return sent
    // Written by `observe` above and by nobody else.
    const observations = rows.map(row => JSON.parse(textOf(row, 'body')) as Observation)
    await point.server.sendObservations({ observations }, tellMsMax)
    point.journal.run('delete from observation where id <= ?', numberOf(last, 'id'))
    sent += rows.length
  }
}
