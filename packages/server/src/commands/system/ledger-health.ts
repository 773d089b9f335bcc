import { BreakglassError } from '@breakglass/core/errors'
import type { Edge } from '../../edge/edge.ts'
import type { Rx } from '../../store/store.ts'

export interface LedgerHealth {
  reachable: boolean
  origin: string
  size?: number
  /** Statements that are signed and not in the ledger yet. */
  pending: number
}

/**
 * Whether the ledger answers now and took what was last sent. A ledger that does not answer is what is asked here, so it is
 * an answer and no failure.
 */
export async function ledgerHealth(edge: Edge): Promise<LedgerHealth> {
  const size = await sizeOf(edge)
  const pending = await edge.store.read(pendingCount)
  return {
    reachable: size !== undefined && edge.outbox.state().reachable,
    origin: edge.log.origin,
    ...(size !== undefined && { size }),
    pending,
  }
}

async function sizeOf({ ledger }: Edge): Promise<number | undefined> {
  try {
    return (await ledger.head()).size
  } catch (error) {
    if (error instanceof BreakglassError && error.code === 'ledger_unavailable') return undefined
    throw error
  }
}

async function pendingCount(rx: Rx): Promise<number> {
  const { count } = await rx.db
    .selectFrom('statement')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('ledger_index', 'is', null)
    .where('withheld_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}
