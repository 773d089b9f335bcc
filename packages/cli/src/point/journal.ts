import { chmodSync, existsSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'
import { BreakglassError } from '@breakglass/core/errors'
import { pointFiles, pointPath } from './home.ts'

/**
 * The journal of an enforcement point (docs/formats/point-journal.md): what it remembers, what was spent, what the server
 * must still be told. Several processes write it at once (pushes, the watcher), so whoever checks and then writes does
 * both inside `inTransaction`.
 */
export interface Journal {
  dir: string
  get(sql: string, ...values: SQLInputValue[]): Row | undefined
  all(sql: string, ...values: SQLInputValue[]): Row[]
  /** Rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number
  inTransaction<T>(work: () => T): T
  close(): void
}

export type Row = Record<string, SQLOutputValue>

/** How long a push waits for another one that is writing. */
const busyMsMax = 10_000

/** docs/formats/point-journal.md "Versions of the journal": each brings the one before up to date, and is never edited again. */
const migrations = [
  `
create table memory (
  id integer primary key check (id = 1),
  bundle_index integer not null default -1,
  bundle_asked_at integer not null default 0,
  verified_at integer not null default 0,
  event_seq integer not null default 0, event_prev text,
  refused_hour integer not null default 0, refused_told integer not null default 0, refused_untold integer not null default 0,
  hook_digest text, hook_state text, tips_version integer not null default 0
) strict;
insert into memory (id) values (1);
create table checkpoint (origin text primary key, size integer not null, root text not null, note text not null) strict;
create table program (digest text primary key, at_index integer not null) strict;
create table spent (grant_id text not null, use_key text not null, at integer not null, primary key (grant_id, use_key)) strict, without rowid;
create table offline_grant (grant_id text primary key, uses integer not null, expires_at integer not null, shut_at integer) strict;
create table event (seq integer primary key, leaf text not null unique, jws text not null) strict;
create table receipt (
  sid text primary key, gate text not null, change_commit text not null, jws text not null, at integer not null, expires_at integer not null
) strict;
create index receipt_by_gate on receipt (gate, change_commit, at);
create table allowed (
  id integer primary key, ref text not null, old text not null, new text not null, at integer not null, unique (ref, old, new)
) strict;
create table tip (ref text primary key, oid text not null) strict;
create table observation (id integer primary key autoincrement, delivery text not null unique, body text not null) strict;
create table result (id integer primary key autoincrement, body text not null) strict;
`,
  `
create table tree (
  origin text not null, size integer not null, root text not null, note text not null,
  joined integer not null check (joined in (0, 1)), shown_at integer not null, first_at integer not null, primary key (origin, size)
) strict;
create index tree_unjoined on tree (shown_at) where joined = 0;
insert into tree select origin, size, root, note, 1, 0, 0 from checkpoint;
drop table checkpoint;
create table split (
  id integer primary key autoincrement, origin text not null, how text not null check (how in ('same_size', 'no_proof')),
  held_size integer not null, held_root text not null, held_note text not null,
  found_size integer not null, found_root text not null, found_note text not null,
  proof text, at integer not null, ended_at integer, told integer not null default 0 check (told in (0, 1)),
  unique (origin, how, held_size, held_root, found_size, found_root)
) strict;
`,
  `
create table unallowed (
  ref text not null, old text not null, new text not null, at integer not null, primary key (ref, old, new)
) strict, without rowid;
create index allowed_by_ref on allowed (ref, at);
`,
  `
create table pull (number integer primary key, ref text not null, head text not null, at integer not null) strict;
create table left_head (number integer not null, head text not null, at integer not null, primary key (number, head, at)) strict, without rowid;
create table said (
  id integer primary key autoincrement, commit_id text not null, gate text not null,
  opens text not null check (opens in ('closed', 'pass', 'grant', 'waiver')), evidence text, grant_id text, at integer not null
) strict;
create index said_by_commit on said (commit_id, gate, at, id);
create table green (
  grant_id text not null, commit_id text not null, head_id text not null, gate text not null, ref text not null,
  number integer not null, uses integer not null, expires_at integer not null, red_at integer, told_at integer,
  primary key (grant_id, commit_id)
) strict, without rowid;
create table mirrored (commit_id text not null, gate text not null, run text not null, result text not null, primary key (commit_id, gate)) strict, without rowid;
create table waited (number integer not null, gate text not null, asked_at integer not null, given_at integer, primary key (number, gate)) strict, without rowid;
create table step (
  id integer primary key autoincrement, ref text not null, old text not null, new text not null, kind text not null,
  actor text, at integer not null, seen_at integer not null, tries integer not null default 0, next_at integer not null
) strict;
`,
]
const schemaVersion = migrations.length

/** Brings an older journal up to date. Throws `bad_input` on a newer one, or one that SQLite cannot read. */
export function openJournal(dir: string): Journal {
  const path = pointPath(dir, 'journal')
  const isNew = !existsSync(path)
  const db = open(path)
  if (isNew) chmodSync(path, pointFiles.journal.mode)
  const journal = journalOf(dir, db)
  try {
    // The power may go at any instruction: what was committed is on the disk before a gate opens.
    db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
    migrate(journal, db, path)
  } catch (cause) {
    db.close()
    if (cause instanceof BreakglassError) throw cause
    throw unusable(path, cause)
  }
  return journal
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: busyMsMax })
  } catch (cause) {
    throw unusable(path, cause)
  }
}

function migrate(journal: Journal, db: DatabaseSync, path: string): void {
  if (versionOf(journal) === schemaVersion) return
  journal.inTransaction(() => {
    const found = versionOf(journal)
    if (found > schemaVersion) {
      const next = 'it was written by a newer breakglass; use that one here'
      throw new BreakglassError('bad_input', `Expected ${path} of version ${schemaVersion}, found ${found}: ${next}.`)
    }
    for (const sql of migrations.slice(found)) db.exec(sql)
    db.exec(`pragma user_version = ${schemaVersion}`)
  })
}

function versionOf(journal: Journal): number {
  return numberOf(journal.get('pragma user_version'), 'user_version')
}

function journalOf(dir: string, db: DatabaseSync): Journal {
  const journal: Journal = {
    dir,
    get: (sql, ...values) => db.prepare(sql).get(...values),
    all: (sql, ...values) => db.prepare(sql).all(...values),
    run: (sql, ...values) => Number(db.prepare(sql).run(...values).changes),
    inTransaction: work => {
      // Immediate: the write lock is taken before anything is read, so that what was read still holds when it is written.
      db.exec('begin immediate')
      try {
        const result = work()
        db.exec('commit')
        return result
      } catch (cause) {
        if (db.isTransaction) db.exec('rollback')
        throw cause
      }
    },
    close: () => db.close(),
  }
  return journal
}

function unusable(path: string, cause: unknown): BreakglassError {
  const words = cause instanceof Error ? cause.message : String(cause)
  return new BreakglassError('bad_input', { message: `The journal ${path} cannot be used: ${words}`, cause })
}

/** The columns are STRICT, so a value of another type is a defect of ours. */
export function numberOf(row: Row | undefined, column: string): number {
  const value = row?.[column]
  if (typeof value === 'number') return value
  throw new Error(`invariant: expected a number in ${column}`)
}

export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column]
  if (typeof value === 'string') return value
  throw new Error(`invariant: expected a text in ${column}`)
}

export function textOrNothing(row: Row | undefined, column: string): string | undefined {
  const value = row?.[column]
  return typeof value === 'string' ? value : undefined
}

export function numberOrNothing(row: Row | undefined, column: string): number | undefined {
  const value = row?.[column]
  return typeof value === 'number' ? value : undefined
}
