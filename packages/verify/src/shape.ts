import { utf8Length } from './bytes.ts'
import { type Digest, isCommit, isDigest } from './digest.ts'
import { type Fault, type FaultCode, fault, show } from './fault.ts'
import { isId } from './id.ts'
import { type Instant, isInstant } from './instant.ts'
import { hasControl } from './control.ts'

/**
 * Reads a value that came out of a JSON parser into a type, leaving every remark on the way. `undefined` means that
 * it was refused and that at least one remark says why.
 */
export type Shape<T> = (value: unknown, at: string, remarks: Remarks) => T | undefined

/** Where remarks go, and under which code a wrong value is remarked. */
export interface Remarks {
  code: FaultCode
  faults: Fault[]
}

type Shapes = Readonly<Record<string, Shape<unknown>>>
type ValueOf<S> = S extends Shape<infer T> ? T : never
type ObjectOf<R extends Shapes, O extends Shapes> = { [K in keyof R]: ValueOf<R[K]> } & {
  [K in keyof O]?: ValueOf<O[K]>
}

/** Exactly these members: a missing one is a wrong value, another one is `unknown_member`. */
export function object<R extends Shapes, O extends Shapes = Record<never, never>>(
  required: R,
  optional?: O,
): Shape<ObjectOf<R, O>> {
  const shapes = new Map<string, Shape<unknown>>([...Object.entries(required), ...Object.entries(optional ?? {})])
  return (value, at, remarks) => {
    if (!isPlainObject(value)) return wrong(remarks, at, 'an object', value)
    const before = remarks.faults.length
    const read: [string, unknown][] = []
    for (const key of Object.keys(value)) {
      if (!shapes.has(key)) remarks.faults.push(fault('unknown_member', at, 'no other member', show(key)))
    }
    for (const [key, shape] of shapes) {
      if (Object.hasOwn(value, key)) read.push([key, shape(value[key], `${at}.${key}`, remarks)])
      else if (Object.hasOwn(required, key)) wrong(remarks, `${at}.${key}`, 'this member', undefined)
    }
    // Every required member was read by its own shape, and every optional one that is there.
    return remarks.faults.length === before ? (Object.fromEntries(read) as ObjectOf<R, O>) : undefined
  }
}

export function list<T>(item: Shape<T>, bounds: { min?: number; max: number }): Shape<T[]> {
  const { min = 0, max } = bounds
  return (value, at, remarks) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      return wrong(remarks, at, `a list of ${min} to ${max}`, value)
    }
    const items: T[] = []
    for (const [index, entry] of value.entries()) {
      const read = item(entry, `${at}[${index}]`, remarks)
      if (read !== undefined) items.push(read)
    }
    return items.length === value.length ? items : undefined
  }
}

/** Bounded in UTF-8 bytes, not empty, well-formed, without control characters. */
export function text(bytesMax: number): Shape<string> {
  return textWhere(`a text of 1 to ${bytesMax} bytes without control characters`, value => {
    return value !== '' && value.isWellFormed() && utf8Length(value) <= bytesMax && !hasControl(value, '')
  })
}

export function textWhere(expected: string, accepts: (value: string) => boolean): Shape<string> {
  return (value, at, remarks) => {
    return typeof value === 'string' && accepts(value) ? value : wrong(remarks, at, expected, value)
  }
}

export function id(prefix: string): Shape<string> {
  return textWhere(`an id ${prefix}_ and 26 characters`, value => isId(value, prefix))
}

export function oneOf<const T extends string>(...words: T[]): Shape<T> {
  return (value, at, remarks) => {
    return words.find(word => word === value) ?? wrong(remarks, at, words.join(', '), value)
  }
}

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Shape<number> {
  return (value, at, remarks) => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value
    return wrong(remarks, at, `an integer from ${min} to ${max}`, value)
  }
}

export const boolean: Shape<boolean> = (value, at, remarks) => {
  return typeof value === 'boolean' ? value : wrong(remarks, at, 'true or false', value)
}

export const digest: Shape<Digest> = (value, at, remarks) => {
  if (typeof value === 'string' && isDigest(value)) return value
  return wrong(remarks, at, 'sha256: and 64 hex digits', value)
}

export const commit: Shape<`sha1:${string}` | Digest> = (value, at, remarks) => {
  if (typeof value === 'string' && isCommit(value)) return value
  return wrong(remarks, at, 'sha1: and 40 or sha256: and 64 hex digits', value)
}

export const instant: Shape<Instant> = textWhere('an instant YYYY-MM-DDTHH:MM:SS.sssZ', isInstant)

/** Leaves the remark and answers `undefined`, so that a shape may end with it. */
export function wrong(remarks: Remarks, at: string, expected: string, value: unknown): undefined {
  remarks.faults.push(fault(remarks.code, at, expected, show(value)))
  return undefined
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
