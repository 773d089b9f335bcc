import { join } from 'node:path'
import { parseTilePath } from '@breakglass/verify'
import type { Files } from './files.ts'

/**
 * A file of the tree by the path it is asked for. Only exact C2SP tile paths are looked up, so nothing that is asked for
 * can lead out of the tree.
 */
export function readServedFile(files: Files, tree: string, path: string): Uint8Array | undefined {
  const address = parseTilePath(path)
  return address.ok ? files.read(join(tree, path)) : undefined
}
