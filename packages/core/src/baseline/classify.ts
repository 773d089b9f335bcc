import type { Mapping, Mark } from './mapping.ts'
import { type Message, readMessage } from './message.ts'

/** One mapping, ready to judge messages. */
export interface Classifier {
  gates: readonly string[]
  /** The keys that it looks at, in small letters. */
  keys: ReadonlySet<string>
  /** Bit i: the landing went around gate i. */
  bypassed(message: Message): number
  isRollback(message: Message): boolean
}

export function classifierOf(mapping: Mapping): Classifier {
  const gates = Object.entries(mapping.gates).map(([name, { bypassed, passed }]) => {
    const mark = bypassed ?? passed
    return { name, mark, has: mark === undefined ? () => false : carries(mark), around: bypassed !== undefined }
  })
  const rollback = mapping.rollback.subject.map(pattern)
  return {
    gates: gates.map(({ name }) => name),
    keys: new Set(gates.flatMap(({ mark }) => (mark?.footers ?? []).map(key => key.toLowerCase()))),
    bypassed: message =>
      gates.reduce((bits, { has, around }, at) => (has(message) === around ? bits | (1 << at) : bits), 0),
    isRollback: ({ subject }) => rollback.some(each => each.test(subject)),
  }
}

/** Judges one message text by one mapping: what the reader of a history does, for a test or a single commit. */
export function classify(mapping: Mapping, text: string): { bypassed: string[]; rollback: boolean } {
  const classifier = classifierOf(mapping)
  const message = readMessage(text, classifier.keys)
  const bits = classifier.bypassed(message)
  return {
    bypassed: classifier.gates.filter((_, at) => (bits >> at) % 2 === 1),
    rollback: classifier.isRollback(message),
  }
}

function carries({ footers = [], value, subject = [] }: Mark): (message: Message) => boolean {
  const keys = footers.map(key => key.toLowerCase())
  const patterns = subject.map(pattern)
  const counts = value === 'true' ? isTrue : isThere
  return message =>
    keys.some(key => message.footers.get(key)?.some(counts)) || patterns.some(each => each.test(message.subject))
}

const isTrue = (value: string) => value.toLowerCase() === 'true'
const isThere = (value: string) => value !== ''
const pattern = (text: string) => new RegExp(text, 'u')
