import path from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Where the pages are installed beside this server; `undefined` where they are not, which is no failure: the server imports
 * nothing of them, and everything they do can be done without them.
 */
export function pagesDirectory(
  resolve: (name: string) => string = name => import.meta.resolve(name),
): string | undefined {
  try {
    return path.dirname(fileURLToPath(resolve('@breakglass/web')))
  } catch {
    return undefined
  }
}
