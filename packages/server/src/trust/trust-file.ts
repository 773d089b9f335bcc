import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '../store/store.ts'
import { currentTrustText } from './publish-trust.ts'

/**
 * Writes the newest trust.json beside the server, byte for byte as its digest was logged: the file that people carry to
 * where it is pinned. Gives its path.
 */
export async function writeTrustFile(store: Store, dir: string): Promise<string> {
  const text = await store.read(currentTrustText)
  const path = join(dir, 'trust.json')
  const whole = `${path}.new`
  const file = await open(whole, 'w', 0o644)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(whole, path)
  return path
}
