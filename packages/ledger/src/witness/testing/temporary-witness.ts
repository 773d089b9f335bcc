import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { nodeFiles } from '../../node-files.ts'
import { startMs, temporaryDir } from '../../testing/temporary-ledger.ts'
import { witnessLayoutOf } from '../identity.ts'
import { initWitness } from '../init.ts'
import { type ServeWitnessOptions, serveWitness } from '../serve.ts'
import { openHeads, openWitness, type Witness, type WitnessOptions } from '../witness.ts'

/** A new witness of these logs, in a directory that is gone when the test ends. */
export async function newWitness(
  vkeys: readonly string[],
  name = 'witness.example/1',
): Promise<{ dir: string; vkey: string }> {
  const made = await initWitness({ dir: join(temporaryDir(), 'witness'), name, now: () => startMs })
  addLogs(made.dir, vkeys)
  return made
}

export function addLogs(dir: string, vkeys: readonly string[]): void {
  const heads = openHeads(witnessLayoutOf(dir), nodeFiles)
  for (const vkey of vkeys) heads.addLog(vkey)
  heads.close()
}

/** Closed when the test ends, if it was not before. */
export function open(dir: string, options: Partial<WitnessOptions> = {}): Witness {
  const witness = openWitness({ dir, now: () => startMs, ...options })
  let closed = false
  const close = (): void => {
    if (!closed) witness.close()
    closed = true
  }
  onTestFinished(close)
  return {
    name: witness.name,
    vkey: witness.vkey,
    addCheckpoint: body => witness.addCheckpoint(body),
    latest: hash => witness.latest(hash),
    close,
  }
}

export async function serve(witness: Witness, options: Partial<ServeWitnessOptions> = {}): Promise<string> {
  const server = await serveWitness(witness, { now: () => startMs, ...options })
  onTestFinished(() => server.close())
  return server.url
}
