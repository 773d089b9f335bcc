import { encodeUtf8 } from './bytes.ts'
import type { Digest } from './digest.ts'
import { verifyEd25519 } from './ed25519.ts'
import { type Fault, fault, type Parsed, refuse, show } from './fault.ts'
import { type ReadCheckpoint, readCheckpoint, type VerifiedCheckpoint, verifyCheckpoint } from './open-checkpoint.ts'
import { parseTlogProof, type TlogProof } from './proof.ts'
import { parseStatement, type Statement, type StatementType, signedPartsOf } from './statement.ts'
import { checkInclusion } from './tree.ts'
import { hashLeaf } from './tree-hash.ts'
import { type Issuer, isInRange, type Trust } from './trust.ts'

/** A statement and the proof that it is in a ledger (a tlog-proof text). */
export interface Logged {
  jws: string
  proof: string
}

/** Everything that could be found out, and every remark. Sound exactly when there is no remark. */
export interface Judged {
  faults: Fault[]
  statement?: Statement
  index?: number
  checkpoint?: VerifiedCheckpoint
}

/** docs/formats/grant.md "How an enforcement point judges a grant", steps 1 to 4. */
export function judgeLogged(logged: Logged, trust: Trust): Judged {
  const signed = judgeSigned(logged.jws, trust, 'breakglass+jws')
  const proof = readProof(logged.proof)
  if (!proof.ok) return { ...partOf(signed), faults: [...signed.faults, ...proof.faults] }
  const checkpoint = verifyCheckpoint(proof.value.checkpoint, trust.policy)
  const faults = [
    ...signed.faults,
    ...(checkpoint.ok ? [] : checkpoint.faults.map(fault => ({ ...fault, at: `proof.${fault.at}` }))),
    ...(signed.statement === undefined ? [] : checkIncluded(signed.statement.jws, proof.value)),
    ...(signed.issuer === undefined ? [] : checkRange(signed.issuer, proof.value)),
  ]
  return {
    ...partOf(signed),
    faults,
    index: proof.value.proof.index,
    ...(checkpoint.ok ? { checkpoint: checkpoint.value } : {}),
  }
}

/** What a signature alone says: who spoke, and whether they may. It opens nothing by itself. */
export function judgeSigned(
  jws: string,
  trust: Trust,
  typ: StatementType,
): { faults: Fault[]; statement?: Statement; issuer?: Issuer } {
  const parsed = parseStatement(jws)
  if (!parsed.ok) return { faults: parsed.faults }
  const statement = parsed.value
  const faults = checkTypeAndLog(statement, typ, trust.organization)
  const issuer = trust.issuers.find(({ kid }) => kid === statement.kid)
  if (issuer === undefined) {
    faults.push(fault('unknown_issuer', 'statement.header.kid', 'an issuer of trust.json', show(statement.kid)))
    return { faults, statement }
  }
  const { kind } = statement.envelope
  if (!issuer.kinds.includes('*') && !issuer.kinds.includes(kind)) {
    faults.push(fault('issuer_not_allowed', 'statement.kind', issuer.kinds.join(', '), show(kind)))
  }
  faults.push(...checkSignature(statement, issuer.key))
  return { faults, statement, issuer }
}

export function checkTypeAndLog(statement: Statement, typ: StatementType, organization: string): Fault[] {
  const faults: Fault[] = []
  if (statement.typ !== typ) faults.push(fault('bad_header', 'statement.header.typ', typ, show(statement.typ)))
  if (statement.log !== organization) {
    faults.push(fault('wrong_organization', 'statement.header.log', organization, show(statement.log)))
  }
  return faults
}

export function checkSignature(statement: Statement, key: Uint8Array): Fault[] {
  const { input, signature } = signedPartsOf(statement)
  if (verifyEd25519(key, input, signature)) return []
  return [fault('bad_signature', 'statement', `a signature by ${statement.kid}`, 'one that does not verify')]
}

/** Of a statement that is sound: what a caller may hold on to. */
export interface Sound {
  statement: Statement
  index: number
  checkpoint: VerifiedCheckpoint
  sid: string
  leaf: Digest
}

export function soundOf(judged: Judged): Sound | undefined {
  const { faults, statement, index, checkpoint } = judged
  if (faults.length > 0 || statement === undefined || index === undefined || checkpoint === undefined) return undefined
  return { statement, index, checkpoint, sid: statement.envelope.sid, leaf: statement.leaf }
}

interface ReadProof {
  proof: TlogProof
  checkpoint: ReadCheckpoint
}

function readProof(text: string): Parsed<ReadProof> {
  if (text === '') return refuse('not_logged', 'proof', 'a proof that the statement is in the ledger', 'nothing')
  const proof = parseTlogProof(text)
  if (!proof.ok) return proof
  const checkpoint = readCheckpoint(proof.value.checkpoint)
  if (checkpoint.ok) return { ok: true, value: { proof: proof.value, checkpoint: checkpoint.value } }
  return { ok: false, faults: checkpoint.faults.map(fault => ({ ...fault, at: `proof.${fault.at}` })) }
}

/** The leaf hash is made from the statement itself, never taken from anything that came with it. */
function checkIncluded(jws: string, { proof, checkpoint }: ReadProof): Fault[] {
  const { size, root } = checkpoint.checkpoint
  if (checkInclusion(proof.index, size, hashLeaf(encodeUtf8(jws)), proof.path, root)) return []
  const expected = `this statement at index ${proof.index} of the tree of ${size}`
  return [fault('not_included', 'proof', expected, 'a path that leads to another root')]
}

function checkRange(issuer: Issuer, { proof, checkpoint }: ReadProof): Fault[] {
  const { origin } = checkpoint.checkpoint
  if (isInRange(issuer.ranges, origin, proof.index)) return []
  const ranges = issuer.ranges.map(({ origin, fromIndex, untilIndex }) => `${origin} ${fromIndex}..${untilIndex ?? ''}`)
  return [fault('issuer_out_of_range', 'proof.index', ranges.join(', '), show(`${origin} ${proof.index}`))]
}

function partOf({ statement }: { statement?: Statement }): { statement?: Statement } {
  return statement === undefined ? {} : { statement }
}
