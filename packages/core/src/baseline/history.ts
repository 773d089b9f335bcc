import { classifierOf, type Classifier } from './classify.ts'
import { emptyTally, type Tally, tallyMessage, tellingKeys } from './detect.ts'
import { builtInMappings } from './built-in.ts'
import type { Mapping } from './mapping.ts'
import { readMessage } from './message.ts'

/** One landing as a history tells of it, newest first. */
export interface Landing {
  /** Committer time in seconds since 1970; 0 when it cannot be read. */
  atSeconds: number
  /** The tree's id; '' when the history has none. */
  tree: string
  parents: number
  /** Whoever wrote it: any text that is the same for the same person. Never printed. */
  author: string
  message: string
}

/** One landing that a forge's own record has judged already, by the gates of the one mapping there is. */
export interface JudgedLanding {
  atSeconds: number
  author: string
  /** Bit i: it was a passage of gate i, in force and with its fellows known. */
  passages: number
  /** Bit i: it went around gate i. */
  bypassed: number
}

const emptyTrees = new Set([
  '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
])

/**
 * A history in columns, so that a million landings take tens of megabytes: what each mapping says of each, and nothing of its
 * text. Landings come newest first, as `git log` gives them.
 */
export class History {
  readonly tally: Tally = emptyTally()
  /** Landings that are odd in a way that is counted and told. */
  readonly odd = { octopus: 0, garbled: 0 }
  readonly mappings: readonly Mapping[]
  readonly authors = new Map<string, number>()
  length = 0
  #at = new Float64Array(1024)
  #author = new Uint32Array(1024)
  #bits: Uint32Array[]
  #rollback: Uint8Array[]
  #tree = new Float64Array(1024)
  /** Absent where every landing is a passage of every gate, as in a history that marks tell of. */
  #passages: Uint32Array | undefined
  readonly #classifiers: readonly Classifier[]
  readonly #keys: ReadonlySet<string>
  readonly #namesPullRequest: Classifier
  /** Whether a mapping knows rollbacks by the same subjects as the one before it, which all built-in ones do. */
  readonly #sameRollback: readonly boolean[]

  constructor(mappings: readonly Mapping[]) {
    this.mappings = mappings
    this.#classifiers = mappings.map(classifierOf)
    this.#bits = mappings.map(() => new Uint32Array(1024))
    this.#rollback = mappings.map(() => new Uint8Array(1024))
    this.#keys = new Set([...tellingKeys, ...this.#classifiers.flatMap(({ keys }) => [...keys])])
    this.#namesPullRequest = classifierOf(builtInMappings.github)
    const subjects = mappings.map(({ rollback }) => rollback.subject.join('\n'))
    this.#sameRollback = subjects.map((each, at) => at > 0 && each === subjects[at - 1])
  }

  add({ atSeconds, tree, parents, author, message }: Landing): void {
    if (this.length === this.#at.length) this.#grow()
    const at = this.length++
    const read = readMessage(message, this.#keys)
    tallyMessage(this.tally, read, this.#namesPullRequest.bypassed(read) === 0)
    if (parents > 2) this.odd.octopus += 1
    if (message.includes('\ufffd')) this.odd.garbled += 1
    this.#at[at] = atSeconds
    this.#tree[at] = treeKey(tree)
    this.#author[at] = this.#numberOf(author)
    let rollback = 0
    for (let which = 0; which < this.#classifiers.length; which++) {
      const classifier = this.#classifiers[which] as Classifier
      if (!this.#sameRollback[which]) rollback = classifier.isRollback(read) ? 1 : 0
      ;(this.#bits[which] as Uint32Array)[at] = classifier.bypassed(read)
      ;(this.#rollback[which] as Uint8Array)[at] = rollback
    }
  }

  /** Of a history of one mapping; all its landings come this way. */
  addJudged({ atSeconds, author, passages, bypassed }: JudgedLanding): void {
    if (this.length === this.#at.length) this.#grow()
    const at = this.length++
    this.#passages ??= new Uint32Array(this.#at.length)
    this.tally.landings += 1
    this.#at[at] = atSeconds
    this.#author[at] = this.#numberOf(author)
    this.#passages[at] = passages
    for (const bits of this.#bits) bits[at] = bypassed
  }

  atSeconds(landing: number): number {
    return this.#at[landing] ?? 0
  }

  authorOf(landing: number): number {
    return this.#author[landing] ?? 0
  }

  /** Whether not every landing is a passage of every gate. */
  get isJudged(): boolean {
    return this.#passages !== undefined
  }

  isPassage(landing: number, gate: number): boolean {
    return this.#passages === undefined || ((this.#passages[landing] ?? 0) >>> gate) % 2 === 1
  }

  /** Whether it went around gate `gate` of mapping `mapping`. */
  wentAround(landing: number, mapping: number, gate: number): boolean {
    return ((this.#bits[mapping]?.[landing] ?? 0) >>> gate) % 2 === 1
  }

  /** By its subject. */
  isRollback(landing: number, mapping: number): boolean {
    return this.#rollback[mapping]?.[landing] === 1
  }

  /**
   * Per landing, whether it brought back a tree that had been there before: not the one just before it, which is no change,
   * and not the empty tree, which is no content.
   */
  broughtBack(): Uint8Array {
    const found = new Uint8Array(this.length)
    const seen = new Set<number>()
    let before = 0
    for (let landing = this.length - 1; landing >= 0; landing--) {
      const tree = this.#tree[landing] ?? 0
      if (tree === 0) continue
      if (seen.has(tree) && tree !== before) found[landing] = 1
      seen.add(tree)
      before = tree
    }
    return found
  }

  #numberOf(author: string): number {
    const known = this.authors.get(author)
    if (known !== undefined) return known
    // A copy: the text itself may be a slice that would hold all it was cut from.
    this.authors.set(author.split('').join(''), this.authors.size)
    return this.authors.size - 1
  }

  #grow(): void {
    if (this.#passages !== undefined) this.#passages = wider(this.#passages, new Uint32Array(this.length * 2))
    this.#at = wider(this.#at, new Float64Array(this.length * 2))
    this.#tree = wider(this.#tree, new Float64Array(this.length * 2))
    this.#author = wider(this.#author, new Uint32Array(this.length * 2))
    this.#bits = this.#bits.map(each => wider(each, new Uint32Array(this.length * 2)))
    this.#rollback = this.#rollback.map(each => wider(each, new Uint8Array(this.length * 2)))
  }
}

/**
 * 52 bits of a tree's id, as a number that nothing is lost of: of a million trees, two would be taken for one with a chance
 * of one in nine thousand. 0 stands for no tree and for the empty one.
 */
function treeKey(tree: string): number {
  return tree === '' || emptyTrees.has(tree) ? 0 : Number.parseInt(tree.slice(0, 13), 16) || 1
}

function wider<Column extends { set(from: Column): void }>(from: Column, to: Column): Column {
  to.set(from)
  return to
}
