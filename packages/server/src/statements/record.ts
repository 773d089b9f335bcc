import { BreakglassError, invariant } from '@breakglass/core/errors'
import { idPrefixes } from '@breakglass/core/ids'
import { type StatementBody, type StatementKind, statementBodies, statementSubjects } from '@breakglass/core/statement'
import {
  type Digest,
  type Envelope,
  formatStatement,
  isDigest,
  type Json,
  leafHash,
  msToInstant,
  type Parsed,
  parseGrantedBody,
  parsePassedUnavailableBody,
  parseProgramPublishedBody,
  parseWaiverGrantedBody,
  type Signer,
} from '@breakglass/verify'
import type { Tx } from '../store/store.ts'

/** Who signs, and for which organisation. The key lives in the signer; nothing here can read it. */
export interface Issuer {
  /** The organisation's id, `o_…`: the trust domain of every statement. */
  organization: string
  signer: Signer & { publicKey: Uint8Array }
}

export interface NewStatement<K extends StatementKind> {
  kind: K
  /** `s_…`, drawn by the caller before the transaction, so that a retried one says the same. */
  sid: string
  subject: string
  body: StatementBody<K>
  atMs: number
}

export interface RecordedStatement {
  sid: string
  subject: string
  seq: number
  leaf: Digest
  jws: string
}

/**
 * Signs a statement inside the transaction that makes it true, and leaves it in the outbox. `seq` and `prev` continue the
 * subject's chain; the unique index on (subject, seq) lets only one of two continue it (docs/formats/statement.md).
 *
 * A body that its schema refuses is a defect of ours, not of the input: what is signed is for good.
 */
export async function recordStatement<K extends StatementKind>(
  tx: Tx,
  issuer: Issuer,
  statement: NewStatement<K>,
): Promise<RecordedStatement> {
  const { kind, sid, subject, body, atMs } = statement
  invariant(isSubjectOf(kind, subject), `${kind} is not said of ${subject}`)
  checkBody(kind, body as unknown as Json) // a body is JSON by its schema; its type says so member by member
  const last = await lastOf(tx, subject)
  const envelope: Envelope = {
    v: 1,
    kind,
    sid,
    at: msToInstant(atMs),
    subject,
    seq: (last?.seq ?? 0) + 1,
    ...(last && { prev: last.leaf }),
    body: body as unknown as Envelope['body'],
  }
  const jws = formatStatement(envelope, { log: issuer.organization, signer: issuer.signer })
  const leaf = leafHash(jws)
  // The outbox sends in this order: a clock that went back must not let a later statement overtake.
  const createdMs = Math.max(atMs, last?.createdMs ?? atMs)
  await insert(tx, envelope, { jws, leaf, atMs, createdMs })
  tx.signal('outbox')
  return { sid, subject, seq: envelope.seq, leaf, jws }
}

function isSubjectOf(kind: StatementKind, subject: string): boolean {
  return statementSubjects[kind].some(of => subject.startsWith(`${idPrefixes[of]}_`))
}

/** Bodies that open a gate are read by the very parser that a stranger will use. */
const openingParsers: Partial<Record<StatementKind, (body: Json) => Parsed<unknown>>> = {
  'glass.granted': parseGrantedBody,
  'program.published': parseProgramPublishedBody,
  'gate.passed_unavailable': parsePassedUnavailableBody,
  'waiver.granted': parseWaiverGrantedBody,
}

function checkBody(kind: StatementKind, body: Json): void {
  const parse = openingParsers[kind]
  if (parse !== undefined) {
    const parsed = parse(body)
    invariant(
      parsed.ok,
      `the body of ${kind}: ${parsed.ok ? '' : parsed.faults.map(fault => `${fault.at} ${fault.code}`).join(', ')}`,
    )
    return
  }
  const schemas: Partial<Record<StatementKind, (typeof statementBodies)[keyof typeof statementBodies]>> =
    statementBodies
  const schema = schemas[kind]
  invariant(schema, `${kind} has a schema`)
  const parsed = schema.safeParse(body)
  invariant(
    parsed.success,
    `the body of ${kind}: ${parsed.success ? '' : parsed.error.issues.map(issue => `${issue.path.join('.')} ${issue.message}`).join(', ')}`,
  )
}

async function lastOf(tx: Tx, subject: string): Promise<{ seq: number; leaf: Digest; createdMs: number } | undefined> {
  const row = await tx.db
    .selectFrom('statement')
    .select(['seq', 'leaf', 'created_at'])
    .where('subject', '=', subject)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return undefined
  if (!isDigest(row.leaf)) throw new BreakglassError('internal', `The stored chain of ${subject} is damaged.`)
  return { seq: row.seq, leaf: row.leaf, createdMs: row.created_at }
}

interface Signed {
  jws: string
  leaf: Digest
  atMs: number
  createdMs: number
}

async function insert(tx: Tx, envelope: Envelope, signed: Signed): Promise<void> {
  await tx.db
    .insertInto('statement')
    .values({
      sid: envelope.sid,
      leaf: signed.leaf,
      subject: envelope.subject,
      seq: envelope.seq,
      prev: envelope.prev ?? null,
      kind: envelope.kind,
      at: signed.atMs,
      jws: signed.jws,
      created_at: signed.createdMs,
      ledger_index: null,
      proof: null,
      logged_at: null,
      withheld_at: null,
    })
    .execute()
}
