import { parseContainer } from './container.ts'
import { checkChains } from './export-chains.ts'
import { checkTexts, type ExportedText, readMaterials } from './export-texts.ts'
import { type Fault, fault, pass, type Verdict } from './fault.ts'
import { judgeLogged, type Sound, soundOf } from './judge.ts'
import { parserOf } from './kinds.ts'
import { isPlainObject, list, type Remarks, type Shape, textWhere, wrong } from './shape.ts'
import type { Trust } from './trust.ts'

/** What an export holds. It is sound exactly when `faults` is empty: a caller must look. */
export interface ExportVerdict {
  /** The entries that verify, in the order of the file; the others are among the faults. */
  entries: ExportedEntry[]
  /** Each commitment and document of those entries, and whether the export holds its text. */
  texts: ExportedText[]
  faults: Fault[]
}

export interface ExportedEntry {
  sid: string
  kind: string
  subject: string
  seq: number
  index: number
  /** Whether the body's kind is known here; otherwise "sound, not understood". */
  understood: boolean
}

export const exportBytesMax = 67_108_864
const entriesMax = 100_000

/**
 * A whole exported file: each entry with its proof, each subject's chain, each text against its commitment. Refused
 * only when it cannot be read as an export (`too_large`, `bad_export`) or is another organisation's
 * (`wrong_organization`). Codes within: those of `verifyStatement`, of the body's parser for kinds that open gates,
 * `broken_chain`, `bad_checkpoint` (two trees of one size and different roots), `altered_text`.
 */
export function verifyExport(text: string, trust: Trust): Verdict<ExportVerdict> {
  const limits = { code: 'bad_export', at: 'export', bytesMax: exportBytesMax, depthMax: 64 } as const
  const json = parseContainer(text, limits)
  if (!json.ok) return json
  const remarks: Remarks = { code: 'bad_export', faults: [] }
  const file = exportFile(json.value, 'export', remarks)
  if (file === undefined) return { ok: false, faults: remarks.faults }
  if (file.organization !== trust.organization) {
    const found = file.organization
    return { ok: false, faults: [fault('wrong_organization', 'export.organization', trust.organization, found)] }
  }
  return pass(judgeFile(file, trust))
}

function judgeFile(file: ExportFile, trust: Trust): ExportVerdict {
  const faults: Fault[] = []
  const sound: { at: string; sound: Sound }[] = []
  for (const [index, { statement, proof }] of file.entries.entries()) {
    const at = `entries[${index}]`
    const judged = judgeLogged({ jws: statement, proof }, trust)
    const remarks = [...judged.faults, ...checkBody(judged.statement?.envelope)]
    faults.push(...remarks.map(fault => ({ ...fault, at: `${at}.${fault.at}` })))
    const entry = soundOf({ ...judged, faults: remarks })
    if (entry !== undefined) sound.push({ at, sound: entry })
  }
  const texts = checkTexts(sound, file.materials)
  // Concatenated, not pushed as arguments: an export may hold more texts than a call may have arguments.
  const all = faults.concat(checkChains(sound), texts.faults)
  return { entries: sound.map(({ sound }) => entryOf(sound)), texts: texts.texts, faults: all }
}

function checkBody(envelope: Sound['statement']['envelope'] | undefined): Fault[] {
  if (envelope === undefined) return []
  const parsed = parserOf(envelope.kind)?.(envelope.body)
  return parsed === undefined || parsed.ok ? [] : parsed.faults
}

function entryOf({ statement, index }: Sound): ExportedEntry {
  const { sid, kind, subject, seq } = statement.envelope
  return { sid, kind, subject, seq, index, understood: parserOf(kind) !== undefined }
}

interface ExportFile {
  organization: string
  entries: { statement: string; proof: string }[]
  materials: ReturnType<typeof readMaterials>
}

const anyText = textWhere('a text', () => true)
const entryList = list<{ statement: string; proof: string }>(readEntry, { max: entriesMax })

/** Unlike everything signed, an export may carry more than this version knows: members for people, ignored here. */
const exportFile: Shape<ExportFile> = (value, at, remarks) => {
  if (!isPlainObject(value)) return wrong(remarks, at, 'an object', value)
  if (value['v'] !== 1) return wrong(remarks, `${at}.v`, '1', value['v'])
  if (value['format'] !== 'breakglass-export')
    return wrong(remarks, `${at}.format`, 'breakglass-export', value['format'])
  const organization = anyText(value['organization'], `${at}.organization`, remarks)
  const entries = entryList(value['entries'], `${at}.entries`, remarks)
  const materials = readMaterials(value, at, remarks)
  if (organization === undefined || entries === undefined || remarks.faults.length > 0) return undefined
  return { organization, entries, materials }
}

function readEntry(value: unknown, at: string, remarks: Remarks): { statement: string; proof: string } | undefined {
  if (!isPlainObject(value)) return wrong(remarks, at, 'an object', value)
  const statement = anyText(value['statement'], `${at}.statement`, remarks)
  const proof = anyText(value['proof'], `${at}.proof`, remarks)
  return statement === undefined || proof === undefined ? undefined : { statement, proof }
}
