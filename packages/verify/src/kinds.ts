import { parseGrantedBody } from './body/granted.ts'
import { parsePassedUnavailableBody } from './body/passed-unavailable.ts'
import { parseProgramPublishedBody } from './body/program-published.ts'
import { parseWaiverGrantedBody } from './body/waiver-granted.ts'
import type { Json } from './canonical-json.ts'
import type { Parsed } from './fault.ts'

/** The parser of a kind that opens a gate; the bodies of all other kinds are opaque here. */
export function parserOf(kind: string): ((body: Json) => Parsed<unknown>) | undefined {
  return parsers.get(kind)
}

const parsers: ReadonlyMap<string, (body: Json) => Parsed<unknown>> = new Map<string, (body: Json) => Parsed<unknown>>([
  ['glass.granted', parseGrantedBody],
  ['program.published', parseProgramPublishedBody],
  ['waiver.granted', parseWaiverGrantedBody],
  ['gate.passed_unavailable', parsePassedUnavailableBody],
])
