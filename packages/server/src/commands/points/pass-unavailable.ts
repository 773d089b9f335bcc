import { BreakglassError, invariant } from '@breakglass/core/errors'
import { isInForce, isProgramSource } from '@breakglass/core/decide'
import type { PublishedProgram, ResolvedGate } from '@breakglass/core/program'
import { msToInstant, parsePassedUnavailableBody, parseStatement } from '@breakglass/verify'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { changeKey, verifiersChange } from '../../facts/change.ts'
import type { PointRow } from '../../facts/point.ts'
import { requireProgram } from '../../facts/program.ts'
import { repositoryByKey, repositoryIdOf } from '../../facts/repositories.ts'
import { enqueue } from '../../jobs/queue.ts'
import { notify, raiseAlarm } from '../../tell/tell.ts'
import { seal } from '../../texts/seal.ts'
import { openReview } from '../reviews/open-review.ts'
import type { BodyOf, ReplyOf } from './body-of.ts'
import { requireFullRef } from './full-ref.ts'
import { ownersOf } from './gate-owners.ts'
import { pointById } from './point-row.ts'
import { endWindow, passingAlarmKind, passingJob, type WindowRow } from './recover-gate.ts'
import { waitForLedger } from '../../statements/wait-for-ledger.ts'

type Asked = BodyOf<'passUnavailable'>

/** After one window, the next within this time is a person's to open. */
const windowEveryMs = 86_400_000
/** While a gate passes because it cannot run, it is told again this often. */
export const passingToldMs = 300_000
/** docs/formats/grant.md: what lasts less than this opens nothing. */
const windowMsMin = 1000

/**
 * Lets an advisory gate pass because it could not run, where the program says so: one window, logged, alarmed and due for
 * review before the first pass. Each change in it has its own statement; asking again for the same one gives the same. Throws
 * `no_program`, `fail_open_not_allowed`, `fail_open_needs_person`, and `ledger_unavailable`: then nothing opens.
 */
export async function passUnavailable(edge: Edge, caller: string, asked: Asked): Promise<ReplyOf<'passUnavailable'>> {
  const sid = await act(edge, run => admit(run, caller, asked))
  const words =
    'The ledger did not take the window in time, and without its proof nothing passes. Ask again, or break glass.'
  await waitForLedger(edge, [sid], words)
  return edge.store.read(async rx => {
    const row = await rx.db
      .selectFrom('statement')
      .innerJoin('unavailable_window', 'unavailable_window.id', 'statement.subject')
      .select(['statement.jws', 'statement.proof', 'unavailable_window.until_at'])
      .where('statement.sid', '=', sid)
      .executeTakeFirstOrThrow()
    invariant(row.proof !== null, 'a statement that was waited for has its proof')
    return { statement: row.jws, proof: row.proof, windowUntil: msToInstant(row.until_at) }
  })
}

interface Admitted {
  point: PointRow
  program: PublishedProgram
  gate: ResolvedGate
  forSeconds: number
  asked: Asked
}

async function admit(run: Act, caller: string, asked: Asked): Promise<string> {
  if (asked.ref !== undefined) requireFullRef(asked.ref)
  const point = await pointById(run.tx, caller)
  const { published } = await requireProgram(run.tx)
  const admitted = { point, asked, program: published, ...(await requireAllowed(run, point, { published, asked })) }
  const window = await openWindow(run, admitted)
  return (await samePass(run, window, admitted)) ?? sayPassed(run, window, admitted)
}

/** The program decides, and nothing but the program: advisory, in force here, and never on the program's own source. */
async function requireAllowed(
  { tx }: Act,
  point: PointRow,
  { published, asked }: { published: PublishedProgram; asked: Asked },
): Promise<{ gate: ResolvedGate; forSeconds: number }> {
  const { program } = published
  const gate = Object.hasOwn(program.gates, asked.gate) ? program.gates[asked.gate] : undefined
  if (!gate) throw notAllowed(`the program in force has no gate ${asked.gate}`)
  if (gate.class !== 'advisory') throw notAllowed(`${gate.name} is a ${gate.class} gate, and only advisory gates may`)
  if (gate.whenUnavailable.kind !== 'pass') throw notAllowed(`the program keeps ${gate.name} closed when it cannot run`)
  const repository = repositoryIdOf(await repositoryByKey(tx, point.repository_key))
  const place = { repository, ...(asked.ref !== undefined && { ref: asked.ref }) }
  if (!isInForce(gate, place)) throw notAllowed(`${gate.name} is not in force on ${asked.ref ?? 'no ref'} here`)
  if (point.kind !== 'ci' && gate.boundary !== 'merge') {
    throw notAllowed(`${gate.name} stands before ${gate.boundary}, and a hook only where refs advance`)
  }
  if (isProgramSource(program, place)) throw notAllowed("nothing passes so on the program's own source")
  // Receipts only: what the point itself ran just now it has not told yet, and it judges that.
  const newest = await tx.db
    .selectFrom('result')
    .select('result')
    .where('gate', '=', gate.name)
    .where('repository_key', '=', point.repository_key)
    .where('change_key', '=', changeKey(asked.change))
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (newest && newest.result !== 'could_not_run') throw notAllowed('its newest result says that it ran')
  return { gate, forSeconds: gate.whenUnavailable.forSeconds }
}

const notAllowed = (why: string) =>
  new BreakglassError('fail_open_not_allowed', `It may not pass while unavailable: ${why}.`)

/** The window that is open here, or a new one; the gate's windows elsewhere that are over are ended on the way. */
async function openWindow(run: Act, admitted: Admitted): Promise<WindowRow> {
  const { point, gate, forSeconds } = admitted
  const windows = () =>
    run.tx.db
      .selectFrom('unavailable_window')
      .selectAll()
      .where('gate', '=', gate.name)
      .where('repository_key', '=', point.repository_key)
  const unended = await windows().where('recovered_at', 'is', null).execute()
  for (const window of unended) if (window.until_at <= run.atMs) await endWindow(run, window, window.until_at)
  const open = unended.filter(window => window.until_at - run.atMs >= windowMsMin)
  const here = open.find(window => window.at_point === point.id)
  if (here) return here
  // One outage, seen from a second enforcement point: its window ends with the first one's.
  const elsewhere = open[0]
  if (elsewhere) return newWindow(run, admitted, elsewhere.until_at)
  const recent = await windows()
    .where('from_at', '>', run.atMs - windowEveryMs)
    .executeTakeFirst()
  if (recent) {
    throw new BreakglassError(
      'fail_open_needs_person',
      `${gate.name} passed while unavailable from ${msToInstant(recent.from_at)}, and may do so once in 24 hours by itself. A person must break glass: breakglass open.`,
    )
  }
  return newWindow(run, admitted, run.atMs + forSeconds * 1000)
}

async function newWindow(run: Act, admitted: Admitted, untilMs: number): Promise<WindowRow> {
  const { tx, atMs } = run
  const { point, gate, program } = admitted
  const id = run.newId('window')
  const span = { from_at: atMs, until_at: untilMs }
  const sid = await sayWindow(run, { id, ...span }, admitted)
  const row = await tx.db
    .insertInto('unavailable_window')
    .values({
      id,
      gate: gate.name,
      repository_key: point.repository_key,
      at_point: point.id,
      ...span,
      sid,
      recovered_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await keepPass(run, row, { ...admitted, sid })
  await openReview(run, {
    of: 'passed_unavailable',
    subject: id,
    gate,
    program: program.program,
    form: 'full',
    incidentVerified: false,
    due: { windowEndsMs: untilMs, shut: true },
  })
  const words = `${gate.name} passes because it cannot run, until ${msToInstant(untilMs)} at the latest.`
  await raiseAlarm(run, { kind: passingAlarmKind, key: id, words })
  await notify(run, await ownersOf(run, [gate]), { words, subject: id })
  const job = { id: run.newId('job'), kind: passingJob, key: id, attemptsMax: 1000 }
  await enqueue(tx, { ...job, runAt: Math.min(atMs + passingToldMs, untilMs) })
  return row
}

/** A statement that this change may pass has been said already, under the program that is in force. */
async function samePass(run: Act, window: WindowRow, { asked, program }: Admitted): Promise<string | undefined> {
  const rows = await run.tx.db
    .selectFrom('unavailable_pass')
    .innerJoin('statement', 'statement.sid', 'unavailable_pass.sid')
    .select(['statement.sid', 'statement.jws', 'unavailable_pass.ref'])
    .where('unavailable_pass.window_id', '=', window.id)
    .where('unavailable_pass.change', '=', changeKey(asked.change))
    .execute()
  const same = rows.find(({ jws, ref }) => {
    const parsed = parseStatement(jws)
    const body = parsed.ok ? parsePassedUnavailableBody(parsed.value.envelope.body) : undefined
    return ref === (asked.ref ?? null) && body?.ok === true && body.value.program === program.digest
  })
  if (same) await keepPass(run, window, { asked, sid: same.sid })
  return same?.sid
}

async function sayPassed(run: Act, window: WindowRow, admitted: Admitted): Promise<string> {
  const sid = await sayWindow(run, window, admitted)
  await keepPass(run, window, { ...admitted, sid })
  return sid
}

async function sayWindow(
  run: Act,
  { id, from_at, until_at }: Pick<WindowRow, 'id' | 'from_at' | 'until_at'>,
  { point, program, gate, asked }: Admitted,
): Promise<string> {
  const { sid } = await say(run, 'gate.passed_unavailable', id, {
    at: point.id,
    change: verifiersChange(asked.change),
    gate: gate.name,
    program: program.digest,
    ...(asked.ref !== undefined && { ref: asked.ref }),
    repository: repositoryIdOf(await repositoryByKey(run.tx, point.repository_key)),
    windowFrom: msToInstant(from_at),
    windowUntil: msToInstant(until_at),
  })
  return sid
}

async function keepPass(run: Act, window: WindowRow, { asked, sid }: { asked: Asked; sid: string }): Promise<void> {
  const { tx, atMs } = run
  const known = await tx.db
    .selectFrom('unavailable_pass')
    .select('sid')
    .where('window_id', '=', window.id)
    .where('use_key', '=', asked.useKey)
    .executeTakeFirst()
  if (known) return
  const { commit } = await seal(run, asked.why)
  await tx.db
    .insertInto('unavailable_pass')
    .values({
      window_id: window.id,
      use_key: asked.useKey,
      change: changeKey(asked.change),
      at: atMs,
      sid,
      ref: asked.ref ?? null,
      why_commit: commit,
    })
    .execute()
}
