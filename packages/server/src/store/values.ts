import { BreakglassError, invariant } from '@breakglass/core/errors'

/**
 * The boundary through which every bound value goes, on both engines, so that what one of them would quietly change the
 * other does not have to: SQLite stores a lone surrogate as U+FFFD and takes U+0000, PostgreSQL refuses the latter.
 */

/** What both engines take and give back as it was. Instants, flags and JSON are numbers and text by the time they are here. */
export type BoundValue = string | number | null | Uint8Array

/** SQLite takes 32 766 and PostgreSQL 65 535; a statement that nears either wants batches. */
export const boundValuesMax = 1000

/**
 * Checks the values of one statement.
 *
 * @throws BreakglassError `bad_input` for text that cannot be stored; an invariant for a value of the wrong type or too many.
 */
export function checkBoundValues(values: readonly unknown[]): readonly BoundValue[] {
  invariant(
    values.length <= boundValuesMax,
    `a statement binds at most ${boundValuesMax} values, this one ${values.length}`,
  )
  return values.map(checkValue)
}

function checkValue(value: unknown, index: number): BoundValue {
  if (value === null || value instanceof Uint8Array) return value
  if (typeof value === 'string') return checkText(value)
  invariant(
    typeof value === 'number' && Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)),
    `bound value ${index + 1} is text, a finite number within 2^53, null or bytes, not ${typeof value}`,
  )
  return value
}

function checkText(text: string): string {
  if (text.isWellFormed() && !text.includes('\u0000')) return text
  throw new BreakglassError('bad_input', {
    message: 'Text with the character U+0000 or a lone surrogate cannot be stored; send it without.',
  })
}
