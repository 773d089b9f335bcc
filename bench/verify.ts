import { parseTrustPolicy, signerFromSeed, verifyEd25519, verifyGrant } from '@breakglass/verify'
import {
  grantedMs,
  grantOf,
  logged,
  logSigner,
  question,
  seedOf,
  trustOf,
  witnesses,
} from '../packages/verify/src/testing/world.ts'
import { type Line, sample } from './measure.ts'

/** Issuer, log and two witnesses: what no verification of this grant can leave out. */
const signaturesInside = 4
const bareLine = `limit: its ${signaturesInside} bare Ed25519 checks`

/** One grant, offline, with two witnesses: everything an enforcement point does before it opens, but for its journal. */
export async function benchVerify(): Promise<Line[]> {
  const policyText = [
    `log ${logSigner.vkey}`,
    ...witnesses.slice(0, 2).map(({ vkey }, at) => `witness w${at + 1} ${vkey}`),
    'group both 2 w1 w2',
    'quorum both',
    '',
  ].join('\n')
  if (!parseTrustPolicy(policyText).ok) throw new Error('expected a policy of two witnesses')
  const trust = trustOf(policyText)
  const cosigners = witnesses.slice(0, 2).map(cosigner => ({ cosigner, timeSeconds: grantedMs / 1000 + 1 }))
  const grant = logged(grantOf(), { cosigners })
  const verdict = verifyGrant(grant, trust, question)
  if (!verdict.ok) throw new Error(`expected a sound grant: ${JSON.stringify(verdict.faults)}`)
  return [
    {
      what: 'verify: one grant, two witnesses',
      samples: await sample(500, () => verifyGrant(grant, trust, question), 100),
      barMs: 1,
      beside: bareLine,
    },
    { what: bareLine, samples: await bareSignatures() },
  ]
}

function bareSignatures(): Promise<number[]> {
  const signer = signerFromSeed(seedOf(9))
  const bytes = new Uint8Array(900).fill(7)
  const signature = signer.sign(bytes)
  return sample(
    500,
    () => {
      for (let at = 0; at < signaturesInside; at++) {
        if (!verifyEd25519(signer.publicKey, bytes, signature)) throw new Error('expected a sound signature')
      }
    },
    100,
  )
}
