import { meetsQuorum, type PolicyWitness, parseCheckpoint, parseNote, type TrustPolicy } from '@breakglass/verify'
import { LedgerError } from '../errors.ts'
import type { Log } from '../log.ts'
import { formatAddCheckpoint } from '../witness/request.ts'
import { AskedWitness, type Question, type Word } from './asked-witness.ts'
import { openLine } from '../http/line.ts'
import { Turns } from './turns.ts'

/** What the witnesses answered about one checkpoint. */
export interface Cosigned {
  /** Verified cosignature lines, in the policy's order. */
  lines: string[]
  met: boolean
  faults: { witness: string; code: string; message: string }[]
}

export type WitnessView =
  | { witness: string; state: 'knows'; size: number; root: Uint8Array; note: string }
  | { witness: string; state: 'never_seen' }
  | { witness: string; state: 'unreachable'; message: string }

export interface Witnesses {
  /**
   * Asks all in parallel; resolves as soon as the policy's quorum is met or nothing more can come, each witness bounded by
   * `timeoutMs`. `note` is signed by the log alone.
   */
  cosign(checkpoint: { size: number; note: string }, proofFrom: (oldSize: number) => Uint8Array[]): Promise<Cosigned>
  /** What each witness says it has cosigned for this origin: for the start. */
  latest(): Promise<WitnessView[]>
  close(): Promise<void>
}

export interface AskOptions {
  policy: TrustPolicy
  origin: string
  /** Milliseconds since 1970. */
  now: () => number
  /** For a witness's whole answer. Default 2000. */
  timeoutMs?: number
  log: Log
}

const timeoutMsDefault = 2000
/** More than any reply may need: a checkpoint with its signatures. */
const replyBytesMax = 65_536
const headers = { accept: 'text/plain, text/x.tlog.size' }

/** docs/formats/witness.md "What a log makes of its witnesses". Code: `config_damaged` (an address in the policy). */
export function askWitnesses(options: AskOptions): Witnesses {
  return new AskedWitnesses(options)
}

interface Asked {
  name: string
  /** Absent when the policy has no address for it. */
  witness?: AskedWitness
  turns?: Turns
  close(): void
}

class AskedWitnesses implements Witnesses {
  readonly #policy: TrustPolicy
  readonly #log: Log
  readonly #timeoutMs: number
  readonly #stop = new AbortController()
  readonly #asked: Asked[]
  /** Proven disagreements, by witness; one that came after a quorum was met must still be told. */
  readonly #disagreements = new Map<string, Exclude<Word, { line: string }>>()
  /** What each witness's last word was, of those that have been logged. */
  readonly #said = new Map<string, string>()
  #newestSize = 0

  constructor({ policy, origin, now, timeoutMs = timeoutMsDefault, log }: AskOptions) {
    this.#policy = policy
    this.#log = log
    this.#timeoutMs = timeoutMs
    const newestSize = () => this.#newestSize
    this.#asked = policy.witnesses.map(entry => {
      const { name, url } = entry
      if (url === undefined) return { name, close: () => undefined }
      const line = openLine(addressOf(entry, url), { replyBytesMax, headers })
      const witness = new AskedWitness({ policy, witness: entry, origin, line, now, newestSize })
      return { name, witness, turns: new Turns(witness, timeoutMs, this.#stop.signal), close: () => line.close() }
    })
  }

  async cosign(
    { size, note }: { size: number; note: string },
    proofFrom: (oldSize: number) => Uint8Array[],
  ): Promise<Cosigned> {
    this.#newestSize = Math.max(this.#newestSize, size)
    const question = questionOf(size, note, proofFrom)
    const words = new Map<string, Word>()
    const done = Promise.withResolvers<void>()
    let pending = this.#asked.length
    if (pending === 0 || meetsQuorum(this.#policy, new Set())) done.resolve()
    for (const { name, turns } of this.#asked) {
      void ask(turns, question).then(word => {
        this.#remark(name, word, size)
        words.set(name, word)
        pending--
        if (pending === 0 || meetsQuorum(this.#policy, cosigners(words))) done.resolve()
      })
    }
    await done.promise
    return this.#sumUp(new Map(words))
  }

  async latest(): Promise<WitnessView[]> {
    return await Promise.all(
      this.#asked.map(async ({ name, witness }): Promise<WitnessView> => {
        if (witness === undefined)
          return { witness: name, state: 'unreachable', message: 'the policy has no address for it' }
        return await witness.latest(AbortSignal.any([this.#stop.signal, AbortSignal.timeout(this.#timeoutMs)]))
      }),
    )
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#asked.map(({ turns }) => turns?.idle()))
    for (const asked of this.#asked) asked.close()
  }

  /** What the caller may not wait for any more would otherwise be lost. Said when it changes, not with every append. */
  #remark(witness: string, word: Word, size: number): void {
    const code = 'line' in word ? 'cosigned' : word.code
    if ('code' in word && (code === 'witness_ahead' || code === 'witness_conflict')) {
      this.#disagreements.set(witness, word)
    }
    if ((this.#said.get(witness) ?? 'cosigned') === code) return
    this.#said.set(witness, code)
    if ('line' in word) this.#log({ event: 'witness_well', witness, size })
    else this.#log({ event: 'witness_fault', witness, size, code, message: word.message })
  }

  #sumUp(words: ReadonlyMap<string, Word>): Cosigned {
    const cosigned: Cosigned = { lines: [], met: meetsQuorum(this.#policy, cosigners(words)), faults: [] }
    for (const { name } of this.#asked) {
      const word = words.get(name)
      if (word !== undefined && 'line' in word) cosigned.lines.push(word.line)
      const remark = this.#disagreements.get(name) ?? word
      if (remark !== undefined && 'code' in remark) cosigned.faults.push({ witness: name, ...remark })
    }
    return cosigned
  }
}

async function ask(turns: Turns | undefined, question: Question): Promise<Word> {
  if (turns !== undefined) return await turns.ask(question)
  return { code: 'no_address', message: 'the policy has no address for it' }
}

function cosigners(words: ReadonlyMap<string, Word>): Set<string> {
  return new Set([...words].flatMap(([name, word]) => ('line' in word ? [name] : [])))
}

function questionOf(size: number, note: string, proofFrom: (oldSize: number) => Uint8Array[]): Question {
  const signed = parseNote(note)
  const checkpoint = signed.ok ? parseCheckpoint(signed.value.text) : signed
  if (!checkpoint.ok || checkpoint.value.size !== size) throw new TypeError(`expected a checkpoint of size ${size}`)
  // Witnesses mostly stand at the same size, so they share the proof and the text around it.
  const bodies = new Map<number, string>()
  const bodyFrom = (oldSize: number): string => {
    const body = bodies.get(oldSize) ?? formatAddCheckpoint(oldSize, proofFrom(oldSize), note)
    bodies.set(oldSize, body)
    return body
  }
  return { size, root: checkpoint.value.root, note, bodyFrom, proofFrom }
}

function addressOf({ name }: PolicyWitness, text: string): URL {
  const address = URL.parse(text)
  const sound = address?.protocol === 'http:' || address?.protocol === 'https:'
  if (address !== null && sound && address.search === '' && address.hash === '') return address
  const expected = 'an http or https address without a query'
  throw new LedgerError(
    'config_damaged',
    `policy: expected ${expected} for the witness ${name}, found ${JSON.stringify(text)}`,
  )
}
