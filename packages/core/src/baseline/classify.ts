import type { Mapping } from './mapping.ts'
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
  const gates = Object.entries(mapping.gates).map(([name, { bypassed, passed }], at) => {
    return { name, bit: 1 << at, mark: bypassed ?? passed, around: bypassed !== undefined }
  })
  const byKey = new Map<string, { bit: number; counts: (value: string) => boolean }[]>()
  for (const { bit, mark } of gates) {
    const rule = { bit, counts: mark?.value === 'true' ? isTrue : isThere }
    for (const key of mark?.footers ?? []) byKey.set(key.toLowerCase(), [...(byKey.get(key.toLowerCase()) ?? []), rule])
  }
  const bySubject = gates.flatMap(({ bit, mark }) =>
    (mark?.subject ?? []).map(text => ({ bit, pattern: pattern(text) })),
  )
  // A landing without any mark went around the gates that a mark says were passed; each mark turns its gate over.
  const unmarked = gates.reduce((bits, { bit, around }) => (around ? bits : bits | bit), 0)
  const rollback = mapping.rollback.subject.map(pattern)
  return {
    gates: gates.map(({ name }) => name),
    keys: new Set(byKey.keys()),
    bypassed({ subject, footers }) {
      let marked = 0
      for (const [key, values] of footers) {
        for (const { bit, counts } of byKey.get(key) ?? []) if (values.some(counts)) marked |= bit
      }
      for (const { bit, pattern: each } of bySubject) if ((marked & bit) === 0 && each.test(subject)) marked |= bit
      return marked ^ unmarked
    },
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

const isTrue = (value: string) => value.toLowerCase() === 'true'
const isThere = (value: string) => value !== ''
const pattern = (text: string) => new RegExp(text, 'u')
