import { BreakglassError } from '@breakglass/core/errors'
import { encodeBase64 } from '@breakglass/verify'
import type { z } from 'zod'
import type { contract } from '@breakglass/core/contract'
import type { Edge } from '../../edge/edge.ts'
import type { ReplyOf } from './body-of.ts'

type Asked = z.output<NonNullable<(typeof contract)['consistency']['query']>>

/** Proofs between two sizes never change; this many of them weigh about a megabyte. */
const keptMax = 1024

/**
 * Passes on what the ledger says of two of its trees (docs/formats/point-journal.md "What a point remembers of the ledger").
 * Nothing is judged here: a point believes the server as little as the ledger. Throws `not_found` for another log,
 * `bad_input` for sizes that fall, `ledger_unavailable`.
 */
export function createConsistency({ ledger, log }: Pick<Edge, 'ledger' | 'log'>) {
  const kept = new Map<string, string[]>()

  async function proofOf(from: number, to: number): Promise<string[]> {
    const key = `${from} ${to}`
    const held = kept.get(key)
    if (held !== undefined) return held
    const proof = (await ledger.consistency(from, to)).map(encodeBase64)
    const [oldest] = kept.keys()
    if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest)
    kept.set(key, proof)
    return proof
  }

  return async ({ origin, from, to }: Asked): Promise<ReplyOf<'consistency'>> => {
    if (origin !== log.origin) {
      throw new BreakglassError('not_found', `This server's log is ${log.origin}; of another one it can prove nothing.`)
    }
    if (to !== undefined) {
      if (from > to) throw new BreakglassError('bad_input', `Expected from to be at most to, found ${from} and ${to}.`)
      return { from, to, proof: await proofOf(from, to) }
    }
    const { size, checkpoint } = await ledger.head()
    return { from, to: size, proof: from > size ? [] : await proofOf(from, size), checkpoint }
  }
}
