import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { RecentLeaves } from './recent-leaves.ts'
import { SeenLeaves } from './seen-leaves.ts'

/**
 * Held in memory before a transaction takes them, in hash order: an insert at a time would write a page each. While they are
 * being stored as many more may come; a start after a crash reads all of them again.
 */
const recentMax = 8192
/** Entries of one commit from which on the log is busy: work is then put where it hurts least. */
export const busyFrom = 16
/** Rows remembered with such a commit, until all are: about half a millisecond. */
const rememberedAtOnce = 1024

/**
 * Leaf hash → index: what makes an append idempotent. It holds nothing that the bundles do not, so losing it costs a
 * rebuild; being wrong it could double an entry, so fsck compares it whole.
 *
 * WAL with `synchronous=normal`: after a power cut the newest transactions may be gone, never half there. The start
 * reads what is missing from the bundles, as it does what was only in memory.
 */
export class LeafIndex {
  readonly #database: DatabaseSync
  readonly #find: StatementSync
  readonly #insert: StatementSync
  readonly #advance: StatementSync
  readonly #next: StatementSync
  /** The newest, which are not in the database. */
  #recent = new RecentLeaves(recentMax)
  /** Those before them, on their way into it: some or all of their rows are in the open transaction. */
  #storing = new RecentLeaves(recentMax)
  /** What is left to do of `#storing`. */
  #rows: Iterator<[hash: Uint8Array, place: number]> = [].values()
  /** Those below are in the database for good. */
  #stored: number
  /** All that are in the database, once `#remembered` says so. Made when it is first worth its memory. */
  #seen: SeenLeaves | undefined
  /** Up to where the rows that were there at the start have been put into `#seen`. */
  #remembered: Uint8Array | '' | 'all' = ''

  constructor(path: string) {
    this.#database = new DatabaseSync(path)
    this.#database.exec(`
      pragma journal_mode = wal;
      pragma synchronous = normal;
      pragma cache_size = -65536;
      pragma wal_autocheckpoint = 8000;
      create table if not exists leaf (hash blob primary key, position integer not null) strict, without rowid;
      create table if not exists progress (one integer primary key check (one = 1), size integer not null) strict;
      insert into progress values (1, 0) on conflict do nothing;
    `)
    this.#find = this.#database.prepare('select position from leaf where hash = ?')
    this.#insert = this.#database.prepare('insert into leaf (hash, position) values (?, ?)')
    this.#advance = this.#database.prepare('update progress set size = ? where size = ?')
    this.#next = this.#database.prepare(`select hash from leaf where hash > ? order by hash limit ${rememberedAtOnce}`)
    this.#stored = Number(this.#database.prepare('select size from progress').get()?.['size'])
    // One transaction is always open, and `store` ends it: without one, each look takes and drops a file lock.
    this.#database.exec('begin')
  }

  /** How many entries are known: those from 0 up to here. */
  get size(): number {
    return this.#stored + this.#storing.size + this.#recent.size
  }

  find(hash: Uint8Array): number | undefined {
    const recent = this.#recent.find(hash)
    if (recent !== undefined) return this.#stored + this.#storing.size + recent
    const storing = this.#storing.find(hash)
    if (storing !== undefined) return this.#stored + storing
    if (this.#remembered === 'all' && this.#seen?.mayHave(hash) === false) return undefined
    const position = this.#find.get(hash)?.['position']
    return position === undefined ? undefined : Number(position)
  }

  /** The next entries. They must not be known already: two positions for one hash would make one unfindable. */
  add(hashes: readonly Uint8Array[]): void {
    for (const hash of hashes) {
      this.#recent.add(hash)
      this.#seen?.add(hash)
      if (this.#recent.isFull) this.#beginStoring()
    }
    if (hashes.length >= busyFrom) this.#rememberMore()
  }

  /** Moves all that is known into the database. Throws when an entry is there already. */
  store(): void {
    this.#beginStoring()
    this.storeSome(recentMax + 1)
  }

  /**
   * Moves about so many entries towards the database, for moments when the processor would only wait. Nothing has to call it:
   * what was not moved in time is moved when memory is full. Throws as `store` does.
   */
  storeSome(rows: number): void {
    if (this.#storing.size === 0) return
    try {
      for (let left = rows; left > 0; left--) {
        const { done, value } = this.#rows.next()
        if (done === true) {
          this.#endStoring()
          return
        }
        const [hash, place] = value
        this.#insert.run(hash, this.#stored + place)
      }
    } catch (error) {
      // A full disk has SQLite roll back by itself.
      this.#database.exec(this.#database.isTransaction ? 'rollback; begin' : 'begin')
      this.#rows = this.#storing.sorted()
      throw error
    }
  }

  /** Those before them must be done first. */
  #beginStoring(): void {
    this.storeSome(recentMax + 1)
    ;[this.#recent, this.#storing] = [this.#storing, this.#recent]
    this.#rows = this.#storing.sorted()
  }

  #endStoring(): void {
    const size = this.#stored + this.#storing.size
    const { changes } = this.#advance.run(size, this.#stored)
    if (changes !== 1) throw new Error(`expected ${this.#stored} entries in the index, found another number`)
    this.#database.exec('commit; begin')
    this.#stored = size
    this.#storing.clear()
  }

  /** A few rows at a time, and only under load: nobody waits for a million of them. */
  #rememberMore(): void {
    if (this.#remembered === 'all') return
    const seen = (this.#seen ??= this.#seenFromMemory())
    const rows = this.#next.all(this.#remembered).map(({ hash }) => hash)
    for (const hash of rows) {
      if (!(hash instanceof Uint8Array)) throw new Error('expected a hash in each row of the index')
      seen.add(hash)
    }
    const last = rows.at(-1)
    this.#remembered = last instanceof Uint8Array ? last : 'all'
  }

  /** What comes later is put in as it comes, what is stored row by row. */
  #seenFromMemory(): SeenLeaves {
    const seen = new SeenLeaves()
    for (const leaves of [this.#storing, this.#recent]) {
      for (const [hash] of leaves.sorted()) seen.add(hash)
    }
    return seen
  }

  /** Without `store`, what is recent is read from the bundles again at the next start. */
  close(): void {
    this.#database.close()
  }
}

/** Rows that follow each other in the order of their hashes. */
export interface LeafRows {
  /** 32 bytes each. */
  hashes: Buffer
  positions: number[]
}

const rowsAtOnce = 4096
/** Many rows as one: making an object of each costs three times what reading it does. */
const selectRows = `
  select group_concat(hex(hash), '') as hashes, json_group_array(position) as positions, max(hash) as last,
    min(length(hash)) as shortest, max(length(hash)) as longest
  from (select hash, position from leaf where hash > ? order by hash limit ${rowsAtOnce})`

/**
 * Every row, for fsck, as of one moment; nothing when there is no index. Opened read-only beside a ledger that may be
 * running. Throws on what is not such an index.
 */
export function* readLeafIndex(path: string): Generator<LeafRows> {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    database.exec('begin')
    const select = database.prepare(selectRows)
    // A text sorts before every blob, also before the empty one.
    let after: Uint8Array | '' = ''
    for (;;) {
      const row: Record<string, SQLOutputValue> = select.get(after) ?? {}
      const { hashes, positions, last, shortest, longest } = row
      if (!(last instanceof Uint8Array)) return
      if (after !== '' && Buffer.compare(last, after) <= 0) throw new Error('expected its rows in the order of hashes')
      if (shortest !== 32 || longest !== 32)
        throw new Error(`expected hashes of 32 bytes, found ${shortest} to ${longest}`)
      yield { hashes: Buffer.from(String(hashes), 'hex'), positions: JSON.parse(String(positions)) }
      after = last
    }
  } finally {
    database.close()
  }
}
