import type { Json } from './canonical-json.ts'
import { type Fault, fault, type Parsed, show } from './fault.ts'
import { isId } from './id.ts'
import type { Judged } from './judge.ts'

/** Reads the body of the kind that is wanted. Codes: `wrong_kind`, `bad_envelope`, and those of the body's parser. */
export function readBody<T>(
  judged: Judged,
  wanted: { kind: string; subject?: string },
  parse: (body: Json) => Parsed<T>,
): { faults: Fault[]; value?: T } {
  if (judged.statement === undefined) return { faults: [] }
  const { kind, subject, body } = judged.statement.envelope
  if (kind !== wanted.kind) return { faults: [fault('wrong_kind', 'statement.kind', wanted.kind, show(kind))] }
  if (wanted.subject !== undefined && !isId(subject, wanted.subject)) {
    return { faults: [fault('bad_envelope', 'statement.subject', `an id ${wanted.subject}_…`, show(subject))] }
  }
  const parsed = parse(body)
  return parsed.ok ? { faults: [], value: parsed.value } : { faults: parsed.faults }
}
