import { CST, Lexer, Parser } from 'yaml'

export const depthMax = 20

export interface Refusal {
  rule: 'too_deep' | 'yaml_not_plain'
  offset: number
  reason: string
  remedy: string
}

/**
 * The tokens of a YAML text, or why it is refused before anything recursive touches it. What nests within a line (flow
 * brackets, `- - -`) is counted while lexing, so that a megabyte of brackets costs nothing; the rest on the finished tokens.
 */
export function readTokens(text: string): { ok: true; tokens: CST.Token[] } | { ok: false; refusal: Refusal } {
  const tokens: CST.Token[] = []
  const [lexer, parser, depth] = [new Lexer(), new Parser(), lineDepth()]
  let offset = 0
  for (const lexeme of lexer.lex(text)) {
    if (depth.after(lexeme) > depthMax) return { ok: false, refusal: tooDeep(Math.min(offset, text.length)) }
    if (!marks.has(lexeme)) offset += lexeme.length
    tokens.push(...parser.next(lexeme))
  }
  tokens.push(...parser.end())
  const refusal = refusalOf(tokens)
  return refusal ? { ok: false, refusal } : { ok: true, tokens }
}

/** With these the lexer marks documents, scalars and flow ends; they stand in no text that comes this far. */
const marks: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.SCALAR, CST.FLOW_END])

function lineDepth() {
  let [flow, compact] = [0, 0]
  return {
    after(lexeme: string): number {
      if (lexeme === '[' || lexeme === '{') flow += 1
      else if (lexeme === ']' || lexeme === '}') flow -= 1
      else if (lexeme === '-' || lexeme === '?') compact += 1
      else if (lexeme === '\n' || lexeme === '\r\n') compact = 0
      return flow + compact
    },
  }
}

/** Walks the tokens with a list of its own instead of the stack. */
function refusalOf(tokens: readonly CST.Token[]): Refusal | undefined {
  const open: { token: CST.Token; depth: number }[] = tokens.toReversed().map(token => ({ token, depth: 0 }))
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next
    const isCollection = 'items' in token
    const here = isCollection ? depth + 1 : depth
    if (here > depthMax) return tooDeep(token.offset)
    const refusal = notPlain(token)
    if (refusal) return refusal
    for (const child of childrenOf(token).toReversed()) open.push({ token: child, depth: here })
  }
  return undefined
}

function childrenOf(token: CST.Token): CST.Token[] {
  const items = 'items' in token ? token.items : []
  const ofItems = items.flatMap(({ start, key, sep, value }) => [...start, key, ...(sep ?? []), value])
  const value = token.type === 'document' ? [...token.start, token.value] : []
  return [...value, ...ofItems].filter(child => child !== null && child !== undefined)
}

function notPlain(token: CST.Token): Refusal | undefined {
  const [what, remedy] = plainWords[token.type] ?? []
  if (what === undefined || remedy === undefined) return undefined
  return { rule: 'yaml_not_plain', offset: token.offset, reason: `${what} is not taken here`, remedy }
}

const plainWords: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  directive: ['a YAML directive', 'leave it out: the file is read as YAML 1.2'],
  anchor: ['an anchor', 'use templates to share parts between gates: what a reviewer sees is what holds'],
  alias: ['an alias', 'use templates to share parts between gates: what a reviewer sees is what holds'],
}

const tooDeep = (offset: number): Refusal => ({
  rule: 'too_deep',
  offset,
  reason: `more than ${depthMax} levels`,
  remedy: 'no part of a program lies so deep; look for a bracket or an indentation too many',
})
