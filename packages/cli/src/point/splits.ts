import { encodeBase64, encodeUtf8 } from '@breakglass/verify'
import type { LedgerSplitBody } from './events.ts'
import { type Journal, numberOf, numberOrNothing, type Row, textOf } from './journal.ts'
import type { Point } from './point.ts'
import { appendEvents, spoolEventsMax, spoolLength } from './spool.ts'
import type { Tree } from './trees.ts'

/** docs/formats/point-journal.md "Two faces": two trees of one log that are not of one history, or not shown to be. */
export interface Split {
  how: 'same_size' | 'no_proof'
  held: Omit<Tree, 'joined'>
  found: Omit<Tree, 'joined'>
}

/**
 * In the caller's transaction: both notes, verbatim, and the event that tells of them. Each pair is kept and told once. A
 * spool without room tells it later; it opens nothing meanwhile.
 */
export function keepSplit(
  point: Point,
  { how, held, found, proof }: Split & { proof?: readonly Uint8Array[] },
  nowMs: number,
): void {
  point.journal.run(
    `insert into split (origin, how, held_size, held_root, held_note, found_size, found_root, found_note, proof, at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    held.origin,
    how,
    held.size,
    held.root,
    held.note,
    found.size,
    found.root,
    found.note,
    proof === undefined ? null : JSON.stringify(proof.map(encodeBase64)),
    nowMs,
  )
  tellSplits(point, nowMs)
}

/** Leaves an event for each that was not told yet, in the caller's transaction. */
export function tellSplits({ journal, spooler }: Point, nowMs: number): void {
  for (const row of journal.all('select * from split where told = 0 order by id')) {
    if (spoolLength(journal) >= spoolEventsMax) return
    const body = bodyOf(readSplit(row), numberOrNothing(row, 'ended_at') !== undefined)
    appendEvents(journal, spooler, [{ kind: 'point.ledger_split', body }], nowMs)
    journal.run('update split set told = 1 where id = ?', numberOf(row, 'id'))
  }
}

/** What keeps every gate here closed. */
export function openSplits(journal: Journal): Split[] {
  return journal.all('select * from split where ended_at is null order by id').map(readSplit)
}

/** A tree was joined after all: the proof that did not hold was somebody's lie about it. Two roots of one size stay. */
export function endSplitsOf(point: Point, { origin, size, root }: Tree, nowMs: number): void {
  const sql = `update split set ended_at = ?, told = 0 where how = 'no_proof' and ended_at is null
    and origin = ? and found_size = ? and found_root = ?`
  if (point.journal.run(sql, nowMs, origin, size, root) > 0) tellSplits(point, nowMs)
}

export function wordsOfSplit({ how, held, found }: Split): string {
  if (how === 'same_size') {
    return `the log ${held.origin} has shown this point two different trees of the size ${held.size}: ${held.root} and ${found.root}`
  }
  return `the log ${held.origin} was not shown to be of one history: the proof between its tree of ${held.size} (${held.root}) and the one of ${found.size} (${found.root}) does not hold`
}

/** Why a point is closed, in one line, or `undefined`. */
export function splitWords(journal: Journal): string | undefined {
  const [first] = openSplits(journal)
  if (first === undefined) return undefined
  return `${wordsOfSplit(first)}; gates stay closed until a person looked: breakglass hook doctor`
}

/** Two of these fit in one event beside the rest. */
const noteBytesMax = 7_000

function bodyOf({ how, held, found }: Split, isEnded: boolean): LedgerSplitBody {
  return { found: spell(found), held: spell(held), how: isEnded ? 'joined' : how, origin: held.origin }
}

function spell({ size, root, note }: Split['held']): LedgerSplitBody['held'] {
  return { ...(encodeUtf8(note).length <= noteBytesMax && { note }), root, size }
}

function readSplit(row: Row): Split {
  const origin = textOf(row, 'origin')
  const side = (name: 'held' | 'found') => ({
    origin,
    size: numberOf(row, `${name}_size`),
    root: textOf(row, `${name}_root`),
    note: textOf(row, `${name}_note`),
  })
  const how = textOf(row, 'how') === 'same_size' ? 'same_size' : 'no_proof'
  return { how, held: side('held'), found: side('found') }
}
