import type { Files, OpenDir, OpenFile } from '../files.ts'

/** What a process does at its last step: dies before it, or does it and dies. */
export type Death = { step: number; done: boolean }

export interface FailingFiles extends Files {
  /** How many changes have been asked for. */
  steps(): number
  /** Every piece of bytes that was to be written, in order. */
  written: Uint8Array[]
}

export class Dead extends Error {}

/**
 * Real files whose process dies at a numbered change: the change fails, having been made or not, and every later one
 * fails without being made. Reading works on, since a dead process reads nothing anyway.
 */
export function failingFiles(files: Files, death?: Death): FailingFiles {
  let count = 0
  const written: Uint8Array[] = []
  const requireAlive = (): boolean => {
    const step = count++
    if (death === undefined || step < death.step) return false
    if (step === death.step && death.done) return true
    throw new Dead(`died at step ${step}`)
  }
  const change = <T>(act: () => T): T => {
    const dies = requireAlive()
    const outcome = act()
    if (dies) throw new Dead('died after it was done')
    return outcome
  }
  const changeLater = async <T>(act: () => Promise<T>): Promise<T> => {
    const dies = requireAlive()
    const outcome = await act()
    if (dies) throw new Dead('died after it was done')
    return outcome
  }
  const openFile = (file: OpenFile): OpenFile => ({
    write: bytes => {
      written.push(bytes)
      change(() => file.write(bytes))
    },
    truncate: bytes => change(() => file.truncate(bytes)),
    readBack: (at, length) => file.readBack(at, length),
    sync: what => changeLater(() => file.sync(what)),
    close: () => file.close(),
  })
  const openDir = (dir: OpenDir): OpenDir => ({ sync: () => changeLater(() => dir.sync()), close: () => dir.close() })
  return {
    ...files,
    steps: () => count,
    written,
    makeDir: (path, mode) => change(() => files.makeDir(path, mode)),
    open: (path, how, mode) => openFile(change(() => files.open(path, how, mode))),
    create: async (path, mode) => openFile(await changeLater(() => files.create(path, mode))),
    openDir: path => openDir(files.openDir(path)),
    link: (from, to) => change(() => files.link(from, to)),
    rename: (from, to) => change(() => files.rename(from, to)),
    remove: path => change(() => files.remove(path)),
  }
}
