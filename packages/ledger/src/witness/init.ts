import { randomBytes } from 'node:crypto'
import { msToInstant } from '@breakglass/verify'
import { isOrigin } from '../config.ts'
import { DurableFiles } from '../durable-files.ts'
import { makeEmptyDirectory } from '../empty-directory.ts'
import { LedgerError } from '../errors.ts'
import type { Files } from '../files.ts'
import { nodeFiles } from '../node-files.ts'
import { Heads } from './heads.ts'
import { formatWitnessConfig, readCosigner, witnessLayoutOf } from './identity.ts'
import { formatCosignerKey } from './key.ts'

export interface WitnessInitOptions {
  dir: string
  /** In every cosignature for good. */
  name: string
  /** Milliseconds since 1970. */
  now: () => number
  /** Default: the system's. */
  random?: (bytes: number) => Uint8Array
  files?: Files
}

const secretMode = 0o600
const publicMode = 0o644

/**
 * Makes a witness: its key, its name, a state that knows no log. `witness.json` comes last, so that a directory with one is
 * complete. Codes: `already_a_witness`, `directory_not_empty`, `bad_usage` (name).
 */
export async function initWitness(options: WitnessInitOptions): Promise<{ dir: string; name: string; vkey: string }> {
  const { dir, name, now, random = randomBytes, files = nodeFiles } = options
  if (!isOrigin(name)) {
    throw new LedgerError('bad_usage', 'expected a --name of 1 to 255 bytes without white space or +')
  }
  const layout = witnessLayoutOf(dir)
  await makeEmptyDirectory(files, dir, {
    during: 'init',
    taken: { file: 'witness.json', code: 'already_a_witness', what: 'a witness' },
  })
  Heads.create(layout.database)
  const durable = new DurableFiles(files, dir, layout.temporary)
  await durable.clean()
  const key = Buffer.from(`${formatCosignerKey(name, random(32))}\n`, 'utf8')
  // The sync of the directory that gives the key its name also keeps the database's.
  await durable.writeOnce([{ path: layout.key, bytes: key, mode: secretMode }])
  const config = Buffer.from(formatWitnessConfig({ name, createdAt: msToInstant(now()) }), 'utf8')
  await durable.writeOnce([{ path: layout.config, bytes: config, mode: publicMode }])
  return { dir, name, vkey: readCosigner(files, layout).vkey }
}
