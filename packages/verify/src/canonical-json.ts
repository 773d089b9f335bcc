import { utf8Length } from './bytes.ts'
import { type Parsed, pass, refuse, show } from './fault.ts'

/** What docs/formats/statement.md "Payload" can say: RFC 8785 without null and without fractions. */
export type Json = string | number | boolean | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

export const jsonDepthMax = 16
const jsonBytesMax = 65_536

/**
 * RFC 8785. Throws TypeError on what the format cannot say: null, undefined, fractions, integers past 2⁵³ − 1, lone
 * surrogates, U+0000, more than 16 levels, anything that is not a plain object or list.
 */
export function canonicalJson(value: Json): string {
  return write(value, 1, jsonDepthMax)
}

/**
 * Accepts only text that `canonicalJson` would write, which refuses duplicate members, white space, other escapes and
 * other orders at one stroke. Codes: `too_large`, `bad_json` (cannot be said in this format), `not_canonical`.
 */
export function parseCanonicalJson(text: string, limits: { bytesMax?: number; depthMax?: number } = {}): Parsed<Json> {
  const { bytesMax = jsonBytesMax, depthMax = jsonDepthMax } = limits
  if (text.length > bytesMax || utf8Length(text) > bytesMax) {
    return refuse('too_large', 'json', `at most ${bytesMax} bytes`, `${text.length} characters or more`)
  }
  // Before JSON.parse and before our own recursion: nesting is the one thing that could exhaust the stack.
  if (jsonDepthOf(text) > depthMax) return refuse('bad_json', 'json', `at most ${depthMax} levels`, 'more levels')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refuse('bad_json', 'json', 'a JSON text', show(text))
  }
  return compare(text, value, depthMax)
}

function compare(text: string, value: unknown, depthMax: number): Parsed<Json> {
  let again: string
  try {
    again = write(value, 1, depthMax)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return refuse('bad_json', 'json', 'strings, booleans, lists, objects and integers only', error.message)
  }
  if (again !== text) {
    return refuse('not_canonical', 'json', 'the one spelling of RFC 8785', differenceOf(text, again))
  }
  // `write` has just walked the whole value and met nothing else.
  return pass(value as Json)
}

function differenceOf(text: string, again: string): string {
  let index = 0
  while (index < again.length && text[index] === again[index]) index++
  return `${show(text.slice(index, index + 24))} at character ${index}`
}

/** How deep brackets nest outside of strings; on malformed text an upper bound, which is all that is needed. */
export function jsonDepthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (inString) {
      if (code === 0x5c) index++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (code === 0x7d || code === 0x5d) depth--
  }
  return deepest
}

function write(value: unknown, depth: number, depthMax: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'number':
      if (!Number.isSafeInteger(value)) throw new TypeError(`expected an integer within ±(2^53 - 1), found ${value}`)
      return String(value)
    case 'object':
      break
    default:
      throw new TypeError(`expected a JSON value, found ${typeof value}`)
  }
  if (value === null) throw new TypeError('expected no null')
  if (depth > depthMax) throw new TypeError(`expected at most ${depthMax} levels`)
  if (Array.isArray(value)) return `[${Array.from(value, item => write(item, depth + 1, depthMax)).join(',')}]`
  return writeObject(value, depth, depthMax)
}

function writeObject(value: object, depth: number, depthMax: number): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('expected a plain object')
  // The default sort compares UTF-16 code units, as RFC 8785 §3.2.3 wants.
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${members.map(([key, item]) => `${writeString(key)}:${write(item, depth + 1, depthMax)}`).join(',')}}`
}

function writeString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('expected no lone surrogate')
  if (text.includes('\0')) throw new TypeError('expected no U+0000')
  // ECMAScript's escapes are exactly those of RFC 8785 §3.2.2.2.
  return JSON.stringify(text)
}
