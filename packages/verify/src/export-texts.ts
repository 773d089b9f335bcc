import { decodeBase64url, utf8Length } from './bytes.ts'
import type { Json } from './canonical-json.ts'
import { commitmentOf, digestOf, isDigest } from './digest.ts'
import { type Fault, fault } from './fault.ts'
import type { Sound } from './judge.ts'
import { isPlainObject, list, type Remarks, type Shape, textWhere, wrong } from './shape.ts'

/** docs/formats/statement.md "No personal data". `erased`: the export does not hold it, which breaks no proof. */
export interface ExportedText {
  path: string
  state: 'present' | 'erased' | 'altered'
}

/** Texts by their commitment and documents by their digest, as the export claims them. */
export interface Materials {
  texts: ReadonlyMap<string, { salt: Uint8Array; text: string }>
  documents: ReadonlyMap<string, string>
}

export function checkTexts(
  entries: readonly { at: string; sound: Sound }[],
  materials: Materials,
): { texts: ExportedText[]; faults: Fault[] } {
  const texts = entries.flatMap(({ at, sound }) => walk(sound.statement.envelope.body, `${at}.body`, materials))
  const altered = texts.filter(({ state }) => state === 'altered')
  const faults = altered.map(({ path }) => fault('altered_text', path, 'the text that was committed to', 'another'))
  return { texts, faults }
}

function walk(value: Json, path: string, materials: Materials): ExportedText[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => walk(item, `${path}[${index}]`, materials))
  if (!isPlainObject(value)) return []
  const names = Object.keys(value)
  const { commit, digest, length } = value
  if (names.length === 1 && typeof commit === 'string' && isDigest(commit)) {
    return [{ path, state: stateOfText(commit, materials) }]
  }
  if (names.length === 2 && typeof digest === 'string' && isDigest(digest) && typeof length === 'number') {
    return [{ path, state: stateOfDocument(digest, length, materials) }]
  }
  return Object.entries(value).flatMap(([name, item]) => {
    // A change names a commit of the repository in the very shape of a commitment.
    return name === 'change' ? [] : walk(item, `${path}.${name}`, materials)
  })
}

function stateOfText(commit: string, { texts }: Materials): ExportedText['state'] {
  const held = texts.get(commit)
  if (held === undefined) return 'erased'
  return held.text.isWellFormed() && commitmentOf(held.salt, held.text).commit === commit ? 'present' : 'altered'
}

function stateOfDocument(digest: string, length: number, { documents }: Materials): ExportedText['state'] {
  const text = documents.get(digest)
  if (text === undefined) return 'erased'
  return text.isWellFormed() && digestOf(text) === digest && utf8Length(text) === length ? 'present' : 'altered'
}

const materialsMax = 400_000
const anyText = textWhere('a text', () => true)
const salt: Shape<Uint8Array> = (value, at, remarks) => {
  const bytes = typeof value === 'string' ? decodeBase64url(value) : undefined
  return bytes?.length === 16 ? bytes : wrong(remarks, at, 'canonical base64url of 16 bytes', value)
}

/** The optional members `texts` and `documents` of an export. */
export function readMaterials(file: Record<string, unknown>, at: string, remarks: Remarks): Materials {
  const texts = listOf(file['texts'], `${at}.texts`, remarks, readText)
  const documents = listOf(file['documents'], `${at}.documents`, remarks, readDocument)
  return { texts: new Map(texts), documents: new Map(documents) }
}

function listOf<T>(value: unknown, at: string, remarks: Remarks, item: Shape<T>): T[] {
  return value === undefined ? [] : (list(item, { max: materialsMax })(value, at, remarks) ?? [])
}

const readText: Shape<[string, { salt: Uint8Array; text: string }]> = (value, at, remarks) => {
  if (!isPlainObject(value)) return wrong(remarks, at, 'an object', value)
  const commit = anyText(value['commit'], `${at}.commit`, remarks)
  const bytes = salt(value['salt'], `${at}.salt`, remarks)
  const text = anyText(value['text'], `${at}.text`, remarks)
  return commit === undefined || bytes === undefined || text === undefined ? undefined : [commit, { salt: bytes, text }]
}

const readDocument: Shape<[string, string]> = (value, at, remarks) => {
  if (!isPlainObject(value)) return wrong(remarks, at, 'an object', value)
  const digest = anyText(value['digest'], `${at}.digest`, remarks)
  const text = anyText(value['text'], `${at}.text`, remarks)
  return digest === undefined || text === undefined ? undefined : [digest, text]
}
