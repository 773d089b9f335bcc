import { type Decision, decide, type Facts, type Way, wayInto } from '@breakglass/core/decide'
import { invariant } from '@breakglass/core/errors'
import type { Act } from '../../edge/edge.ts'
import { decisionFacts } from '../../facts/decision-facts.ts'
import { type ProgramInForce, requireProgram } from '../../facts/program.ts'
import { keepData } from '../../texts/data-document.ts'
import type { DocumentReference } from '../../texts/document.ts'
import { authorsOfRow, type GrantRow, requestOf } from './grant-row.ts'

export interface DecidedAgain {
  program: ProgramInForce
  decision: Decision
  facts: Facts
  /** How the gate may be broken; absent where the program in force no longer lets anybody. */
  way: Way | undefined
  reasons: DocumentReference
  roster: DocumentReference
}

/**
 * Decides a waiting request with fresh facts and the program in force now: what changed since it was made counts. `over`:
 * the wait has ended; `approver`: who would be the second person.
 */
export async function decideAgain(
  run: Act,
  row: GrantRow,
  given: { clockSkewMs: number; over: boolean; approver?: string },
): Promise<DecidedAgain> {
  const { tx, atMs } = run
  const program = await requireProgram(tx)
  const { gates } = program.published.program
  const gate = Object.hasOwn(gates, row.gate) ? gates[row.gate] : undefined
  const way = gate && wayInto(gate)
  // A program that allows less by now lowers what was asked under the one before; it does not refuse it.
  const ttlSeconds = Math.min(row.ttl_seconds, way?.ttlSeconds ?? row.ttl_seconds)
  const request = { ...(await requestOf(tx, row)), ttlSeconds }
  invariant(row.waiting_since_at !== null, `${row.id} is waiting since an instant`)
  const facts = await decisionFacts(tx, {
    program,
    request,
    actor: row.actor,
    authors: authorsOfRow(row),
    nowMs: atMs,
    clockSkewMs: given.clockSkewMs,
    waiting: {
      sinceMs: row.waiting_since_at,
      approvals: given.approver === undefined ? [] : [{ person: given.approver, atMs }],
      over: given.over,
    },
    grant: row.id,
  })
  const decision = decide(program.published, request, facts)
  return {
    program,
    decision,
    facts,
    way,
    reasons: await keepData(run, decision.reasons),
    roster: await keepData(run, facts.roster),
  }
}
