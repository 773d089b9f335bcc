import { Composer, type Document, isMap, isNode, isPair, isScalar, isSeq, type Node } from 'yaml'
import type { Remark } from '../contract/shapes.ts'
import { type Path, type Place, placesIn } from './position.ts'
import { type Finding, remarkAt } from './remarks.ts'
import { depthMax, readTokens } from './yaml-tokens.ts'

/** One file, read: plain data, and where each part of it stands. */
export interface YamlFile {
  value: unknown
  /** The place of what a path leads to: its key in a mapping, else its nearest ancestor that is there. */
  placeOf(path: Path): Place
  /** The same, but of the value. */
  valuePlaceOf(path: Path): Place
}

export type YamlReading = { ok: true; file: YamlFile } | { ok: false; remarks: Remark[] }

/**
 * Reads one YAML 1.2 document of the core schema, strictly: whatever two readers could take differently is refused. The
 * caller bounds the length. Never throws on any text.
 */
export function readYaml(file: string, text: string): YamlReading {
  const place = placesIn(file, text)
  const refuse = (offset: number, finding: Omit<Finding, 'path'>): YamlReading => ({
    ok: false,
    remarks: [remarkAt(place(offset), { path: [], ...finding })],
  })
  const character = strangeCharacter.exec(text)
  if (character || !text.isWellFormed()) return refuse(character?.index ?? 0, badCharacter(character?.[0]))
  const read = readTokens(text)
  if (!read.ok) return refuse(read.refusal.offset, read.refusal)
  const composer = new Composer(composing)
  const [document, second] = [...composer.compose(read.tokens, true, text.length)]
  if (!document) return refuse(0, { rule: 'yaml_syntax', reason: 'there is no document', remedy: 'write a program' })
  if (second) return refuse(second.range[0], severalDocuments)
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0)
    return { ok: false, remarks: faults.map(fault => remarkAt(place(fault.pos[0]), wordsOf(fault))) }
  return valueOf(document, place)
}

const composing = {
  version: '1.2',
  schema: 'core',
  strict: true,
  uniqueKeys: true,
  stringKeys: true,
  merge: false,
  resolveKnownTags: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const

/** Control characters, and those that make a line read other than it is stored. */
const strangeCharacter = /[^\P{Cc}\t\n\r]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u

function badCharacter(character: string | undefined): Omit<Finding, 'path'> {
  const found = character === undefined ? 'half a character' : codePoint(character)
  return {
    rule: 'bad_character',
    reason: `${found} in the text`,
    remedy: 'leave it out: it does not show, or makes the text show other than it is',
  }
}

const codePoint = (character: string) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

const severalDocuments = {
  rule: 'yaml_not_plain',
  reason: 'a second document begins here',
  remedy: 'keep one document in the file; include others',
} as const

function wordsOf(fault: Document['errors'][number] | Document['warnings'][number]): Finding {
  const path: Path = []
  if (fault.code === 'DUPLICATE_KEY') {
    return { rule: 'duplicate_key', path, reason: 'the key stands here a second time', remedy: 'keep one of them' }
  }
  if (fault.code === 'TAG_RESOLVE_FAILED') {
    return { rule: 'yaml_not_plain', path, reason: 'a tag is not taken here', remedy: 'leave the tag out' }
  }
  if (fault.code === 'RESOURCE_EXHAUSTION') {
    return { rule: 'too_deep', path, reason: `more than ${depthMax} levels`, remedy: 'look for a bracket too many' }
  }
  const reason = fault.message.split('\n')[0] ?? 'not YAML'
  return { rule: 'yaml_syntax', path, reason, remedy: 'mend the YAML here, or just before' }
}

function valueOf(document: Document.Parsed, place: (offset: number) => Place): YamlReading {
  const root: Node | null = document.contents
  const remarks: Remark[] = []
  const value = plain(root, (node, finding) =>
    remarks.push(remarkAt(place(node.range?.[0] ?? 0), { path: [], ...finding })),
  )
  if (remarks.length > 0) return { ok: false, remarks }
  const at = (offset: number | undefined) => place(offset ?? root?.range?.[0] ?? 0)
  return {
    ok: true,
    file: {
      value,
      placeOf: path => at(find(root, path).at),
      valuePlaceOf: path => at(find(root, path).value),
    },
  }
}

type Complain = (node: Node, finding: Omit<Finding, 'path'>) => void

/** Our own reading of the tree: no aliases can be in it any more, and no key reaches a prototype. */
function plain(node: Node | null, complain: Complain): unknown {
  if (node === null) return null
  if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) {
    complain(node, { rule: 'yaml_not_plain', reason: 'a tag is not taken here', remedy: 'leave the tag out' })
  }
  if (isScalar(node)) return scalar(node.value, finding => complain(node, finding))
  if (isSeq(node)) return node.items.map(item => (isNode(item) ? plain(item, complain) : null))
  if (!isMap(node)) return null
  const entries = node.items.flatMap(pair => {
    if (!isPair(pair) || !isScalar(pair.key)) return []
    const key = keyOf(pair.key.value)
    if (key === '__proto__')
      complain(pair.key, { rule: 'unknown_key', reason: '__proto__ is no key', remedy: 'leave it out' })
    scalar(key, finding => isNode(pair.key) && complain(pair.key, finding))
    return [[key, isNode(pair.value) ? plain(pair.value, complain) : null] as const]
  })
  return Object.fromEntries(entries)
}

/** An escape such as "\\0" can spell what the text may not hold. */
function scalar(value: unknown, complain: (finding: Omit<Finding, 'path'>) => void): unknown {
  if (typeof value !== 'string') return value
  const character = strangeCharacter.exec(value)?.[0]
  if (character !== undefined || !value.isWellFormed()) complain(badCharacter(character))
  return value
}

const keyOf = (value: unknown): string => (typeof value === 'string' ? value : String(value))

/** Offsets of the key and the value that a path leads to, or of as much of it as is there. */
function find(root: Node | null, path: Path): { at: number | undefined; value: number | undefined } {
  let node = root
  let found = { at: root?.range?.[0], value: root?.range?.[0] }
  for (const step of path) {
    const next = childOf(node, step)
    if (!next) return found
    const value = next.value?.range?.[0] ?? next.at
    found = { at: next.at ?? value ?? found.at, value: value ?? found.value }
    node = next.value
  }
  return found
}

function childOf(
  node: Node | null,
  step: string | number,
): { at?: number | undefined; value: Node | null } | undefined {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step]
    return isNode(item) ? { value: item } : undefined
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find(({ key }) => isScalar(key) && keyOf(key.value) === String(step))
  if (!pair || !isScalar(pair.key)) return undefined
  return { at: pair.key.range?.[0], value: isNode(pair.value) ? pair.value : null }
}
