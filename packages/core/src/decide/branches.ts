const headsPrefix = 'refs/heads/'

/** `refs/heads/main` for `main`; a full ref stays as it is. */
export function fullRef(ref: string): string {
  return ref.startsWith('refs/') ? ref : headsPrefix + ref
}

/**
 * Whether a branch pattern of the program covers a full ref. `*` matches within one path segment, `**` across; only
 * branches are ever covered, so a tag never is. Linear in pattern × ref: patterns and refs come from strangers, and a
 * regular expression made of them could be slow.
 */
export function branchMatches(pattern: string, ref: string): boolean {
  if (!ref.startsWith(headsPrefix)) return false
  const branch = ref.slice(headsPrefix.length)
  return branch.length > 0 && matches(tokensOf(pattern), branch)
}

type Token = { kind: 'literal'; char: string } | { kind: 'segment' } | { kind: 'any' }

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = []
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? ''
    if (char !== '*') tokens.push({ kind: 'literal', char })
    else if (pattern[i + 1] !== '*') tokens.push({ kind: 'segment' })
    else {
      tokens.push({ kind: 'any' })
      i++
    }
  }
  return tokens
}

/** Which prefixes of the tokens match the text so far: the usual simulation, one row at a time. */
function matches(tokens: readonly Token[], text: string): boolean {
  let row = closeOver(tokens, [true, ...tokens.map(() => false)])
  for (const char of text) row = closeOver(tokens, step(tokens, row, char))
  return row[tokens.length] ?? false
}

function step(tokens: readonly Token[], row: readonly boolean[], char: string): boolean[] {
  const next = row.map(() => false)
  for (const [i, token] of tokens.entries()) {
    if (!row[i]) continue
    if (token.kind === 'literal') next[i + 1] ||= token.char === char
    else next[i] ||= token.kind === 'any' || char !== '/'
  }
  return next
}

/** A star may also match nothing. */
function closeOver(tokens: readonly Token[], row: boolean[]): boolean[] {
  for (const [i, token] of tokens.entries()) {
    if (row[i] && token.kind !== 'literal') row[i + 1] = true
  }
  return row
}
