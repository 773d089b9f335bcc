import { BreakglassError } from '@breakglass/core/errors'
import {
  type Commit,
  formatCarried,
  instantToMs,
  isInstant,
  openCheckpoint,
  parseCarried,
  parseGrantedBody,
  parseReceiptBody,
  parseStatement,
  parseTlogProof,
  verifyReceipt,
  verifyStatement,
} from '@breakglass/verify'
import { acceptBundle } from './bundle.ts'
import { type GateEvidence, noEvidence } from './judge.ts'
import { joinTrees } from './join-trees.ts'
import { readMemory, rememberAsked, rememberVerifiedTime } from './memory.ts'
import type { Point } from './point.ts'
import { plain } from './plain.ts'
import type { HandedEvidence } from './push-options.ts'
import { heldReceipts, holdReceipt } from './receipts.ts'
import { type EvidenceReply, evidenceMsMax } from './server.ts'
import { splitWords } from './splits.ts'
import { rememberTree } from './trees.ts'

/** One change at one place, and the gates that stand before it. */
export interface Asked {
  ref: string
  /** Absent where nothing lands; then nothing is asked. */
  commit?: Commit
  gates: readonly string[]
}

export interface Answer {
  /** Beside each thing asked, in its order: evidence by gate, unverified. */
  evidence: Map<string, GateEvidence>[]
  online: boolean
  /** Why it is not online, in words. */
  offlineBecause?: string
  server?: { nowMs: number; sentMs: number; receivedMs: number }
  /** The log has shown two faces, now or before: in what words. */
  inconsistent?: string
}

const changesPerQuestion = 100

/**
 * Collects whatever may open these gates: what the server holds, what this point holds, what was handed over. A newer
 * program that comes along is accepted on the way, if it verifies. Nothing is decided here.
 */
export async function collectEvidence(point: Point, asked: readonly Asked[], handed: HandedEvidence): Promise<Answer> {
  const questions = asked.flatMap(({ ref, commit, gates }): Question[] => {
    return commit === undefined || gates.length === 0 ? [] : [{ ref, commit, gates }]
  })
  const { replies, ...contact } = await askServer(point, questions)
  const evidence = asked.map(({ ref, commit, gates }) => {
    const index = questions.findIndex(question => question.ref === ref && question.commit === commit)
    const question = questions[index]
    if (question === undefined) return new Map<string, GateEvidence>()
    const around = { reply: replies[index], handed, questions }
    return new Map(gates.map(gate => [gate, evidenceFor(point, question, { gate, ...around })]))
  })
  remember(point, evidence)
  if (contact.online) await joinTrees(point)
  const inconsistent = splitWords(point.journal)
  return { ...contact, evidence, ...(inconsistent !== undefined && { inconsistent }) }
}

type Question = Asked & { commit: Commit }

type ChangeReply = EvidenceReply['changes'][number]

interface Contact {
  replies: ChangeReply[]
  online: boolean
  offlineBecause?: string
  server?: NonNullable<Answer['server']>
}

async function askServer(point: Point, asked: readonly Question[]): Promise<Contact> {
  const replies: ChangeReply[] = []
  let server: Answer['server']
  try {
    for (let at = 0; at < asked.length; at += changesPerQuestion) {
      const part = asked.slice(at, at + changesPerQuestion)
      const sentMs = point.now()
      const reply = await point.server.askEvidence(questionOf(point, part), evidenceMsMax)
      const receivedMs = point.now()
      if (reply.changes.length !== part.length) throw mixedUp(part.length, reply.changes.length)
      replies.push(...reply.changes)
      server = { nowMs: isInstant(reply.now) ? instantToMs(reply.now) : Number.NaN, sentMs, receivedMs }
      await takeBundle(point, reply)
    }
  } catch (cause) {
    if (!(cause instanceof BreakglassError)) throw cause
    return { replies: [], online: false, offlineBecause: plain(cause.message) }
  }
  return { replies, online: true, ...(server !== undefined && { server }) }
}

function questionOf(point: Point, part: readonly Question[]) {
  const { bundleIndex } = readMemory(point.journal)
  const changes = part.map(({ ref, commit, gates }) => ({ ref, change: { commit }, gates: [...gates] }))
  return { changes, bundleIndex }
}

/** A bundle that does not verify changes nothing; the program accepted before stays in force here. */
async function takeBundle(point: Point, { bundle }: EvidenceReply): Promise<void> {
  rememberAsked(point.journal, point.now())
  if (bundle === undefined) return
  const { text, resolved, statement, proof } = bundle
  await acceptBundle(point, { text, resolved, statement, proof })
}

function mixedUp(wanted: number, found: number): BreakglassError {
  return new BreakglassError(
    'server_unavailable',
    `The server answered for ${found} changes where ${wanted} were asked.`,
  )
}

interface Around {
  gate: string
  reply: ChangeReply | undefined
  handed: HandedEvidence
  questions: readonly Question[]
}

function evidenceFor(point: Point, question: Question, { gate, reply, handed, questions }: Around): GateEvidence {
  const given = reply?.gates.find(one => one.gate === gate)
  const here = { gate, ref: question.ref }
  const grants = handed.grants.filter(carried => speaksOf(peekGrant(carried), here, questions))
  const receipts = handed.receipts.filter(jws => speaksOf(peekReceipt(jws), here, questions))
  const held = heldReceipts(point.journal, { gate, commit: question.commit })
  return {
    ...noEvidence,
    receipts: [...new Set([...(given?.receipts ?? []), ...held, ...receipts])],
    grants: [...new Set([...(given?.grants.map(({ carried }) => carried) ?? []), ...grants])],
    waivers: given?.waivers ?? [],
    shown: new Map(
      (given?.grants ?? []).flatMap(({ carried, shown }) =>
        shown ? [[carried, { ...shown, by: plain(shown.by) }] as const] : [],
      ),
    ),
    notes: (given?.notes ?? []).map(plain),
  }
}

interface Peeked {
  gate: string
  ref?: string | undefined
}

/**
 * What was handed over says by itself which gate it is for. It goes to that gate; if it names none that is asked about, it
 * goes to all, so that each says why it does not help.
 */
function speaksOf(
  peeked: Peeked | undefined,
  here: { gate: string; ref: string },
  asked: readonly Question[],
): boolean {
  if (peeked === undefined) return true
  const fits = (one: Asked): boolean => one.gates.includes(peeked.gate) && (peeked.ref ?? one.ref) === one.ref
  if (!asked.some(fits)) return true
  return peeked.gate === here.gate && (peeked.ref ?? here.ref) === here.ref
}

function peekGrant(carried: string): Peeked | undefined {
  const parsed = parseCarried(carried)
  const statement = parsed.ok ? parseStatement(parsed.value.jws) : undefined
  const body = statement?.ok ? parseGrantedBody(statement.value.envelope.body) : undefined
  return body?.ok ? { gate: body.value.scope.gate, ref: body.value.scope.ref } : undefined
}

function peekReceipt(jws: string): Peeked | undefined {
  const statement = parseStatement(jws)
  const body = statement.ok ? parseReceiptBody(statement.value.envelope.body) : undefined
  return body?.ok ? { gate: body.value.gate } : undefined
}

/**
 * Moves the memory by what is genuine, whether or not it opens anything: a grant that is not valid yet because this clock is
 * a day behind is exactly what shows that it is.
 */
function remember(point: Point, evidence: readonly Map<string, GateEvidence>[]): void {
  const gates = evidence.flatMap(byGate => [...byGate.values()])
  const carried = new Set(gates.flatMap(({ grants, waivers, windows }) => [...grants, ...waivers, ...windows]))
  for (const one of carried) rememberLogged(point, one)
  for (const jws of new Set(gates.flatMap(({ receipts }) => [...receipts]))) rememberReceipt(point, jws)
}

/** What the log has signed counts also beside a statement that does not: a forged grant may show a second face. */
export function rememberLogged(point: Point, carried: string): void {
  const parsed = parseCarried(carried)
  if (!parsed.ok) return
  const { trust } = point.home
  const proof = parseTlogProof(parsed.value.proof)
  const checkpoint = proof.ok ? openCheckpoint(proof.value.checkpoint, trust.policy) : undefined
  if (checkpoint?.ok) rememberTree(point, checkpoint.value)
  const verdict = verifyStatement(parsed.value, trust)
  if (verdict.ok) rememberVerifiedTime(point.journal, instantToMs(verdict.value.statement.envelope.at))
}

/** A genuine receipt of this repository is held, so that it serves when the server is away. */
export function rememberReceipt(point: Point, jws: string): void {
  const statement = parseStatement(jws)
  const body = statement.ok ? parseReceiptBody(statement.value.envelope.body) : undefined
  if (!statement.ok || !body?.ok) return
  const atMs = instantToMs(statement.value.envelope.at)
  const { gate, change, expiresAt } = body.value
  const { repository } = point.home.config
  // Asked as of its own time: whether it is genuine does not depend on now.
  const question = { gate, repository: repository.id, commit: change.commit, nowMs: atMs }
  if (!verifyReceipt(jws, point.home.trust, question).ok) return
  rememberVerifiedTime(point.journal, atMs)
  const { sid } = statement.value.envelope
  holdReceipt(point.journal, { sid, gate, commit: change.commit, jws, atMs, expiresAtMs: instantToMs(expiresAt) })
}

/** `passUnavailable` answers in two parts; everything else here is carried as one. */
export function carriedOf({ statement, proof }: { statement: string; proof: string }): string | undefined {
  try {
    return formatCarried({ jws: statement, proof })
  } catch {
    return undefined
  }
}
