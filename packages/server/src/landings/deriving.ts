import type { Act } from '../edge/edge.ts'
import { repositoryByKey, type RepositoryRow } from '../facts/repositories.ts'
import { markCells, markSince } from './dirty-cells.ts'
import { type ProgramAt, programsOf } from './program-at.ts'
import { pushersOf } from './pushers.ts'

/** One turn of making landings: what every landing of it asks for, read once, and what it changes, marked once. */
export interface Deriving extends Act {
  repository: RepositoryRow
  programAt: ProgramAt
  /** Persons by the pseudonym of an account of theirs; read when it is first asked for. */
  pushers: () => Promise<ReadonlyMap<string, string>>
  /** Dates of gates that are to be counted anew. */
  cells: { gate: string; day: string }[]
  /** Incidents that a gate's uses name now, or named before. */
  incidents: { gate: string; incident: string }[]
}

export async function beginDeriving(run: Act, repositoryKey: string): Promise<Deriving> {
  const repository = await repositoryByKey(run.tx, repositoryKey)
  let read: Promise<ReadonlyMap<string, string>> | undefined
  const pushers = () => (read ??= pushersOf(run))
  return { ...run, repository, programAt: await programsOf(run.tx), pushers, cells: [], incidents: [] }
}

/** In the same transaction: a crash leaves either both or nothing. */
export async function markChanged(deriving: Deriving): Promise<void> {
  await markCells(deriving, deriving.cells)
  for (const { gate, incident } of deriving.incidents) await markSince(deriving, gate, incident)
}
