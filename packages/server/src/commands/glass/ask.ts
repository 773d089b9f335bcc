import type { GlassRequest } from '@breakglass/core/contract'
import { type Decision, decide, type Facts, fullRef, type GrantRequest } from '@breakglass/core/decide'
import type { ResolvedGate } from '@breakglass/core/program'
import { authorsOf, decisionFacts } from '../../facts/decision-facts.ts'
import { onlyPointOf } from '../../facts/point.ts'
import { type ProgramInForce, requireProgram } from '../../facts/program.ts'
import { repositoryIdOf, repositoryNamed, type RepositoryRow } from '../../facts/repositories.ts'
import type { Rx } from '../../store/store.ts'

/** What one gate of a request comes to, with all that was looked at. */
export interface Asked {
  request: GrantRequest
  repository: RepositoryRow
  program: ProgramInForce
  /** Absent where the program knows no gate of this name. */
  gate: ResolvedGate | undefined
  facts: Facts
  decision: Decision
}

export interface Asker {
  person: string
  nowMs: number
  clockSkewMs: number
}

/**
 * Decides each gate that a request names, on one snapshot. `explain` stops here, `open` goes on in the same transaction: so
 * what was explained is what happens, and there is one procedure (invariant I1).
 * Throws `no_program`, `not_found`, `bad_input`.
 */
export async function ask(rx: Rx, asker: Asker, given: GlassRequest): Promise<Asked[]> {
  const program = await requireProgram(rx)
  const repository = await repositoryNamed(rx, given.repository)
  const authors = await authorsOf(rx, given.authors)
  const asked: Asked[] = []
  for (const name of new Set(given.gates)) {
    const { gates } = program.published.program
    const gate = Object.hasOwn(gates, name) ? gates[name] : undefined
    const at = given.at ?? (await onlyPointOf(rx, repository, gate?.boundary ?? 'merge'))
    const request: GrantRequest = {
      gate: name,
      repository: repositoryIdOf(repository),
      ...(given.ref !== undefined && { ref: fullRef(given.ref) }),
      change: given.change,
      at,
      mode: given.mode,
      ...(given.incident !== undefined && { incident: given.incident }),
      ...(given.ttlSeconds !== undefined && { ttlSeconds: given.ttlSeconds }),
      justification: given.justification,
    }
    const { person: actor, nowMs, clockSkewMs } = asker
    const facts = await decisionFacts(rx, { program, request, actor, authors, nowMs, clockSkewMs })
    asked.push({ request, repository, program, gate, facts, decision: decide(program.published, request, facts) })
  }
  return asked
}
