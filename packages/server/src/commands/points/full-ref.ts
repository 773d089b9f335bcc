import { BreakglassError } from '@breakglass/core/errors'

/** As a ref stands in statements: in full, one word. */
export const fullRefPattern = /^refs\/\S+$/

/** Throws `bad_input`. */
export function requireFullRef(ref: string): void {
  if (fullRefPattern.test(ref)) return
  throw new BreakglassError(
    'bad_input',
    `ref: expected a full ref such as refs/heads/main, found ${JSON.stringify(ref)}.`,
  )
}
