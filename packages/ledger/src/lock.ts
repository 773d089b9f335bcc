import { DatabaseSync } from 'node:sqlite'
import { LedgerError, messageOf } from './errors.ts'
import type { Files } from './files.ts'

/**
 * One writer. Node has no flock; SQLite's exclusive lock is one the operating system takes back when the process dies,
 * however it dies.
 *
 * Nothing else in the process may ever open and close `lock.db`: closing any descriptor of a file drops the process's
 * POSIX locks on it. That is why `assertHeld` asks for the name's identity and does not look inside.
 */
export interface Lock {
  /** Throws `lock_lost` when the name no longer means the file that was locked: another process may hold the new one. */
  assertHeld(): void
  release(): void
}

/** Codes: `ledger_locked` when another process (or this one) holds it. */
export function takeLock(path: string, files: Files): Lock {
  const database = openExclusively(path)
  const locked = files.identify(path)
  return {
    assertHeld() {
      const found = files.identify(path)
      if (found === locked && found !== undefined) return
      throw new LedgerError('lock_lost', `${path} was removed or replaced while this process served the ledger`)
    },
    release() {
      database.close()
    },
  }
}

function openExclusively(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('begin exclusive')
    return database
  } catch (cause) {
    database.close()
    if (!/locked|busy/i.test(messageOf(cause))) throw cause
    const message = `another process serves this ledger (${path} is locked); stop it first, there can be only one`
    throw new LedgerError('ledger_locked', message, { cause })
  }
}
