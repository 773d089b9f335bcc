import {
  checkConsistency,
  decodeUtf8,
  openCheckpoint,
  parseNote,
  type PolicyWitness,
  type TrustPolicy,
} from '@breakglass/verify'
import { messageOf } from '../errors.ts'
import { originHash } from '../witness/heads.ts'
import type { Line, Reply } from '../http/line.ts'
import { policyOfOne } from './policy-of-one.ts'
import type { WitnessView } from './witnesses.ts'

/** A checkpoint to be cosigned, and how the log proves it. Shared by the witnesses asked for it. */
export interface Question {
  size: number
  root: Uint8Array
  /** Signed by the log alone. */
  note: string
  /** The body of add-checkpoint from this size, made once. Throws what the log's own tiles throw. */
  bodyFrom(oldSize: number): string
  proofFrom(oldSize: number): Uint8Array[]
}

/** What came of asking one witness. Codes: docs/formats/witness.md "What a log makes of its witnesses". */
export type Word = { line: string } | { code: FaultCode; message: string }
export type FaultCode =
  | 'witness_ahead'
  | 'witness_conflict'
  | 'witness_claim'
  | 'witness_clock'
  | 'bad_answer'
  | 'bad_cosignature'
  | 'no_address'
  | 'no_proof'
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'superseded'
  | 'stopping'

export interface AskedParts {
  policy: TrustPolicy
  witness: PolicyWitness
  origin: string
  line: Line
  now: () => number
  /** The largest size the log has ever asked about: to know less is no crime of a question that was overtaken. */
  newestSize: () => number
}

/** How far a cosignature's time may lie from ours: gates judge it by when a grant was made. */
export const cosignedWithinSeconds = 60
const conflictsMax = 3

/** One witness, and what is remembered of it. Everything it answers is hostile until proven. */
export class AskedWitness {
  readonly #parts: AskedParts
  readonly #trusted: TrustPolicy
  /** The size it last said it had cosigned; a hint, nothing more. */
  #size = 0

  constructor(parts: AskedParts) {
    this.#parts = parts
    this.#trusted = policyOfOne(parts.policy, parts.witness)
  }

  /** Never rejects. */
  async cosign(question: Question, signal: AbortSignal): Promise<Word> {
    try {
      return await this.#cosign(question, signal)
    } catch (error) {
      if (signal.aborted) return fault('timeout', 'no whole answer came in time')
      return fault('unreachable', messageOf(error))
    }
  }

  /** What it has cosigned for this log, believed when the log and the witness have both signed it. Never rejects. */
  async latest(signal: AbortSignal): Promise<WitnessView> {
    const { witness, origin, line } = this.#parts
    const unreachable = (message: string): WitnessView => ({ witness: witness.name, state: 'unreachable', message })
    try {
      const reply = await line.call({ method: 'GET', path: `/${originHash(origin)}/checkpoint`, signal })
      if (reply.status === 404) return { witness: witness.name, state: 'never_seen' }
      if (reply.status !== 200) return unreachable(`it answered ${reply.status}`)
      const note = decodeUtf8(reply.body)
      const opened = note === undefined ? undefined : openCheckpoint(note, this.#trusted)
      if (note === undefined || opened?.ok !== true || opened.value.origin !== origin)
        return unreachable('what it serves is not a checkpoint signed by this log and by it')
      const { size, root } = opened.value
      this.#size = size
      return { witness: witness.name, state: 'knows', size, root, note }
    } catch (error) {
      return unreachable(signal.aborted ? 'no whole answer came in time' : messageOf(error))
    }
  }

  async #cosign(question: Question, signal: AbortSignal): Promise<Word> {
    // A hint from before a question that was overtaken may be larger than this one.
    let oldSize = Math.min(this.#size, question.size)
    for (let conflicts = 0; ; conflicts++) {
      const body = bodyOrFault(question, oldSize)
      if (typeof body !== 'string') return body
      const reply = await this.#parts.line.call({ method: 'POST', path: '/add-checkpoint', body, signal })
      if (reply.status === 200) return this.#cosignature(question, reply)
      if (reply.status === 422) return await this.#examine(question, 'it says that our proof does not hold', signal)
      if (reply.status !== 409) return fault('refused', `it answered ${reply.status}`)
      const size = sizeOf(reply)
      if (size === undefined) return fault('bad_answer', 'it answered 409 without a size')
      if (size > this.#parts.newestSize())
        return await this.#examine(question, `it says that it has cosigned size ${size}`, signal)
      this.#size = size
      if (size > question.size) return fault('superseded', `it has cosigned size ${size} already`)
      if (conflicts === conflictsMax)
        return fault('bad_answer', `it answered 409 to ${conflictsMax + 1} sizes, its own among them`)
      oldSize = size
    }
  }

  #cosignature(question: Question, { body }: Reply): Word {
    const { witness, now } = this.#parts
    const line = ownLine(question.note, decodeUtf8(body), witness)
    if (line === undefined) return fault('bad_answer', 'it answered 200 without a signature line of its key')
    const opened = openCheckpoint(question.note + line, this.#trusted)
    const timeSeconds = opened.ok ? opened.value.cosignatures[0]?.timeSeconds : undefined
    if (timeSeconds === undefined)
      return fault('bad_cosignature', 'its signature is not one of its key on this checkpoint')
    this.#size = question.size
    const aheadSeconds = timeSeconds - Math.floor(now() / 1000)
    if (Math.abs(aheadSeconds) <= cosignedWithinSeconds) return { line }
    return fault(
      'witness_clock',
      `its clock is ${aheadSeconds} s ahead of ours, at most ${cosignedWithinSeconds} s either way are of use`,
    )
  }

  /** A claim that would stop the log counts only with the log's own signature under it; or any witness could stop it. */
  async #examine(question: Question, claim: string, signal: AbortSignal): Promise<Word> {
    const view = await this.latest(signal)
    if (view.state !== 'knows')
      return fault('witness_claim', `${claim}, and does not show that this log ever signed it`)
    if (view.size > this.#parts.newestSize()) {
      return fault(
        'witness_ahead',
        `it has cosigned size ${view.size} of this log, signed by its key; here it ends at ${question.size}`,
      )
    }
    // Overtaken by a newer question: the tree of the older one says nothing about it.
    if (view.size > question.size) return fault('superseded', `it has cosigned size ${view.size} already`)
    const proof = proofOrFault(question, view.size)
    if (!Array.isArray(proof)) return proof
    if (checkConsistency(view.size, question.size, proof, view.root, question.root))
      return fault('witness_claim', `${claim}, and shows nothing that bears it out`)
    return fault('witness_conflict', `it has cosigned another tree of size ${view.size}, signed by this log's key`)
  }
}

function bodyOrFault(question: Question, oldSize: number): string | Word {
  try {
    return question.bodyFrom(oldSize)
  } catch (error) {
    return noProof(oldSize, error)
  }
}

function proofOrFault(question: Question, oldSize: number): Uint8Array[] | Word {
  try {
    return question.proofFrom(oldSize)
  } catch (error) {
    return noProof(oldSize, error)
  }
}

function noProof(oldSize: number, cause: unknown): Word {
  return fault('no_proof', `this log cannot prove its tree from size ${oldSize}: ${messageOf(cause)}`)
}

/** The first line of this witness's key among those it sent; others are passed over. */
function ownLine(note: string, lines: string | undefined, { key }: PolicyWitness): string | undefined {
  const text = note.slice(0, note.lastIndexOf('\n\n') + 2)
  const answered = lines === undefined ? undefined : parseNote(text + lines)
  if (answered?.ok !== true) return undefined
  return answered.value.signatures.find(({ name, keyId }) => name === key.name && keyId === key.keyId)?.line
}

function sizeOf({ body, type }: Reply): number | undefined {
  const [, digits] = /^(0|[1-9][0-9]{0,15})\n$/.exec(Buffer.from(body.subarray(0, 32)).toString('latin1')) ?? []
  const size = Number(digits)
  return digits !== undefined && type.startsWith('text/x.tlog.size') && Number.isSafeInteger(size) ? size : undefined
}

function fault(code: FaultCode, message: string): { code: FaultCode; message: string } {
  return { code, message }
}
