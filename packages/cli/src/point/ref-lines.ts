import { commitOf } from './object-id.ts'
import type { Commit } from '@breakglass/verify'

/** One line that `git receive-pack` writes to its hooks: what a ref was said to be, and what it is to become. */
export interface RefUpdate {
  ref: string
  /** Absent: the ref is created. */
  old?: Commit
  /** Absent: the ref is deleted. */
  new?: Commit
}

/** One push moves at most this many refs; a mirror is pushed in parts. */
export const refUpdatesMax = 5_000
export const refLinesBytesMax = 4_194_304
/** What the server takes (core/contract/points). */
export const refCharactersMax = 250

export type ParsedRefLines = { ok: true; updates: RefUpdate[] } | { ok: false; words: string }

/**
 * Reads what a pre-receive hook is given. The names come from whoever pushes: bounded, UTF-8, without control characters. Two
 * lines for one ref are refused, and so is anything that is not `<old> SP <new> SP <ref> LF`.
 */
export function parseRefLines(bytes: Uint8Array): ParsedRefLines {
  if (bytes.length > refLinesBytesMax) return refuse(`more than ${refLinesBytesMax} bytes of refs in one push`)
  const text = decode(bytes)
  if (text === undefined) return refuse('a ref whose name is not UTF-8')
  if (text === '') return { ok: true, updates: [] }
  if (!text.endsWith('\n')) return refuse('a last line without its end')
  const lines = text.slice(0, -1).split('\n')
  if (lines.length > refUpdatesMax) return refuse(`${lines.length} refs in one push, at most ${refUpdatesMax}`)
  return collect(lines)
}

function collect(lines: readonly string[]): ParsedRefLines {
  const updates: RefUpdate[] = []
  const seen = new Set<string>()
  for (const [index, line] of lines.entries()) {
    const update = parseRefLine(line)
    if (update === undefined) return refuse(`line ${index + 1} is not "<old> <new> <ref>"`)
    if (seen.has(update.ref)) return refuse(`the ref ${update.ref} stands there twice`)
    seen.add(update.ref)
    updates.push(update)
  }
  return { ok: true, updates }
}

const linePattern = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (.+)$/u

function parseRefLine(line: string): RefUpdate | undefined {
  const [, oldHex = '', newHex = '', ref = ''] = linePattern.exec(line) ?? []
  if (oldHex.length === 0 || oldHex.length !== newHex.length || !isRefName(ref)) return undefined
  const old = commitOf(oldHex)
  const tip = commitOf(newHex)
  return { ref, ...(old !== undefined && { old }), ...(tip !== undefined && { new: tip }) }
}

/** What git itself would take for the name of a ref, as far as it matters here: `HEAD`, or a path below `refs/`. */
export function isRefName(ref: string): boolean {
  if (ref.length > refCharactersMax) return false
  // Control characters, space, and what git uses in expressions.
  if (/[\p{Cc}\p{Cf} ~^:?*[\\]/u.test(ref)) return false
  if (ref.includes('..') || ref.includes('@{') || ref.includes('//') || ref.endsWith('/')) return false
  if (ref.split('/').some(part => part.startsWith('.') || part.endsWith('.lock') || part.endsWith('.'))) return false
  return ref === 'HEAD' || /^refs\/.+/u.test(ref)
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function refuse(words: string): ParsedRefLines {
  return { ok: false, words }
}
