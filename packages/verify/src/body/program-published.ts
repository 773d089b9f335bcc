import type { Json } from '../canonical-json.ts'
import type { Commit, Digest } from '../digest.ts'
import type { Parsed } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { commit, digest, id, instant, integer, list, object, oneOf, type Shape, text } from '../shape.ts'
import { type DocumentRef, documentRef, parseBody, type RepositoryId, refName, repositoryId } from './parts.ts'

/** docs/formats/program-bundle.md "Body of `program.published`". */
export interface ProgramPublishedBody {
  approvers: string[]
  class: 'first' | 'narrowing' | 'widening' | 'neutral'
  diff: DocumentRef
  effectiveAt: Instant
  /** Digest of the program before. */
  previous?: Digest
  program: DocumentRef
  publisher: string
  resolved: DocumentRef
  source?: { commit: Commit; path: string; ref: string; repository: RepositoryId }
  /** 1, 2, 3 …: the statement's `seq`. */
  version: number
}

const approversMax = 32

const programPublishedBody: Shape<ProgramPublishedBody> = object(
  {
    approvers: list(id('p'), { max: approversMax }),
    class: oneOf('first', 'narrowing', 'widening', 'neutral'),
    diff: documentRef,
    effectiveAt: instant,
    program: documentRef,
    publisher: id('p'),
    resolved: documentRef,
    version: integer(1),
  },
  { previous: digest, source: object({ commit, path: text(1024), ref: refName, repository: repositoryId }) },
)

/** Codes: `bad_body`, `unknown_member`. */
export function parseProgramPublishedBody(body: Json): Parsed<ProgramPublishedBody> {
  return parseBody(body, 'body', programPublishedBody)
}
