import { formatStatement, type JsonObject, leafHash, msToInstant, type Signer } from '@breakglass/verify'
import type { PointEvent } from './events.ts'
import { type Journal, numberOf, textOf, textOrNothing } from './journal.ts'

/** Events that wait for the server. Nothing is dropped: a full spool refuses to open further gates instead. */
export const spoolEventsMax = 100_000

export interface Spooler {
  /** The point, `pt_…`. */
  id: string
  organization: string
  signer: Signer
  /** A fresh `ev_…`. */
  eventId: () => string
}

export class SpoolFull extends Error {
  override readonly name = 'SpoolFull'
}

/**
 * Signs and chains events, in the caller's transaction: what they tell becomes true at its commit. Throws `SpoolFull` when
 * more than `spoolEventsMax` would wait.
 */
export function appendEvents(journal: Journal, spooler: Spooler, events: readonly PointEvent[], nowMs: number): void {
  if (spoolLength(journal) + events.length > spoolEventsMax) {
    throw new SpoolFull(`${spoolEventsMax} events wait for the server already`)
  }
  const row = journal.get('select event_seq, event_prev from memory')
  let seq = numberOf(row, 'event_seq')
  let prev = textOrNothing(row, 'event_prev')
  for (const event of events) {
    seq += 1
    const jws = sign(spooler, event, { seq, prev, nowMs })
    prev = leafHash(jws)
    journal.run('insert into event (seq, leaf, jws) values (?, ?, ?)', seq, prev, jws)
  }
  journal.run('update memory set event_seq = ?, event_prev = ?', seq, prev ?? null)
}

function sign(
  spooler: Spooler,
  event: PointEvent,
  place: { seq: number; prev: string | undefined; nowMs: number },
): string {
  const { id, organization, signer, eventId } = spooler
  const { seq, prev, nowMs } = place
  const envelope = {
    v: 1,
    kind: event.kind,
    sid: eventId(),
    at: msToInstant(nowMs),
    subject: id,
    seq,
    // A leaf hash that `leafHash` made, or one that it made before and SQLite kept.
    ...(prev !== undefined && { prev: prev as `sha256:${string}` }),
    // An event's body is JSON by its members, which an interface cannot tell the compiler.
    body: event.body as unknown as JsonObject,
  } as const
  return formatStatement(envelope, { log: organization, signer, typ: 'breakglass-report+jws' })
}

export function spoolLength(journal: Journal): number {
  return numberOf(journal.get('select count(*) as n from event'), 'n')
}

export interface SpooledEvent {
  seq: number
  jws: string
}

export function nextEvents(journal: Journal, max: number): SpooledEvent[] {
  return journal
    .all('select seq, jws from event order by seq limit ?', max)
    .map(row => ({ seq: numberOf(row, 'seq'), jws: textOf(row, 'jws') }))
}

/** What the server says it has is not sent again. */
export function dropTaken(journal: Journal, takenUpTo: number): number {
  return journal.run('delete from event where seq <= ?', takenUpTo)
}
