/** Decimal without sign, leading zero or exponent, at most 2⁵³ − 1; `undefined` otherwise. `Number('')` is 0: hence this. */
export function parseDecimal(text: string): number | undefined {
  if (text.length > 16 || !/^(0|[1-9][0-9]*)$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}
