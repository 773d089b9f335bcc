import { invariant } from '../errors.ts'
import type { RepositoryIdValue } from '../program/names.ts'

/**
 * What makes two questions the same use. Spending inserts (grant, use key): asking again with the same key gets the
 * same answer, another key is another use.
 */
export type Use =
  /** `old` is absent where the ref is created. */
  | { kind: 'push'; repository: RepositoryIdValue; ref: string; old?: string; new: string }
  /** `run` is the id of the run without the attempt: attempts are one use. */
  | { kind: 'ci'; repository: RepositoryIdValue; gate: string; commit: string; run: string }
  | { kind: 'deployment'; repository: RepositoryIdValue; deployment: string }
  | { kind: 'check_run'; repository: RepositoryIdValue; gate: string; head: string; base: string }
  /** The canonical operation's digest is all there is to an operation. */
  | { kind: 'operation'; operation: string }

export const useKeyLengthMax = 1000

/**
 * The canonical text of a use: RFC 8785 JSON. Members are written in sorted order here and every value is a string, for
 * which `JSON.stringify` is what the RFC prescribes.
 */
export function useKeyOf(use: Use): string {
  const key = JSON.stringify(sorted(use))
  invariant(key.length <= useKeyLengthMax, `a use key of ${key.length} characters, more than ${useKeyLengthMax}`)
  return key
}

function sorted(use: Use): Record<string, unknown> {
  switch (use.kind) {
    case 'push': {
      const { kind, new: tip, old, ref, repository } = use
      return { kind, new: tip, ...(old !== undefined && { old }), ref, repository: sortedRepository(repository) }
    }
    case 'ci': {
      const { commit, gate, kind, repository, run } = use
      return { commit, gate, kind, repository: sortedRepository(repository), run }
    }
    case 'deployment': {
      const { deployment, kind, repository } = use
      return { deployment, kind, repository: sortedRepository(repository) }
    }
    case 'check_run': {
      const { base, gate, head, kind, repository } = use
      return { base, gate, head, kind, repository: sortedRepository(repository) }
    }
    case 'operation': {
      const { kind, operation } = use
      return { kind, operation }
    }
  }
}

const sortedRepository = ({ forge, host, id }: RepositoryIdValue) => ({ forge, host, id })
