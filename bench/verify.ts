import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import {
  decodeBase64url,
  encodeBase64url,
  encodeUtf8,
  type Logged,
  parseNote,
  parseTlogProof,
  signerFromSeed,
  verifyGrant,
} from '@breakglass/verify'
import { cosignedMessage } from '../packages/verify/src/cosignature.ts'
import {
  grantedMs,
  grantOf,
  issuer,
  logged,
  logSigner,
  question,
  seedOf,
  trustOf,
  witnesses,
} from '../packages/verify/src/testing/world.ts'
import { type Line, sampleByTurns } from './measure.ts'

const bareLine = 'limit: its bare Ed25519 checks'
const two = witnesses.slice(0, 2)
const cosignedAtSeconds = grantedMs / 1000 + 1

/** One grant, offline, with two witnesses: everything an enforcement point does before it opens, but for its journal. */
export async function benchVerify(): Promise<Line[]> {
  const trust = trustOf(
    [
      `log ${logSigner.vkey}`,
      ...two.map(({ vkey }, at) => `witness w${at + 1} ${vkey}`),
      'group both 2 w1 w2',
      'quorum both',
      '',
    ].join('\n'),
  )
  const cosigners = two.map(cosigner => ({ cosigner, timeSeconds: cosignedAtSeconds }))
  const grant = logged(grantOf(), { cosigners })
  const checks = signaturesIn(grant)
  const [whole, bare] = await sampleByTurns(
    1000,
    () => {
      const verdict = verifyGrant(grant, trust, question)
      if (!verdict.ok) throw new Error(`expected a sound grant: ${JSON.stringify(verdict.faults)}`)
    },
    () => {
      for (const { bytes, key, signature } of checks) {
        if (!verify(null, bytes, key, signature)) throw new Error('expected a sound signature')
      }
    },
    200,
  )
  return [
    { what: 'verify: one grant, two witnesses', samples: whole, barMs: 1, beside: bareLine, barTimes: 2 },
    { what: bareLine, samples: bare },
  ]
}

interface Check {
  bytes: Uint8Array
  key: KeyObject
  signature: Uint8Array
}

/** Issuer, log and two witnesses, over the very bytes they signed: what no verification of this grant can leave out. */
function signaturesIn({ jws, proof }: Logged): Check[] {
  const at = jws.lastIndexOf('.')
  const statement = decodeBase64url(jws.slice(at + 1))
  const parsed = parseTlogProof(proof)
  const note = parsed.ok ? parseNote(parsed.value.checkpoint) : parsed
  if (!note.ok || statement === undefined) throw new Error('expected the grant just made to be read')
  const { text, signatures } = note.value
  // A cosignature has its time before the signature itself.
  const [log, ...cosigned] = signatures.map(({ signature }) => signature.subarray(-64))
  if (log === undefined || cosigned.length !== two.length) throw new Error('expected a log and two witnesses')
  return [
    { bytes: encodeUtf8(jws.slice(0, at)), key: keyOf(issuer.publicKey), signature: statement },
    { bytes: encodeUtf8(text), key: keyOfSeed(4), signature: log },
    ...cosigned.map((signature, number) => {
      return { bytes: cosignedMessage(text, cosignedAtSeconds), key: keyOfSeed(5 + number), signature }
    }),
  ]
}

/** The seeds that the world of the tests gives its log (4) and its witnesses (from 5 on). */
const keyOfSeed = (n: number) => keyOf(signerFromSeed(seedOf(n)).publicKey)

const keyOf = (publicKey: Uint8Array) =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(publicKey) }, format: 'jwk' })
