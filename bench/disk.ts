import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Line } from './measure.ts'
import { sample } from './measure.ts'

export const diskLine = 'limit: 4 kB written and fdatasynced'

/** What nothing durable can be faster than, measured in the same directory in the same run. */
export async function measureDisk(dir: string): Promise<Line> {
  const descriptor = openSync(join(dir, 'disk.bench'), 'w')
  const page = new Uint8Array(4096).fill(1)
  try {
    const samples = await sample(200, at => {
      writeSync(descriptor, page, 0, page.length, at * page.length)
      fdatasyncSync(descriptor)
    })
    return { what: diskLine, samples }
  } finally {
    closeSync(descriptor)
  }
}

/** One row in one transaction, with the journal and the syncs that the embedded store asks for. */
export async function measureSqlite(dir: string): Promise<Line> {
  const db = new DatabaseSync(join(dir, 'sqlite.bench'))
  try {
    db.exec('pragma journal_mode = wal; pragma synchronous = full; create table note (text text not null) strict')
    const insert = db.prepare('insert into note (text) values (?)')
    const text = 'payments are down and the fix waits behind a flaky test'
    const samples = await sample(200, () => void insert.run(text))
    return { what: 'peer: one SQLite commit, synchronous=FULL', samples, beside: diskLine }
  } finally {
    db.close()
  }
}
