import fs from 'node:fs/promises'
import { constants } from 'node:fs'

/**
 * What a sink asks of a file system that may be slow, full, gone or hung: promises only, so that it holds a thread of the
 * pool at the worst and never the process. Methods throw the system's error; ordinary outcomes are values.
 */
export interface MirrorFiles {
  /** Of a directory that exists. */
  list(path: string): Promise<string[]>
  /** `undefined` when there is none. Throws when it is no regular file, or longer than `bytesMax`. */
  read(path: string, bytesMax: number): Promise<Uint8Array | undefined>
  /** One that is there already is fine. */
  makeDir(path: string): Promise<void>
  /** A new file, written and synced. */
  create(path: string, bytes: Uint8Array, mode: number): Promise<void>
  /** False when the target is there already; it is never replaced. */
  link(from: string, to: string): Promise<boolean>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** Makes a change in that directory and syncs it, holding it open: an evicted inode could swallow the error. */
  syncDir(path: string, change: () => Promise<void>): Promise<void>
}

const directoryMode = 0o700

export const nodeMirrorFiles: MirrorFiles = {
  list: async path => await fs.readdir(path),
  async read(path, bytesMax) {
    // Not blocking, so that a pipe under this name is refused below and not waited for.
    const how = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    const file = await unless('ENOENT', undefined, async () => await fs.open(path, how))
    if (file === undefined) return undefined
    try {
      const stat = await file.stat()
      if (!stat.isFile()) throw new Error(`expected a regular file at ${path}, found something else`)
      if (stat.size > bytesMax) throw new Error(`expected at most ${bytesMax} bytes at ${path}, found ${stat.size}`)
      return new Uint8Array(await file.readFile())
    } finally {
      await file.close()
    }
  },
  async makeDir(path) {
    await unless('EEXIST', undefined, async () => await fs.mkdir(path, { mode: directoryMode }))
  },
  async create(path, bytes, mode) {
    const file = await fs.open(path, 'wx', mode)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
  },
  link: async (from, to) =>
    await unless('EEXIST', false, async () => {
      await fs.link(from, to)
      return true
    }),
  rename: async (from, to) => await fs.rename(from, to),
  remove: async path => await fs.unlink(path),
  async syncDir(path, change) {
    const dir = await fs.open(path, constants.O_RDONLY | constants.O_DIRECTORY)
    try {
      await change()
      await dir.sync()
    } finally {
      await dir.close()
    }
  },
}

async function unless<T>(code: string, otherwise: T, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === code) return otherwise
    throw error
  }
}
