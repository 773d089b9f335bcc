import type { IncomingMessage } from 'node:http'
import { encodeBase64, formatDigest, msToInstant } from '@breakglass/verify'
import type { Right } from '../credentials.ts'
import { errorTable, LedgerError } from '../errors.ts'
import type { Ledger } from '../ledger.ts'
import type { LoggedEntry } from '../sequencer.ts'
import { type Caller, bodyBytesMax } from './access.ts'
import { type Answer, json, jsonText } from './answer.ts'
import { splitLines } from './entry-lines.ts'

export interface RouteContext {
  ledger: Ledger
  now: () => number
  /** What the edge says of itself. */
  health: () => Record<string, string>
}

/** One request of somebody known. */
export interface Asked {
  request: IncomingMessage
  path: string
  query: string
  caller: Caller
}

export interface Route {
  method: 'GET' | 'POST'
  /** Any of these rights will do. */
  oneOf: readonly Right[]
  /** The entries themselves, or hashes of all of them. */
  showsEntries: boolean
  handle(context: RouteContext, asked: Asked): Promise<Answer> | Answer
}

/** For everybody, without a credential. */
export interface OpenRoute {
  method: 'GET'
  open: true
  handle(context: RouteContext): Answer
}

export function routeOf(path: string): Route | OpenRoute | undefined {
  if (path === '/append') return append
  if (path.startsWith('/proof/')) return proof
  if (path === '/checkpoint') return checkpoint
  if (path.startsWith('/tile/')) return tile
  if (path === '/consistency') return consistency
  return path === '/healthz' ? healthz : undefined
}

const append: Route = {
  method: 'POST',
  oneOf: ['append'],
  showsEntries: false,
  async handle({ ledger, now }, { request, caller: { writer } }) {
    const type = request.headers['content-type'] ?? 'text/plain'
    if (!type.startsWith('text/plain')) throw new LedgerError('bad_entry', 'expected text/plain with one entry a line')
    // Before the body is received, with what is known of it: whoever is over the rate costs no memory.
    writer.require(1, Math.min(Number(request.headers['content-length'] ?? 0), bodyBytesMax), now())
    return await writer.bodies.read(request, async body => {
      const entries = splitLines(body)
      const logged = await writer.append(entries.length, body.length, now(), () => ledger.append(entries))
      return jsonText(200, `{"entries":[${logged.map(presentEntry).join(',')}]}`)
    })
  },
}

/**
 * For whoever may append, too: sending the entry again would give the same. A proof shows hashes and nothing of any other
 * entry.
 */
const proof: Route = {
  method: 'GET',
  oneOf: ['append', 'read'],
  showsEntries: false,
  async handle({ ledger }, { path }) {
    const hex = path.slice('/proof/'.length)
    if (!/^[0-9a-f]{64}$/.test(hex))
      throw new LedgerError('not_found', 'expected /proof/<64 hex digits of a leaf hash>')
    const entry = await ledger.proofFor(formatDigest(Buffer.from(hex, 'hex')))
    if (entry !== undefined) return jsonText(200, presentEntry(entry))
    const { size } = ledger.checkpoint()
    const message = `no entry of the first ${size} has this leaf hash, and none is on its way`
    return json(errorTable.not_in_log.status, { error: { code: 'not_in_log', message }, size })
  },
}

const checkpoint: Route = {
  method: 'GET',
  oneOf: ['append', 'read'],
  showsEntries: false,
  handle({ ledger }) {
    const body = ledger.checkpoint().note
    if (body === '') throw new LedgerError('no_quorum', 'nothing is published yet: too few witnesses have cosigned')
    return { status: 200, type: 'text/plain; charset=utf-8', body, caching: 'no-cache' }
  },
}

const consistency: Route = {
  method: 'GET',
  oneOf: ['append', 'read'],
  showsEntries: false,
  handle({ ledger }, { query }) {
    const { size, note } = ledger.checkpoint()
    const proven = ledger.consistency(...parseRange(query))
    const answer = { from: proven.from, to: proven.to, proof: proven.proof.map(encodeBase64) }
    return json(200, proven.to === size ? { ...answer, checkpoint: note } : answer)
  },
}

/** Decimal, without leading zeros, up to 2⁵³ − 1. */
const range = /^from=(0|[1-9][0-9]{0,15})(?:&to=(0|[1-9][0-9]{0,15}))?$/

function parseRange(query: string): [from: number, to?: number] {
  const [whole, from, to] = range.exec(query) ?? []
  if (whole === undefined)
    throw new LedgerError('bad_range', 'expected /consistency?from=<size> or ?from=<size>&to=<size>')
  return to === undefined ? [Number(from)] : [Number(from), Number(to)]
}

const tile: Route = {
  method: 'GET',
  oneOf: ['read'],
  showsEntries: true,
  handle({ ledger }, { path }) {
    const body = ledger.tile(path.slice(1))
    if (body === undefined) throw new LedgerError('not_found', 'there is no such tile; ask for the full one')
    // Private, because it takes a credential to read them; what has been served never changes.
    return { status: 200, type: 'application/octet-stream', body, caching: 'private, max-age=31536000, immutable' }
  },
}

const healthz: OpenRoute = {
  method: 'GET',
  open: true,
  handle({ ledger, now, health }) {
    const { size, root } = ledger.checkpoint()
    const { origin, vkey } = ledger
    // Without the errors' words: they name paths and hosts, and anyone may ask. The log has them.
    const sinks = ledger.sinks().map(({ name, state, heldSize, behind }) => ({ name, state, heldSize, behind }))
    const about = sinks.length === 0 ? {} : { sinks }
    const answer = { origin, size, root: encodeBase64(root), vkey, now: msToInstant(now()), ...health(), ...about }
    // Nobody knows who asked; a place among the connections is not theirs to keep.
    return { ...json(200, answer), closes: true }
  },
}

/** The leaf is `sha256:` and hex, so only the proof's text needs escaping. */
function presentEntry({ index, leaf, proof }: LoggedEntry): string {
  return `{"index":${index},"leaf":"${leaf}","proof":${JSON.stringify(proof)}}`
}
