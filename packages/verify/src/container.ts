import { utf8Length } from './bytes.ts'
import { jsonDepthOf } from './canonical-json.ts'
import { type FaultCode, type Parsed, pass, refuse, show } from './fault.ts'

/**
 * JSON files around things that have their own exact bytes: trust.json, a program bundle, an export. White space,
 * escapes and the order of members are free, because people edit them and tools print them anew; a member that stands
 * twice is refused, because two readers could take different ones.
 */
export function parseContainer(
  text: string,
  limits: { code: FaultCode; at: string; bytesMax: number; depthMax: number },
): Parsed<unknown> {
  const { code, at, bytesMax, depthMax } = limits
  if (text.length > bytesMax || utf8Length(text) > bytesMax) {
    return refuse('too_large', at, `at most ${bytesMax} bytes`, `${text.length} characters or more`)
  }
  if (jsonDepthOf(text) > depthMax) return refuse(code, at, `at most ${depthMax} levels`, 'more levels')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refuse(code, at, 'a JSON text', show(text))
  }
  const twice = repeatedMember(text)
  return twice === undefined ? pass(value) : refuse(code, at, 'each member once', show(twice))
}

/** The first name that stands twice in one object. Only for text that JSON.parse has accepted. */
function repeatedMember(text: string): string | undefined {
  const names: Set<string>[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '{' || character === '[') names.push(new Set())
    else if (character === '}' || character === ']') names.pop()
    else if (character === '"') {
      const end = endOfString(text, at)
      if (nextCharacter(text, end) === ':') {
        const name: unknown = JSON.parse(text.slice(at, end))
        const seen = names.at(-1)
        if (typeof name === 'string' && seen?.has(name)) return name
        if (typeof name === 'string') seen?.add(name)
      }
      at = end - 1
    }
  }
  return undefined
}

/** One past the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function nextCharacter(text: string, start: number): string | undefined {
  let at = start
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at++
  return text[at]
}
