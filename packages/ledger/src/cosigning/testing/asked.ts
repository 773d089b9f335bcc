import { createServer, type RequestListener } from 'node:http'
import { type Cosigner, cosignerFromSeed, parseTrustPolicy, type TrustPolicy } from '@breakglass/verify'
import { onTestFinished } from 'vitest'
import { startMs } from '../../testing/temporary-ledger.ts'
import { originHash } from '../../witness/heads.ts'
import { type ForkedLog, forkedLog } from '../../witness/testing/forked-log.ts'
import { newWitness, open, serve } from '../../witness/testing/temporary-witness.ts'
import type { Witness, WitnessOptions } from '../../witness/witness.ts'
import { type AskOptions, askWitnesses, type Cosigned, type Witnesses } from '../witnesses.ts'

export const log = forkedLog()
export const origin = log.signer.name
export const checkpointPath = `/${originHash(origin)}/checkpoint`

interface Member {
  vkey: string
  url?: string
}

interface Real extends Member {
  url: string
  dir: string
  witness: Witness
}

export async function realWitness(name: string, options: Partial<WitnessOptions> = {}): Promise<Real> {
  const { dir, vkey } = await newWitness([log.signer.vkey], name)
  const witness = open(dir, options)
  return { dir, vkey, witness, url: await serve(witness) }
}

/** A server that answers as it likes, with a witness's key at hand. */
export async function liar(
  seed: number,
  listener: (cosigner: Cosigner) => RequestListener,
): Promise<Member & { url: string }> {
  const cosigner = cosignerFromSeed(`liar.example/${seed}`, new Uint8Array(32).fill(seed))
  const server = createServer(listener(cosigner))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise<void>(resolve => server.close(() => resolve()))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return { vkey: cosigner.vkey, url: `http://127.0.0.1:${address.port}` }
}

function policyOf(members: readonly Member[], needed: number | 'none'): TrustPolicy {
  const lines = members.map(
    ({ vkey, url }, index) => `witness w${index + 1} ${vkey}${url === undefined ? '' : ` ${url}`}\n`,
  )
  const group = `group enough ${needed === 'none' ? 'any' : needed} ${members.map((_, index) => `w${index + 1}`).join(' ')}\n`
  const quorum = needed === 'none' ? 'none' : 'enough'
  const policy = parseTrustPolicy(`log ${log.signer.vkey}\n${lines.join('')}${group}quorum ${quorum}\n`)
  if (!policy.ok) throw new Error(JSON.stringify(policy.faults))
  return policy.value
}

export function asking(members: readonly Member[], needed: number | 'none', options: Partial<AskOptions> = {}) {
  const policy = policyOf(members, needed)
  const witnesses = askWitnesses({ policy, origin, now: () => startMs, log: () => undefined, ...options })
  onTestFinished(() => witnesses.close())
  return { policy, witnesses }
}

export const cosign = (witnesses: Witnesses, size: number, told: ForkedLog = log): Promise<Cosigned> =>
  witnesses.cosign({ size, note: told.checkpoint(size) }, from => told.proof(from, size))

export const codes = ({ faults }: Cosigned): string[] => faults.map(({ witness, code }) => `${witness} ${code}`)
