import type { contract, GrantView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { encodeBase64, parseCarried, parseCheckpoint, parseNote, parseTlogProof } from '@breakglass/verify'
import type { z } from 'zod'
import type { Edge } from '../../edge/edge.ts'
import { grantProof } from '../glass/read-glass.ts'
import type { ReplyOf } from './body-of.ts'

type Asked = z.output<NonNullable<(typeof contract)['consistency']['query']>>

/** Proofs between two sizes never change; this many of them weigh about a megabyte. */
const keptMax = 1024

export interface Consistency {
  /**
   * Passes on what the ledger says of two of its trees (docs/formats/point-journal.md "What a point remembers of the ledger").
   * Nothing is judged here: a point believes the server as little as the ledger. Throws `not_found` for another log,
   * `bad_input` for sizes that fall, `ledger_unavailable`.
   */
  prove(point: string, asked: Asked): Promise<ReplyOf<'consistency'>>
  /** Fetches what the points of these grants will ask for, so that a live grant opens also when the ledger has gone. */
  foresee(grants: readonly ForeseenGrant[]): Promise<void>
}

type ForeseenGrant = Pick<GrantView, 'id' | 'state' | 'at'>

export function createConsistency(edge: Pick<Edge, 'ledger' | 'log' | 'store'>): Consistency {
  const { ledger, log } = edge
  const kept = new Map<string, string[]>()
  /** The largest tree of each point, as far as its questions tell; one that is wrong costs a proof nobody asks for. */
  const largest = new Map<string, number>()

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

  async function answer({ from, to }: Asked): Promise<ReplyOf<'consistency'>> {
    if (to !== undefined) return { from, to, proof: await proofOf(from, to) }
    const { size, checkpoint } = await ledger.head()
    return { from, to: size, proof: from > size ? [] : await proofOf(from, size), checkpoint }
  }

  return {
    async prove(point, asked) {
      const { origin, from, to = from } = asked
      if (origin !== log.origin) {
        throw new BreakglassError(
          'not_found',
          `This server's log is ${log.origin}; it can prove nothing of another one.`,
        )
      }
      if (from > to) throw new BreakglassError('bad_input', `Expected from to be at most to, found ${from} and ${to}.`)
      const reply = await answer(asked)
      if (from <= reply.to) largest.set(point, Math.max(largest.get(point) ?? 0, reply.to))
      return reply
    },
    async foresee(grants) {
      for (const { id, state, at } of grants) {
        const known = largest.get(at.id)
        if (state !== 'live' || known === undefined) continue
        const size = treeSizeOf((await grantProof(edge, id)).carried)
        if (size !== undefined) await proofOf(Math.min(known, size), Math.max(known, size))
      }
    },
  }
}

function treeSizeOf(carried: string): number | undefined {
  const logged = parseCarried(carried)
  const proof = logged.ok ? parseTlogProof(logged.value.proof) : undefined
  const note = proof?.ok ? parseNote(proof.value.checkpoint) : undefined
  const checkpoint = note?.ok ? parseCheckpoint(note.value.text) : undefined
  return checkpoint?.ok ? checkpoint.value.size : undefined
}
