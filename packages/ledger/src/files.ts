/**
 * What the ledger asks of a file system, and nothing more. Small enough that a test can put a recorder or a fault under
 * it; each method that changes something is one step a crash may fall before or after.
 *
 * Syncs are promises, because they wait for the disk, and so is `create`, because a new name waits for the file system's journal
 * while another file is synced; all else ends in the page cache. Methods throw the system's error;
 * the few outcomes that are ordinary (absent, already there) are values.
 */
export interface Files {
  /** `undefined` when there is no such file. */
  read(path: string): Uint8Array | undefined
  /** Names, sorted; empty when there is no such directory. */
  list(path: string): string[]
  isDir(path: string): boolean
  /** Device and inode, to see whether a name still means the same file; `undefined` when absent. */
  identify(path: string): string | undefined
  /** False when it was there already. */
  makeDir(path: string, mode: number): boolean
  /** `create` refuses an existing file; `append` refuses a missing one. */
  open(path: string, how: 'create' | 'append', mode: number): OpenFile
  /** As `open` with `create`, for files that nobody waits for. */
  create(path: string, mode: number): Promise<OpenFile>
  /** Held across the change to be synced: an evicted inode could swallow the error. */
  openDir(path: string): OpenDir
  /** False when the target was there already; it is never replaced. */
  link(from: string, to: string): boolean
  rename(from: string, to: string): void
  remove(path: string): void
}

export interface OpenFile {
  /** All of the bytes, at the end. */
  write(bytes: Uint8Array): void
  truncate(bytes: number): void
  /** As a reader of the file would get them; fewer only at its end. */
  readBack(at: number, length: number): Uint8Array
  /** `data`: the bytes and the length (fdatasync); `all`: what the inode says of itself too (fsync). */
  sync(what: 'data' | 'all'): Promise<void>
  close(): void
}

export interface OpenDir {
  sync(): Promise<void>
  close(): void
}
