import { BreakglassError } from '@breakglass/core/errors'
import {
  checkInclusion,
  decodeBase64,
  type Digest,
  encodeUtf8,
  hashLeaf,
  leafHash,
  openCheckpoint,
  parseTlogProof,
  type TrustPolicy,
} from '@breakglass/verify'
import { z } from 'zod'

/** Where a statement stands in the log, with the proof that was checked before it was believed. */
export interface LoggedStatement {
  index: number
  leaf: Digest
  proof: string
}

/** What the server asks of a ledger (docs/formats/ledger.md "Over HTTP"). Every method throws `ledger_unavailable`. */
export interface LedgerClient {
  /** Durable, and proven, when it returns; in the order given. The same statement has the same index however often it is sent. */
  append(statements: readonly string[]): Promise<LoggedStatement[]>
  /** Whether the ledger holds this very statement; `undefined`: it does not. */
  find(statement: string): Promise<LoggedStatement | undefined>
  /** The newest checkpoint, opened under the trust policy, and its very text. */
  head(): Promise<LedgerHead>
  /** RFC 9162 §2.1.4.1, as the ledger says it: without the two roots, which the caller has, nothing of it can be believed. */
  consistency(from: number, to: number): Promise<Uint8Array[]>
  /** What the ledger's own clock says, ms. A claim like any clock, for comparison only. */
  clockMs(): Promise<number>
}

export interface LedgerHead {
  origin: string
  size: number
  checkpoint: string
}

export interface LedgerClientOptions {
  /** Without a trailing slash. */
  url: string
  /** The append credential; only ever sent to `url`. */
  secret: string
  /** Which log's signature, and which witnesses, make an answer believable. */
  policy: TrustPolicy
  fetch: typeof globalThis.fetch
  /** A grant waits 5 s in all (`logWaitSecondsMax`), so one try waits less. */
  timeoutMs?: number
}

const timeoutMsDefault = 4000
const replyBytesMax = 8 * 1024 * 1024

const element = z.object({ index: z.int().min(0), leaf: z.string(), proof: z.string() })
const appended = z.object({ entries: z.array(element) })
/** A tree of 2⁵³ entries has proofs of at most this many hashes. */
const consistencyHashesMax = 64

const consistent = z.object({ from: z.int(), to: z.int(), proof: z.array(z.string()).max(consistencyHashesMax) })
const healthy = z.object({ now: z.iso.datetime() })
const notInLog = z.object({ error: z.object({ code: z.literal('not_in_log') }) })

export function createLedgerClient(options: LedgerClientOptions): LedgerClient {
  return {
    async append(statements) {
      const answer = await ask(options, '/append', { method: 'POST', body: statements.join('\n') })
      const { entries } = readAs(appended, answer)
      if (answer.status !== 200 || entries.length !== statements.length)
        throw unbelievable('as many entries as were sent')
      return statements.map((statement, at) => believe(statement, entries[at], options.policy))
    },
    async find(statement) {
      const answer = await ask(options, `/proof/${leafHash(statement).slice('sha256:'.length)}`, {})
      // Only the ledger's own "not in log" means absent: any other 404 may come from something that stands in between.
      if (answer.status === 404 && notInLog.safeParse(jsonOf(answer)).success) return undefined
      if (answer.status !== 200) throw unavailable(`it answered ${answer.status}`)
      return believe(statement, readAs(element, answer), options.policy)
    },
    async head() {
      const answer = await ask(options, '/checkpoint', {})
      if (answer.status !== 200) throw unavailable(`it answered ${answer.status}`)
      const opened = openCheckpoint(answer.text, options.policy)
      if (!opened.ok) throw unbelievable('a checkpoint that the trust policy accepts')
      return { origin: opened.value.origin, size: opened.value.size, checkpoint: answer.text }
    },
    async consistency(from, to) {
      const answer = readAs(consistent, await ask(options, `/consistency?from=${from}&to=${to}`, {}))
      const hashes = answer.proof.flatMap(text => decodeBase64(text) ?? [])
      const isSound = hashes.length === answer.proof.length && hashes.every(({ length }) => length === 32)
      if (!isSound || answer.from !== from || answer.to !== to)
        throw unbelievable('a consistency proof between the sizes that were asked')
      return hashes
    },
    async clockMs() {
      return Date.parse(readAs(healthy, await ask(options, '/healthz', {})).now)
    },
  }
}

/** A ledger is believed for what it proves, never for what it says: the leaf is recomputed from the statement itself. */
function believe(statement: string, entry: z.infer<typeof element> | undefined, policy: TrustPolicy): LoggedStatement {
  const leaf = leafHash(statement)
  if (entry === undefined || entry.leaf !== leaf) throw unbelievable('the leaf hash of the statement that was sent')
  const proof = parseTlogProof(entry.proof)
  if (!proof.ok || proof.value.index !== entry.index) throw unbelievable('a tlog-proof of the index it names')
  const checkpoint = openCheckpoint(proof.value.checkpoint, policy)
  if (!checkpoint.ok) throw unbelievable('a checkpoint that the trust policy accepts')
  const { size, root } = checkpoint.value
  if (!checkInclusion(entry.index, size, hashLeaf(encodeUtf8(statement)), proof.value.path, root)) {
    throw unbelievable('a proof that includes the statement')
  }
  return { index: entry.index, leaf, proof: entry.proof }
}

interface Answer {
  status: number
  text: string
}

async function ask(
  { url, secret, fetch, timeoutMs = timeoutMsDefault }: LedgerClientOptions,
  path: string,
  init: RequestInit,
): Promise<Answer> {
  try {
    const headers = {
      Authorization: `Bearer ${secret}`,
      ...(init.body !== undefined && { 'Content-Type': 'text/plain' }),
    }
    // A redirect would carry the credential to wherever it points.
    const response = await fetch(url + path, {
      ...init,
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    return { status: response.status, text: await readBounded(response) }
  } catch (cause) {
    if (cause instanceof BreakglassError) throw cause
    throw unavailable('it could not be reached, or did not answer in time', cause)
  }
}

async function readBounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > replyBytesMax) throw unbelievable(`an answer of at most ${replyBytesMax} bytes`)
    parts.push(part)
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
}

function jsonOf({ text }: Answer): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // no schema takes it
  }
}

function readAs<S extends z.ZodType>(schema: S, answer: Answer): z.output<S> {
  if (answer.status >= 400) throw unavailable(`it answered ${answer.status}`)
  const parsed = schema.safeParse(jsonOf(answer))
  if (!parsed.success) throw unbelievable('an answer of the documented form')
  return parsed.data
}

const unavailable = (found: string, cause?: unknown) =>
  new BreakglassError('ledger_unavailable', {
    message: `The ledger could not take the entry: ${found}. Nothing was opened.`,
    cause,
  })

/** A ledger that lies is as good as none, and somebody should look: `data.unbelievable` says what was missing. */
const unbelievable = (expected: string) =>
  new BreakglassError('ledger_unavailable', {
    message: `The ledger's answer is not believable: expected ${expected}. Nothing was opened.`,
    data: { unbelievable: expected },
  })
