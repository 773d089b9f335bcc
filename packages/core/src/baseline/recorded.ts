/** One landing as a forge's own record tells of it. */
export interface RecordedLanding {
  /** 0 when the record has no time that can be read. */
  atSeconds: number
  /** Absent when the record names nobody. Never printed. */
  actor?: string
  /** Gates that were in force and held. */
  passed: readonly string[]
  /** Gates that it went around. */
  bypassed: readonly string[]
  /** Whether the record shows this repository's other landings too: without them there is nothing to divide by. */
  isPopulated: boolean
}

/** A forge's record, read to its end. */
export interface Recorded {
  landings: readonly RecordedLanding[]
  /** What was no landing and is told beside them. */
  odd: readonly Odd[]
  remarks: readonly string[]
}

export interface Odd {
  kind: string
  count: number
  words: string
}

/** Which part of a record is asked about; names without regard to case. Absent: all of it. */
export interface RecordFilter {
  /** `acme/payments`. */
  repository?: string | undefined
  branch?: string | undefined
}

/** Counts by kind, told in the order of `words`. */
export class Tellings<Kind extends string> {
  readonly #counts = new Map<Kind, number>()
  readonly #words: Readonly<Record<Kind, string>>

  constructor(words: Readonly<Record<Kind, string>>) {
    this.#words = words
  }

  add(kind: Kind): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
  }

  list(): Odd[] {
    const kinds = Object.keys(this.#words) as Kind[] // the keys of a record by Kind
    return kinds.flatMap(kind => {
      const count = this.#counts.get(kind) ?? 0
      return count === 0 ? [] : [{ kind, count, words: this.#words[kind] }]
    })
  }
}

export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
