import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Replaces a file whole: temp, fsync, rename, fsync of the directory. A crash leaves the old bytes or the new ones, and
 * perhaps a `.tmp` beside them that nothing reads. `mode` is that of the new file whatever the umask says less.
 */
export function writeDurable(path: string, text: string, mode: number): void {
  const temp = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    writeNew(temp, text, mode)
    renameSync(temp, path)
  } catch (cause) {
    rmSync(temp, { force: true })
    throw cause
  }
  syncDirectory(dirname(path))
}

export function syncDirectory(dir: string): void {
  const handle = openSync(dir, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function writeNew(path: string, text: string, mode: number): void {
  const handle = openSync(path, 'wx', mode)
  try {
    const bytes = Buffer.from(text, 'utf8')
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
