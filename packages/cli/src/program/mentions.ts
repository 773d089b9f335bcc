/**
 * Paths that a program mentions: `gates/*.yaml`, `calendars/de-be.yaml`. Read from the text as it stands, without YAML,
 * so that what is read from the disk depends on no parser; a path in a comment only reads a file that nobody uses. Pure.
 */
export function mentionedPaths(text: string): string[] {
  const found = text.match(/[A-Za-z0-9_.*/:-]+\.(?:ya?ml|ics)\b/g) ?? []
  return [...new Set(found.filter(isInside))]
}

const mentionLengthMax = 300
/** More stars than anybody writes would make a pattern that takes for ever to fail. */
const starsMax = 4

/** Below the program's own directory: not absolute, no address, no step upwards. */
function isInside(mention: string): boolean {
  if (mention.length > mentionLengthMax || mention.startsWith('/') || mention.includes(':')) return false
  if ((mention.match(/\*+/g) ?? []).length > starsMax) return false
  return mention
    .replace(/^\.\//, '')
    .split('/')
    .every(part => part !== '..' && part !== '.' && part !== '')
}

/** Whether a path is meant by a mention: `*` stands for anything within one segment, `**` across segments. */
export function isMentioned(path: string, mentions: readonly string[]): boolean {
  return mentions.some(mention => patternOf(mention.replace(/^\.\//, '')).test(path))
}

/** A mention holds letters, digits and `_.*-/` only: of these the dot alone means something to a pattern. */
function patternOf(mention: string): RegExp {
  const parts = mention.split(/(\*{1,2})/).map(part => {
    if (part === '*') return '[^/]*'
    return part === '**' ? '.*' : part.replaceAll('.', '\\.')
  })
  return new RegExp(`^${parts.join('')}$`)
}
