/** A command line's options as data: `true` is a flag, a list stands once for each. */
export function flags(given: Record<string, string | true | readonly string[]>): string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    if (value === true) return [`--${name}`]
    const values = typeof value === 'string' ? [value] : value
    return values.flatMap(one => [`--${name}`, one])
  })
}
