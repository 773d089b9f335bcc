import type { GrantedBody } from '../body/granted.ts'
import type { ProgramPublishedBody } from '../body/program-published.ts'
import type { ReceiptBody } from '../body/receipt.ts'
import type { Scope } from '../body/scope.ts'
import { encodeUtf8 } from '../bytes.ts'
import type { Json, JsonObject } from '../canonical-json.ts'
import { formatCheckpoint } from '../checkpoint.ts'
import { type Cosigner, cosignerFromSeed } from '../cosignature.ts'
import { commitmentOf, digestOf } from '../digest.ts'
import { type Signer, signerFromSeed } from '../ed25519.ts'
import { instantToMs } from '../instant.ts'
import type { Logged } from '../judge.ts'
import { formatPrivateNoteKey, type NoteSigner, parsePrivateNoteKey, signNote } from '../note-signer.ts'
import { parseTrustPolicy } from '../policy.ts'
import { formatTlogProof } from '../proof.ts'
import { type Envelope, formatStatement, type StatementType } from '../statement.ts'
import { inclusionProof, rootOf } from '../tree.ts'
import { hashLeaf } from '../tree-hash.ts'
import type { Trust } from '../trust.ts'
import type { GrantQuestion } from '../verify-grant.ts'

/** A small organisation with fixed keys, for tests and known-answer vectors. Nothing here is secret, or used elsewhere. */
export function seedOf(n: number): Uint8Array {
  return new Uint8Array(32).fill(n)
}

export function idOf(prefix: string, n: number): string {
  return `${prefix}_${String(n).padStart(26, '0')}`
}

export const organization = idOf('o', 1)
export const issuer = signerFromSeed(seedOf(1))
export const pointKey = signerFromSeed(seedOf(2))
export const stranger = signerFromSeed(seedOf(3))
export const origin = 'ledger.acme.example/breakglass'
export const logSigner = noteSigner(origin, seedOf(4))
export const witnesses = [5, 6, 7].map(n => cosignerFromSeed(`witness${n - 4}.example`, seedOf(n)))
export const repository = { forge: 'git', host: 'git.acme.example', id: idOf('r', 1) }
export const grantedAt = '2026-11-23T03:00:00.000Z'
export const grantedMs = instantToMs(grantedAt)
export const program = digestOf('the program')

export function noteSigner(name: string, seed: Uint8Array): NoteSigner {
  const parsed = parsePrivateNoteKey(formatPrivateNoteKey(name, seed))
  if (!parsed.ok) throw new TypeError('expected a key just made to be read')
  return parsed.value
}

export const plainPolicyText = `log ${logSigner.vkey}\nquorum none\n`
export const witnessedPolicyText = [
  `log ${logSigner.vkey}`,
  ...witnesses.map(({ vkey }, index) => `witness w${index + 1} ${vkey}`),
  'group two-of-three 2 w1 w2 w3',
  'quorum two-of-three',
  '',
].join('\n')

export function trustOf(policyText: string = plainPolicyText): Trust {
  const policy = parseTrustPolicy(policyText)
  if (!policy.ok) throw new TypeError(JSON.stringify(policy.faults))
  return {
    organization,
    policy: policy.value,
    policyText,
    issuers: [{ kid: issuer.kid, key: issuer.publicKey, kinds: ['*'], ranges: [{ origin, fromIndex: 0 }] }],
    points: [{ id: idOf('pt', 1), kid: pointKey.kid, key: pointKey.publicKey, ranges: [{ origin, fromIndex: 0 }] }],
  }
}

export const scope: Scope = {
  at: idOf('pt', 1),
  boundary: 'merge',
  change: { commit: `sha1:${'ab'.repeat(20)}` },
  expiresAt: '2026-11-23T03:30:00.000Z',
  gate: 'payments/integration-tests',
  grantedAt,
  mode: 'online',
  program,
  ref: 'refs/heads/main',
  repository,
  uses: 1,
}

export const justification = { salt: new Uint8Array(16).fill(9), text: 'Card payments fail; the fix is one line.' }

export const grantedBody: GrantedBody = {
  actor: idOf('p', 1),
  approvers: [idOf('p', 2)],
  incident: { id: idOf('in', 1), severity: 'SEV2', verified: true },
  justification: commitmentOf(justification.salt, justification.text),
  reasons: { digest: digestOf('reasons'), length: 7 },
  request: idOf('rq', 1),
  roster: { digest: digestOf('roster'), length: 6 },
  scope,
  secondPerson: 'approved',
}

export const question: GrantQuestion = {
  at: scope.at,
  boundary: 'merge',
  gate: scope.gate,
  repository,
  ref: 'refs/heads/main',
  change: scope.change,
  nowMs: grantedMs + 60_000,
}

export const receiptBody: ReceiptBody = {
  change: { commit: `sha1:${'ab'.repeat(20)}` },
  expiresAt: '2026-11-30T03:00:00.000Z',
  gate: scope.gate,
  program,
  reporter: idOf('tk', 1),
  repository,
  result: 'pass',
  run: '4711',
}

export const programText = 'organization: acme\ngates: {}\n'
export const programResolved = '{"gates":{},"organization":"acme"}'

export const programBody: ProgramPublishedBody = {
  approvers: [],
  class: 'first',
  diff: { digest: digestOf(''), length: 0 },
  effectiveAt: grantedAt,
  program: { digest: digestOf(programText), length: programText.length },
  publisher: idOf('p', 1),
  resolved: { digest: digestOf(programResolved), length: programResolved.length },
  version: 1,
}

/** A typed body as what it is on the wire: each body is JSON by its members, which an interface cannot tell the compiler. */
export function jsonOf(body: object): JsonObject {
  return JSON.parse(JSON.stringify(body))
}

export function envelopeOf(parts: Partial<Envelope> & { kind: string; body: JsonObject }): Envelope {
  return { v: 1, sid: idOf('s', 1), at: grantedAt, subject: idOf('g', 1), seq: 1, ...parts }
}

export function statementOf(
  parts: Partial<Envelope> & { kind: string; body: JsonObject },
  opts: { signer?: Signer; log?: string; typ?: StatementType } = {},
): string {
  const { signer = issuer, log = organization, typ = 'breakglass+jws' } = opts
  return formatStatement(envelopeOf(parts), { log, signer, typ })
}

export function grantOf(change: { scope?: Partial<Scope>; body?: Record<string, Json | undefined> } = {}): string {
  const body = { ...grantedBody, scope: { ...scope, ...change.scope }, ...change.body }
  return statementOf({ kind: 'glass.granted', body: jsonOf(body) })
}

/** Other people's entries around ours. */
export const neighbours: readonly string[] = Array.from({ length: 11 }, (_, index) => {
  return statementOf({
    kind: 'glass.requested',
    sid: idOf('s', 100 + index),
    subject: idOf('rq', 100 + index),
    body: { number: index },
  })
})

export interface LogOptions {
  signer?: NoteSigner
  /** The checkpoint's first line, when it should not be the signer's name. */
  origin?: string
  cosigners?: readonly { cosigner: Cosigner; timeSeconds: number }[]
}

/** A log of these entries under one checkpoint, with a proof for each. */
export function logOf(
  entries: readonly string[],
  opts: LogOptions = {},
): { note: string; logged: Logged[]; root: Uint8Array } {
  const { signer = logSigner, cosigners = [] } = opts
  const leaves = entries.map(entry => hashLeaf(encodeUtf8(entry)))
  const read = (level: number, index: number): Uint8Array =>
    rootOf(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
  const root = rootOf(leaves)
  const text = formatCheckpoint({ origin: opts.origin ?? signer.name, size: entries.length, root })
  const note =
    signNote(text, signer) + cosigners.map(({ cosigner, timeSeconds }) => cosigner.cosign(text, timeSeconds)).join('')
  const logged = entries.map((jws, index) => {
    return {
      jws,
      proof: formatTlogProof({ index, path: inclusionProof(index, entries.length, read), checkpoint: note }),
    }
  })
  return { note, logged, root }
}

/** Index 7 of 12. */
export function logged(jws: string, opts: LogOptions = {}): Logged {
  const found = logOf([...neighbours.slice(0, 7), jws, ...neighbours.slice(7)], opts).logged[7]
  if (found === undefined) throw new TypeError('expected twelve entries')
  return found
}

export function allWitnesses(timeSeconds: number): { cosigner: Cosigner; timeSeconds: number }[] {
  return witnesses.map(cosigner => ({ cosigner, timeSeconds }))
}
