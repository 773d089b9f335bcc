import { BreakglassError, invariant } from '@breakglass/core/errors'
import { decodeBase64url, digestOf, instantToMs, msToInstant, type Statement, verifyReport } from '@breakglass/verify'
import { act, type Act, type Edge } from '../../edge/edge.ts'
import type { PointRow } from '../../facts/point.ts'
import { raiseAlarm } from '../../tell/tell.ts'
import { keepDocument } from '../../texts/document.ts'
import type { BodyOf, ReplyOf } from './body-of.ts'
import { noteSeen, shutUnusedBefore } from './contact.ts'
import { pointById } from './point-row.ts'
import { effectOf } from './take-report.ts'

/**
 * Takes a point's signed events, each once and in their order (docs/formats/point-journal.md). What stands before the first
 * one that cannot be taken is kept; a message that begins with such a one is refused, and the point keeps it. Throws
 * `bad_evidence`, `out_of_order` with the `expected` number in its data.
 */
export async function sendReports(
  edge: Edge,
  caller: string,
  { reports }: BodyOf<'sendReports'>,
): Promise<ReplyOf<'sendReports'>> {
  const { now, takenUpTo, refused } = await act(edge, async run => {
    const point = await pointById(run.tx, caller)
    await noteSeen(run, point)
    const { seq, refused } = await takeAll(run, point, reports)
    return { now: msToInstant(run.atMs), takenUpTo: seq, refused }
  })
  // Thrown after the commit: an alarm about two journals must not be rolled back with it.
  if (refused) throw refused
  return { now, takenUpTo }
}

interface Chain {
  seq: number
  prev: string | null
}

async function takeAll(
  run: Act,
  point: PointRow,
  reports: readonly string[],
): Promise<{ seq: number; refused?: BreakglassError }> {
  const begin: Chain = { seq: point.event_seq, prev: point.event_prev }
  let chain = begin
  let refused: BreakglassError | undefined
  let newestMs = 0
  for (const jws of reports) {
    const read = readEvent(run, point, jws)
    if (!read.ok) {
      refused = read.refused
      break
    }
    const { statement, take } = read
    if (statement.envelope.seq <= chain.seq && (await isKept(run, jws))) continue
    refused = await refusePlace(run, point, { statement, chain })
    if (refused) break
    const atMs = instantToMs(statement.envelope.at)
    await take(run, point, { leaf: statement.leaf, atMs })
    await keepDocument(run, jws)
    chain = { seq: statement.envelope.seq, prev: statement.leaf }
    newestMs = Math.max(newestMs, atMs)
  }
  if (chain.seq === begin.seq) return { seq: chain.seq, ...(refused && { refused }) }
  await moveOn(run, point, { begin, chain })
  await shutUnusedBefore(run, point, newestMs)
  return { seq: chain.seq }
}

type ReadEvent =
  | { ok: true; statement: Statement; take: NonNullable<ReturnType<typeof effectOf>> }
  | { ok: false; refused: BreakglassError }

/** Forged, of another point, or of a form that this version does not know: nothing of it is believed. */
function readEvent({ issuer }: Act, point: PointRow, jws: string): ReadEvent {
  const key = decodeBase64url(point.public_key)
  invariant(key, 'the key of a registered point can be read')
  const verdict = verifyReport(jws, { id: point.id, kid: point.kid, key }, issuer.organization)
  if (!verdict.ok) {
    const words = verdict.faults.map(({ at, expected, found }) => `${at}: expected ${expected}, found ${found}`)
    const data = { faults: verdict.faults.map(({ code }) => code) }
    const message = `The report does not verify. ${words.join('; ')}`
    return { ok: false, refused: new BreakglassError('bad_evidence', { message, data }) }
  }
  const { kind, seq, body } = verdict.value.envelope
  const take = effectOf(kind, body)
  if (take) return { ok: true, statement: verdict.value, take }
  const message = `Event ${seq}: this server does not understand ${kind} as it is written; update the server, and the point sends it again.`
  return { ok: false, refused: new BreakglassError('bad_evidence', { message, data: { seq, kind } }) }
}

async function isKept({ tx }: Act, jws: string): Promise<boolean> {
  const row = await tx.db.selectFrom('document').select('digest').where('digest', '=', digestOf(jws)).executeTakeFirst()
  return row !== undefined
}

/** One place after the last, naming it. Two different events for one place mean two journals under one key. */
async function refusePlace(
  run: Act,
  point: PointRow,
  { statement, chain }: { statement: Statement; chain: Chain },
): Promise<BreakglassError | undefined> {
  const { seq, prev } = statement.envelope
  const expected = chain.seq + 1
  if (seq === expected && (prev ?? null) === chain.prev) return undefined
  if (seq <= expected) {
    const words = `${point.name} has sent two different events ${seq}: its directory was copied or put back from a backup, so uses may have been counted twice. Look at it, and register it anew.`
    await raiseAlarm(run, { kind: 'point_forked', key: point.id, words })
  }
  return new BreakglassError('out_of_order', {
    message: `Event ${seq} does not follow the last that was taken. Expected event ${expected}${chain.prev === null ? '' : `, which names ${chain.prev} as its previous`}.`,
    data: { expected, takenUpTo: chain.seq },
  })
}

async function moveOn({ tx }: Act, point: PointRow, { begin, chain }: { begin: Chain; chain: Chain }): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable('point')
    .set({ event_seq: chain.seq, event_prev: chain.prev })
    .where('id', '=', point.id)
    .where('event_seq', '=', begin.seq)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n)
    throw new BreakglassError('conflict', 'Events of this point were taken at the same moment.')
}
