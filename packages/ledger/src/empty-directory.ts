import { dirname } from 'node:path'
import { LedgerError, type LedgerErrorCode } from './errors.ts'
import type { Files } from './files.ts'

const directoryMode = 0o700

/**
 * A directory for something new, made when it is absent, its name durable. `taken` is the file that tells a finished one.
 * Codes: `bad_usage` when there is nothing to make it in, `directory_not_empty`, and `taken.code`.
 */
export async function makeEmptyDirectory(
  files: Files,
  dir: string,
  { during, taken }: { during: 'init' | 'restore'; taken?: { file: string; code: LedgerErrorCode; what: string } },
): Promise<void> {
  const parent = dirname(dir)
  if (!files.isDir(parent)) {
    throw new LedgerError('bad_usage', `expected ${parent} to be a directory, to make ${dir} in; make it first`)
  }
  files.makeDir(dir, directoryMode)
  // Its name too must outlive a power cut, whether it was made here or by somebody just before.
  const opened = files.openDir(parent)
  await opened.sync().finally(() => opened.close())
  const names = files.list(dir)
  if (taken !== undefined && names.includes(taken.file)) {
    throw new LedgerError(taken.code, `${dir} is ${taken.what} already; nothing was changed`)
  }
  if (names.length === 0) return
  const remedy = `when ${during === 'init' ? 'an init' : 'a restore'} was interrupted, empty it and run it again`
  const found = `found ${names.slice(0, 5).join(', ')}`
  throw new LedgerError('directory_not_empty', `expected ${dir} to be empty or absent, ${found}; ${remedy}`)
}
