import type { IncomingMessage, ServerResponse } from 'node:http'
import { enqueue } from '../jobs/queue.ts'
import { formatId } from '@breakglass/core/ids'
import type { Store } from '../store/store.ts'
import { bodyBytesMax, Held, readBody } from './body.ts'
import { createGroups } from './groups.ts'
import { readHeaders } from './headers.ts'
import { type Arrived, keepGroup } from './keep.ts'
import { packBody } from './pack.ts'
import { Refusal } from './refusal.ts'
import { isSigned } from './signature.ts'
import { startWatch } from './watch.ts'

/** Where GitHub delivers to; outside the contract's routes, because a signature is over raw bytes. */
export const intakePath = '/hooks/github'
export const readJob = 'github.read'

export interface IntakeParts {
  store: Store
  /** Any of them signs; see `parseSecrets`. */
  secrets: readonly string[]
  /** At most GitHub's own bound, `bodyBytesMax`. */
  bytesMax?: number
  nowMs(): number
  randomBytes(length: number): Uint8Array
  onError(cause: unknown): void
}

export interface Intake {
  take(request: IncomingMessage, response: ServerResponse): void
  /** Refuses what comes from now on, keeps what was taken. */
  stop(): Promise<void>
}

/**
 * Takes deliveries of GitHub: verified, bounded, kept on the disk once for ever, then answered with 202 (docs/github.md
 * "Intake"). Reading them is the job's. A crash between the commit and the answer leaves a kept delivery that GitHub takes for
 * failed; it is never sent again by itself, and when somebody does, it is known.
 */
export async function startIntake(parts: IntakeParts): Promise<Intake> {
  const { store, secrets, nowMs, randomBytes, onError, bytesMax = bodyBytesMax } = parts
  const held = new Held()
  const watch = await startWatch(parts)
  const nudge = createNudge(() => askForReading(store, nowMs(), randomBytes), onError)
  const groups = createGroups<Arrived>(async group => {
    if ((await keepGroup(store, group)) > 0) nudge()
  })
  let stopping = false

  async function takeOne(request: IncomingMessage): Promise<void> {
    if (stopping) throw new Refusal('stopping', 'The server is stopping.')
    if (request.method !== 'POST') throw new Refusal('method', 'This address takes POST.')
    const { id, event, signature } = readHeaders(request.headers)
    let bytes = 0
    held.enter()
    try {
      const grow = (more: number) => {
        held.grow(more)
        bytes += more
      }
      const body = await readBody(request, { bytesMax, grow })
      if (!isSigned(secrets, body, signature))
        throw new Refusal('signature', 'X-Hub-Signature-256 does not fit the body and a secret that is known here.')
      const receivedAt = nowMs()
      const packed = await packBody(body)
      await groups.add({ id, event, receivedAt, ...packed }, packed.body.length).catch((cause: unknown) => {
        throw new Refusal('not_stored', 'The delivery could not be kept; nothing of it was.', cause)
      })
    } finally {
      held.leave(bytes)
    }
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await takeOne(request)
      answer(response, 202, '{"kept":true}')
    } catch (failure) {
      const refusal = failure instanceof Refusal ? failure : new Refusal('not_stored', 'A defect of ours.', failure)
      watch.refused(refusal.reason)
      if (refusal.reason === 'not_stored') onError(refusal.cause)
      refuse(request, response, refusal)
    }
  }

  // Whatever a server that died left unread.
  await askForReading(store, nowMs(), randomBytes)
  return {
    take: (request, response) => void take(request, response),
    async stop() {
      stopping = true
      await groups.drained()
      await watch.stop()
    },
  }
}

/** The job that is always open (see `readDeliveries`), now: sooner is all that asking again does. */
const askForReading = (store: Store, at: number, randomBytes: (length: number) => Uint8Array) =>
  store.transact(
    tx => enqueue(tx, { id: formatId('job', randomBytes(16)), kind: readJob, key: 'deliveries', runAt: at }),
    { access: 'write one statement' },
  )

const nudgeMs = 100

/** At most one in a while: a flood is read in large parts, and asking is a commit. A failure is made up for by the next. */
function createNudge(ask: () => Promise<void>, onError: (cause: unknown) => void): () => void {
  let timer: NodeJS.Timeout | undefined
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined
      ask().catch(onError)
    }, nudgeMs)
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, { code, message, meaning, reason }: Refusal): void {
  // The rest of a body that nobody wants must not become the next request.
  if (!request.complete) response.setHeader('Connection', 'close')
  if (meaning.status === 503 || meaning.status === 429) response.setHeader('Retry-After', '2')
  if (reason === 'method') response.setHeader('Allow', 'POST')
  answer(response, meaning.status, JSON.stringify({ error: { code, message } }))
}

function answer(response: ServerResponse, status: number, body: string): void {
  if (response.destroyed) return
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(body)
}
