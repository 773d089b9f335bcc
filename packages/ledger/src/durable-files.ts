import { dirname, join } from 'node:path'
import { LedgerError } from './errors.ts'
import type { Files, OpenDir, OpenFile } from './files.ts'

export interface NewFile {
  path: string
  bytes: Uint8Array
  mode: number
}

/** Content that is durable under a temporary name and waits for its own. */
export interface StagedFile extends NewFile {
  temporary: string
}

const directoryMode = 0o700
/**
 * Files made at once: enough that the disk is not idle while this thread is busy elsewhere, few enough that a sync of the
 * journal, for which people wait, has not many before it in Node's pool of four threads.
 */
const filesAtOnce = 16

/**
 * Whole files that are there after a power cut or were never there: temporary file, fsync, link or rename, fsync of the
 * directory. Without the first sync an empty file may appear under the final name, without the second the name may go.
 * One writer at a time, under the ledger's lock.
 */
export class DurableFiles {
  readonly #files: Files
  readonly #root: string
  readonly #temporary: string
  readonly #knownDirs = new Set<string>()
  #count = 0

  /** `root` exists; nothing is ever made outside it. */
  constructor(files: Files, root: string, temporary: string) {
    this.#files = files
    this.#root = root
    this.#temporary = temporary
  }

  /** Removes what a crash left half-written. Nothing there ever had a final name. */
  async clean(): Promise<void> {
    await this.ensureDir(this.#temporary)
    for (const name of this.#files.list(this.#temporary)) this.#files.remove(join(this.#temporary, name))
  }

  /** The contents, durable under temporary names. One wait for all of them. */
  async stage(items: readonly NewFile[]): Promise<StagedFile[]> {
    const staged = items.map(item => ({ ...item, temporary: join(this.#temporary, String(this.#count++)) }))
    const opened: OpenFile[] = []
    try {
      const waiting = staged.values()
      await allDone(
        Array.from({ length: filesAtOnce }, async () => {
          for (const { temporary, mode, bytes } of waiting) {
            const file = await this.#files.create(temporary, mode)
            opened.push(file)
            file.write(bytes)
            await file.sync('all')
          }
        }),
      )
    } finally {
      for (const file of opened) file.close()
    }
    return staged
  }

  /**
   * Gives files that never change their names. Where a name is taken, the content must be the same (a retry after a crash
   * writes the same bytes): otherwise throws `immutable_differs`. All are durable when this resolves.
   */
  async link(staged: readonly StagedFile[]): Promise<void> {
    const dirs = new Set(staged.map(({ path }) => dirname(path)))
    for (const dir of dirs) await this.ensureDir(dir)
    await this.#syncedDirs(dirs, () => {
      for (const file of staged) {
        if (!this.#files.link(file.temporary, file.path)) this.#requireSame(file)
        this.#files.remove(file.temporary)
      }
    })
  }

  /** Replaces a file that has one current content: readers see the old or the new one, whole. Durable when it resolves. */
  async rename(staged: StagedFile): Promise<void> {
    const dir = dirname(staged.path)
    await this.ensureDir(dir)
    await this.#syncedDirs(new Set([dir]), () => this.#files.rename(staged.temporary, staged.path))
  }

  /** As `rename`, but a power cut may bring the old content back: for what can be made again from something durable. */
  async renameWithoutSync(staged: StagedFile): Promise<void> {
    await this.ensureDir(dirname(staged.path))
    this.#files.rename(staged.temporary, staged.path)
  }

  async writeOnce(items: readonly NewFile[]): Promise<void> {
    await this.link(await this.stage(items))
  }

  /**
   * Makes the directory and those above it, down from the root. Each is synced into its parent the first time this
   * process meets it, whether or not it had to be made: a crash may have come between the two.
   */
  async ensureDir(path: string): Promise<void> {
    if (path === this.#root || this.#knownDirs.has(path)) return
    const parent = dirname(path)
    await this.ensureDir(parent)
    await this.#syncedDirs(new Set([parent]), () => this.#files.makeDir(path, directoryMode))
    this.#knownDirs.add(path)
  }

  async #syncedDirs(paths: ReadonlySet<string>, change: () => unknown): Promise<void> {
    const opened: OpenDir[] = []
    try {
      for (const path of paths) opened.push(this.#files.openDir(path))
      change()
      await allDone(opened.map(dir => dir.sync()))
    } finally {
      for (const dir of opened) dir.close()
    }
  }

  #requireSame(item: NewFile): void {
    const found = this.#files.read(item.path)
    if (found !== undefined && Buffer.compare(found, item.bytes) === 0) return
    const message = `${item.path} never changes, and holds other bytes than those now to be written; run fsck`
    throw new LedgerError('immutable_differs', message)
  }
}

/** Waits for all before it throws, so that no descriptor is closed under a sync that is still running. */
async function allDone(promises: Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(promises)) {
    if (outcome.status === 'rejected') throw outcome.reason
  }
}
