import {
  type ExportVerdict,
  exportBytesMax,
  type Fault,
  parseCarried,
  type Trust,
  verifyExport,
  verifyStatement,
} from '@breakglass/verify'

/** What a file is judged to be: everything that verifies in it, and every fault. */
export interface Judgement {
  format: 'carried' | 'export' | 'statement' | 'unknown'
  entries: ExportVerdict['entries']
  texts: ExportVerdict['texts']
  faults: Fault[]
}

export const judgedBytesMax = exportBytesMax

/** A carried grant, an export, or what `breakglass show <sid>` prints. Pure: nothing is asked of anybody. */
export function judgeFile(text: string, trust: Trust): Judgement {
  const trimmed = text.trim()
  if (trimmed.startsWith('bg1~')) return judgeCarried(trimmed, trust)
  const shown = shownStatement(trimmed)
  if (shown !== undefined) return judgeLogged('statement', shown, trust)
  const verdict = verifyExport(text, trust)
  return verdict.ok ? { format: 'export', ...verdict.value } : { ...nothing, format: 'unknown', faults: verdict.faults }
}

const nothing = { entries: [], texts: [] }

/** A file may hold several carried grants, one a line. */
function judgeCarried(text: string, trust: Trust): Judgement {
  const judged = text.split(/\r?\n/).map(line => {
    const parsed = parseCarried(line.trim())
    return parsed.ok ? judgeLogged('carried', parsed.value, trust) : { ...nothing, faults: parsed.faults }
  })
  const at = (index: number, fault: Fault) =>
    judged.length === 1 ? fault : { ...fault, at: `line ${index + 1}: ${fault.at}` }
  return {
    format: 'carried',
    entries: judged.flatMap(({ entries }) => entries),
    texts: [],
    faults: judged.flatMap(({ faults }, index) => faults.map(fault => at(index, fault))),
  }
}

function judgeLogged(format: Judgement['format'], logged: { jws: string; proof: string }, trust: Trust): Judgement {
  const verdict = verifyStatement(logged, trust)
  if (!verdict.ok) return { ...nothing, format, faults: verdict.faults }
  const { statement, index } = verdict.value
  const { sid, kind, subject, seq } = statement.envelope
  return { format, entries: [{ sid, kind, subject, seq, index, understood: true }], texts: [], faults: [] }
}

/** `{ "logged": { "statement", "proof" } }`, the answer for one statement; everything else is left to the export's reader. */
function shownStatement(text: string): { jws: string; proof: string } | undefined {
  if (text.length > 200_000 || !text.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    const logged: unknown = isObject(value) ? value['logged'] : undefined
    if (!isObject(logged) || typeof logged['statement'] !== 'string') return undefined
    return { jws: logged['statement'], proof: typeof logged['proof'] === 'string' ? logged['proof'] : '' }
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** A statement that must exist, for a later one of its subject is here, and that the file does not hold. */
export interface Gap {
  subject: string
  seq: number
}

/** docs/formats/export.md: no fault, since a file may be a part, but whoever asked for the whole should know. In order. */
export function gapsIn(entries: Judgement['entries']): Gap[] {
  const subjects = Map.groupBy(entries, ({ subject }) => subject)
  return [...subjects].flatMap(([subject, held]) => {
    const seqs = new Set(held.map(({ seq }) => seq))
    // The first is 1. From one to the next, not to the last: a single entry may claim any number.
    const inOrder = [...seqs].sort((a, b) => a - b)
    return inOrder.flatMap((seq, at) => {
      const before = inOrder[at - 1] ?? 0
      return seq === before + 1 ? [] : [{ subject, seq: before + 1 }]
    })
  })
}
