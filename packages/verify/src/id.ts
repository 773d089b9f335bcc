/**
 * docs/formats/README.md: a prefix, `_`, and 26 characters of lower-case Crockford base32, 128 bits, so that the first
 * character is at most `7`. Without `prefix` any prefix of lower-case letters will do.
 */
export function isId(text: string, prefix?: string): boolean {
  if (text.length > idCharactersMax || !/^[a-z]{1,8}_[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(text)) return false
  return prefix === undefined || text.startsWith(`${prefix}_`)
}

const idCharactersMax = 8 + 1 + 26
