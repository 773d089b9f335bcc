import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { emptyRoot, encodeHex, encodeUtf8, noteKeyType, parseVkey, sha256, type VerifierKey } from '@breakglass/verify'
import { LedgerError, messageOf } from '../errors.ts'

/** The largest tree cosigned for one origin. An origin never cosigned: size 0, the empty root, time 0, an empty note. */
export interface Head {
  size: number
  root: Uint8Array
  timeSeconds: number
  note: string
}

export const logKeysMax = 1024
/** How long a commit waits for another process that adds a log. */
const busyMs = 5000

const schema = `
  create table log_key (vkey text primary key, origin text not null) strict, without rowid;
  create index log_key_origin on log_key (origin);
  create table head (
    origin text primary key,
    hash text not null unique,
    size integer not null check (size >= 0),
    root blob not null check (length(root) = 32),
    time integer not null check (time >= 0),
    note text not null
  ) strict, without rowid;
`

/** Hex of SHA-256(origin), as C2SP tlog-witness names a log in the monitoring address. */
export function originHash(origin: string): string {
  return encodeHex(sha256(encodeUtf8(origin)))
}

/**
 * The state of a witness: docs/formats/witness.md "On disk". WAL with `synchronous=full`: a commit that has returned
 * outlives a power cut. Methods throw what SQLite throws; nothing may be signed after that.
 */
export class Heads {
  readonly #database: DatabaseSync
  readonly #keys: StatementSync
  readonly #find: StatementSync
  readonly #findByHash: StatementSync
  readonly #advance: StatementSync

  /** The file must be there: an empty database in the place of a lost one would forget what was signed. */
  private constructor(database: DatabaseSync) {
    this.#database = database
    database.exec('pragma synchronous = full; pragma fullfsync = on; pragma checkpoint_fullfsync = on')
    this.#keys = database.prepare('select vkey from log_key where origin = ? order by vkey')
    this.#find = database.prepare('select size, root, time, note from head where origin = ?')
    this.#findByHash = database.prepare('select size, root, time, note from head where hash = ?')
    this.#advance = database.prepare(
      'update head set size = ?, root = ?, time = ?, note = ? where origin = ? and size = ? and root = ? and time <= ?',
    )
  }

  static create(path: string): void {
    const database = new DatabaseSync(path)
    try {
      database.exec(`pragma journal_mode = wal; pragma synchronous = full; begin; ${schema} commit`)
    } finally {
      database.close()
    }
  }

  /** Code: `state_damaged`. */
  static open(path: string): Heads {
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(path, { timeout: busyMs })
      return new Heads(database)
    } catch (cause) {
      database?.close()
      const message = `expected the database that init made at ${path}, found another file: ${messageOf(cause)}`
      throw new LedgerError('state_damaged', message, { cause })
    }
  }

  /** Codes: `bad_usage` (not a key that signs checkpoints, or too many). The same key again changes nothing. */
  addLog(vkey: string): { origin: string; added: boolean } {
    const { name: origin } = requireLogKey(vkey)
    this.#database.exec('begin immediate')
    try {
      const count = Number(this.#database.prepare('select count(*) as count from log_key').get()?.['count'])
      if (count >= logKeysMax)
        throw new LedgerError('bad_usage', `this witness knows ${logKeysMax} keys, the most it may`)
      const insertKey = this.#database.prepare(
        'insert into log_key (vkey, origin) values (?, ?) on conflict do nothing',
      )
      const added = insertKey.run(vkey, origin).changes === 1
      this.#database
        .prepare("insert into head values (?, ?, 0, ?, 0, '') on conflict do nothing")
        .run(origin, originHash(origin), emptyRoot)
      this.#database.exec('commit')
      return { origin, added }
    } catch (error) {
      this.#database.exec('rollback')
      throw error
    }
  }

  /** The origins, sorted. */
  origins(): string[] {
    const rows = this.#database.prepare('select origin from head order by origin').all()
    return rows.map(({ origin }) => String(origin))
  }

  /** The keys trusted to sign checkpoints of this origin; none when it is unknown. */
  keysOf(origin: string): VerifierKey[] {
    return this.#keys.all(origin).map(({ vkey }) => requireLogKey(String(vkey)))
  }

  headOf(origin: string): Head | undefined {
    return toHead(this.#find.get(origin))
  }

  headByHash(hash: string): Head | undefined {
    return toHead(this.#findByHash.get(hash))
  }

  /**
   * Compare and persist, in one statement, so that nothing can come between: false, and nothing is changed, unless the head
   * still is what `from` says. Durable when it returns true.
   */
  advance(origin: string, from: Head, to: Head): boolean {
    const { changes } = this.#advance.run(
      to.size,
      to.root,
      to.timeSeconds,
      to.note,
      origin,
      from.size,
      from.root,
      to.timeSeconds,
    )
    return changes === 1
  }

  close(): void {
    this.#database.close()
  }
}

function requireLogKey(vkey: string): VerifierKey {
  const key = parseVkey(vkey)
  if (key.ok && key.value.type === noteKeyType.ed25519) return key.value
  throw new LedgerError(
    'bad_usage',
    'expected the vkey of a log, <origin>+<8 hex>+<base64>, with an Ed25519 key (type 0x01)',
  )
}

function toHead(row: ReturnType<StatementSync['get']>): Head | undefined {
  if (row === undefined) return undefined
  const { size, root, time, note } = row
  if (!(root instanceof Uint8Array)) throw new TypeError('expected a root of bytes: the schema says blob')
  return { size: Number(size), root, timeSeconds: Number(time), note: String(note) }
}
