import { join } from 'node:path'
import { type Cosigner, isInstant } from '@breakglass/verify'
import { readObject } from '../checked-json.ts'
import { isOrigin, readText } from '../config.ts'
import { LedgerError } from '../errors.ts'
import type { Files } from '../files.ts'
import { parseCosignerKey } from './key.ts'

/** Where things lie in a witness's directory: docs/formats/witness.md "On disk". */
export interface WitnessLayout {
  dir: string
  config: string
  key: string
  database: string
  lock: string
  temporary: string
}

export function witnessLayoutOf(dir: string): WitnessLayout {
  return {
    dir,
    config: join(dir, 'witness.json'),
    key: join(dir, 'witness.key'),
    database: join(dir, 'witness.db'),
    lock: join(dir, 'lock.db'),
    temporary: join(dir, 'tmp'),
  }
}

export function formatWitnessConfig({ name, createdAt }: { name: string; createdAt: string }): string {
  return `${JSON.stringify({ v: 1, name, createdAt }, null, 2)}\n`
}

/** Reads `witness.json` and the key that belongs to it. Codes: `not_a_witness`, `config_damaged`. */
export function readCosigner(files: Files, layout: WitnessLayout): Cosigner {
  const name = readWitnessName(files, layout)
  const cosigner = parseCosignerKey(readText(files, layout.key) ?? '')
  if (cosigner?.name === name) return cosigner
  throw damaged(layout.key, `the private cosigner key of ${name} that init wrote`)
}

function readWitnessName(files: Files, layout: WitnessLayout): string {
  const text = readText(files, layout.config)
  if (text === undefined) {
    const remedy = `Make one with: breakglass-ledger witness init --dir ${layout.dir} --name N`
    throw new LedgerError('not_a_witness', `${layout.dir} is not a witness: it has no witness.json. ${remedy}`)
  }
  const name = parseConfig(text)
  if (name !== undefined) return name
  throw damaged(layout.config, '{"v": 1, "name", "createdAt"} as init wrote it')
}

function parseConfig(text: string): string | undefined {
  const { name, createdAt } = readObject(text) ?? {}
  if (typeof name !== 'string' || !isOrigin(name)) return undefined
  if (typeof createdAt !== 'string' || !isInstant(createdAt)) return undefined
  // Printing again refuses members nobody knows.
  return formatWitnessConfig({ name, createdAt }) === text ? name : undefined
}

function damaged(path: string, expected: string): LedgerError {
  return new LedgerError('config_damaged', `expected ${expected} at ${path}, found something else (not shown)`)
}
