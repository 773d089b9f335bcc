import { writeFileSync } from 'node:fs'
import {
  commitmentOf,
  encodeBase64url,
  formatCarried,
  formatPrivateNoteKey,
  formatProgramBundle,
  formatStatement,
  formatTrust,
  leafHash,
} from '../packages/verify/src/index.ts'
import {
  allWitnesses,
  envelopeOf,
  grantedMs,
  grantOf,
  idOf,
  issuer,
  jsonOf,
  justification,
  logOf,
  neighbours,
  organization,
  origin,
  pointKey,
  programBody,
  programResolved,
  programText,
  question,
  receiptBody,
  seedOf,
  statementOf,
  trustOf,
  witnessedPolicyText,
  witnesses,
} from '../packages/verify/src/testing/world.ts'
import { proofCases, quorumCases, tileCases } from './make-formats.ts'

/**
 * Known-answer vectors of our own formats, from fixed seeds: `node vectors/make.ts` writes them to `vectors/made/`, and
 * a test makes them again and compares every byte. A change in them is a change of a format.
 */
export function makeVectors(): Map<string, string> {
  const grant = grantOf()
  const program = statementOf({ kind: 'program.published', subject: idOf('pg', 1), body: jsonOf(programBody) })
  const entries = [program, ...neighbours.slice(0, 6), grant, ...neighbours.slice(6)]
  const log = logOf(entries, { cosigners: allWitnesses(grantedMs / 1000 + 2) })
  const [programLogged] = log.logged
  const grantLogged = log.logged[7]
  if (programLogged === undefined || grantLogged === undefined) throw new TypeError('expected thirteen entries')
  const bundle = { text: programText, resolved: programResolved, statement: program, proof: programLogged.proof }
  return new Map([
    ['keys.json', json(keys())],
    ['trust.json', formatTrust(trustOf(witnessedPolicyText))],
    ['checkpoint.txt', log.note],
    ['grant.jws', grant],
    ['grant.tlog-proof', grantLogged.proof],
    ['grant.carried', formatCarried(grantLogged)],
    ['grant.json', json({ leaf: leafHash(grant), index: 7, question })],
    ['bundle.json', formatProgramBundle(bundle)],
    ['receipt.jws', receipt()],
    ['report.jws', report()],
    ['export.json', json(exported([programLogged, grantLogged]))],
    ['tlog-proof.json', json(proofCases(grantLogged.proof))],
    ['tlog-policy.json', json(quorumCases())],
    ['tiles.json', json(tileCases())],
  ])
}

/** Seeds of keys that sign nothing but these vectors and tests. */
function keys(): object {
  return {
    issuer: { seed: encodeBase64url(seedOf(1)), publicKey: encodeBase64url(issuer.publicKey), kid: issuer.kid },
    point: { seed: encodeBase64url(seedOf(2)), publicKey: encodeBase64url(pointKey.publicKey), kid: pointKey.kid },
    log: formatPrivateNoteKey(origin, seedOf(4)),
    witnesses: witnesses.map(({ vkey }, index) => ({ seed: encodeBase64url(seedOf(index + 5)), vkey })),
  }
}

function receipt(): string {
  const parts = { kind: 'gate.receipt', sid: idOf('s', 2), subject: idOf('rc', 1), body: jsonOf(receiptBody) }
  return statementOf(parts, { typ: 'breakglass-receipt+jws' })
}

function report(): string {
  const body = { grant: idOf('g', 1), useKey: 'push' }
  const envelope = envelopeOf({ kind: 'point.used', sid: idOf('ev', 1), subject: idOf('pt', 1), body })
  return formatStatement(envelope, { log: organization, signer: pointKey, typ: 'breakglass-report+jws' })
}

function exported(logged: { jws: string; proof: string }[]): object {
  const { salt, text } = justification
  return {
    v: 1,
    format: 'breakglass-export',
    organization,
    entries: logged.map(({ jws, proof }) => ({ statement: jws, proof })),
    texts: [{ commit: commitmentOf(salt, text).commit, salt: encodeBase64url(salt), text }],
    documents: [{ digest: programBody.program.digest, text: programText }],
  }
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

if (import.meta.main) {
  const folder = new URL('made/', import.meta.url)
  for (const [name, text] of makeVectors()) writeFileSync(new URL(name, folder), text)
}
