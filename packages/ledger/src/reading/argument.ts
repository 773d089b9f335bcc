import fs from 'node:fs'
import { LedgerError, messageOf } from '../errors.ts'

/** The text of a file that the command line names. Code: `bad_usage`. */
export function readArgument(path: string): string {
  return readArgumentBytes(path).toString('utf8')
}

export function readArgumentBytes(path: string): Buffer {
  try {
    return fs.readFileSync(path)
  } catch (cause) {
    throw new LedgerError('bad_usage', `expected a file at ${path}: ${messageOf(cause)}`, { cause })
  }
}
