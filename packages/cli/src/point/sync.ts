import { BreakglassError } from '@breakglass/core/errors'
import { acceptBundle, type BundleVerdict, readBundle } from './bundle.ts'
import { catchUp } from './join-trees.ts'
import { readMemory, rememberAsked } from './memory.ts'
import { plain } from './plain.ts'
import type { Point } from './point.ts'
import { takeShut } from './spent.ts'
import { splitWords } from './splits.ts'
import { trunks } from './trees.ts'
import { appendEvents, dropTaken, nextEvents, spoolLength } from './spool.ts'

/** How old the knowledge of the program may be before a push to a branch asks for a newer one, ms. */
export const programFreshMs = 300_000

const syncMsMax = 10_000
/** Several events of 24 KiB stay well below what the server takes as one body. */
const reportsPerMessage = 30

export interface Sent {
  sent: number
  waiting: number
  /** Why not everything went. */
  because?: string
}

/**
 * Moves the memory of the ledger on, then asks for the program in force and accepts it if it verifies. Failing to ask leaves
 * what was accepted before; a ledger that shows an older tree than it did has nothing to say of now (`ledger_older`).
 */
export async function refreshBundle(point: Point, timeoutMs = syncMsMax): Promise<BundleVerdict> {
  rememberAsked(point.journal, point.now())
  const offered = await askForBundle(point, timeoutMs)
  const words = splitWords(point.journal)
  return words === undefined ? offered : { ok: false, code: 'ledger_inconsistent', words }
}

async function askForBundle(point: Point, timeoutMs: number): Promise<BundleVerdict> {
  try {
    const isFirst = trunks(point.journal).length === 0
    if (!isFirst && (await catchUp(point, timeoutMs)) === 'older') return olderLedger
    const { bundle } = await point.server.getBundle(timeoutMs)
    const { text, resolved, statement, proof } = bundle
    const verdict = await acceptBundle(point, { text, resolved, statement, proof }, { timeoutMs })
    // Before there was a tree, there was none to ask from; and the server learns from the question which one it is.
    if (isFirst) await catchUp(point, timeoutMs)
    return verdict
  } catch (cause) {
    if (!(cause instanceof BreakglassError)) throw cause
    const held = readBundle(point.home, point.journal)
    return held.ok ? held : { ...held, words: `${held.words}; ${plain(cause.message)}` }
  }
}

const olderLedger: BundleVerdict = {
  ok: false,
  code: 'ledger_older',
  words:
    'the newest tree of the ledger that the server shows is smaller than one seen here before, so no program is taken with it',
}

export function isProgramStale(point: Point): boolean {
  return point.now() - readMemory(point.journal).bundleAskedAtMs > programFreshMs
}

/** Sends what waits, in order, each once; what the server does not take stays and is sent again. */
export async function sendEvents(point: Point, timeoutMs = syncMsMax): Promise<Sent> {
  let sent = 0
  try {
    for (;;) {
      const events = nextEvents(point.journal, reportsPerMessage)
      const last = events.at(-1)
      if (last === undefined) return { sent, waiting: 0 }
      const { takenUpTo } = await point.server.sendReports({ reports: events.map(({ jws }) => jws) }, timeoutMs)
      // A server that claims more than was sent has mixed something up; what it was never shown is kept.
      const dropped = dropTaken(point.journal, Math.min(takenUpTo, last.seq))
      sent += dropped
      if (dropped === 0) return waiting(point, sent, `the server has taken the events up to ${takenUpTo} only`)
    }
  } catch (cause) {
    if (!(cause instanceof BreakglassError)) throw cause
    return waiting(point, sent, plain(cause.message))
  }
}

function waiting(point: Point, sent: number, because: string): Sent {
  return { sent, waiting: spoolLength(point.journal), because }
}

/** Says of each offline grant, once, that it opens nothing here any more. */
export function confirmShut(point: Point): number {
  const { journal, spooler } = point
  const nowMs = Math.max(point.now(), readMemory(journal).verifiedAtMs)
  return journal.inTransaction(() => {
    const shut = takeShut(journal, nowMs)
    appendEvents(
      journal,
      spooler,
      shut.map(body => ({ kind: 'point.shut', body })),
      point.now(),
    )
    return shut.length
  })
}
