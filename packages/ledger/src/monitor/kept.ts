import fs from 'node:fs'
import { dirname } from 'node:path'
import { encodeBase64, type VerifiedCheckpoint } from '@breakglass/verify'
import { formatChecked, readObject } from '../checked-json.ts'
import { LedgerError } from '../errors.ts'

/** What a monitor has seen last, and all later trees must continue. docs/formats/monitor.md "State". */
export interface Kept {
  origin: string
  size: number
  root: string
  /** Verbatim, with the signatures it had. */
  note: string
}

const stateMode = 0o600

export function keptOf({ origin, size, root, note }: VerifiedCheckpoint): Kept {
  return { origin, size, root: encodeBase64(root), note }
}

/** `undefined` before the first look. Never taken for that when it cannot be read: code `state_damaged`. */
export function readKept(path: string): Kept | undefined {
  const text = fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : undefined
  if (text === undefined) return undefined
  const kept = parseKept(text)
  if (kept !== undefined) return kept
  const remedy =
    'Bring back a copy of it; without one, what the log was is forgotten, and only removing the file says so'
  throw new LedgerError('state_damaged', `${path} is not what a monitor writes. ${remedy}`)
}

/** Durable before it returns: a monitor that forgot could be shown the past again. */
export function writeKept(path: string, kept: Kept): void {
  const whole = `${path}.new`
  const file = fs.openSync(whole, 'w', stateMode)
  try {
    fs.writeSync(file, formatKept(kept))
    fs.fsyncSync(file)
  } finally {
    fs.closeSync(file)
  }
  fs.renameSync(whole, path)
  const dir = fs.openSync(dirname(path), 'r')
  try {
    fs.fsyncSync(dir)
  } finally {
    fs.closeSync(dir)
  }
}

function formatKept({ origin, size, root, note }: Kept): string {
  return formatChecked({ note, origin, root, size, v: 1 })
}

function parseKept(text: string): Kept | undefined {
  const { origin, size, root, note } = readObject(text) ?? {}
  if (typeof origin !== 'string' || typeof root !== 'string' || typeof note !== 'string') return undefined
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined
  const kept = { origin, size, root, note }
  // Printing again refuses members nobody knows, and a changed one by its sum.
  return formatKept(kept) === text ? kept : undefined
}
