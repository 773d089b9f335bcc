import { type Verdict, pass } from './fault.ts'
import { judgeLogged, type Logged, soundOf } from './judge.ts'
import type { VerifiedCheckpoint } from './open-checkpoint.ts'
import type { Statement } from './statement.ts'
import type { Trust } from './trust.ts'

/** A statement of a pinned issuer that is in a pinned ledger. Made only by `verifyStatement`. */
export interface VerifiedStatement {
  statement: Statement
  index: number
  checkpoint: VerifiedCheckpoint
}

/**
 * Who said it, and that it was logged; what it means is by kind, and an unknown kind is sound but not understood. All
 * faults are reported. Codes: those of `parseStatement`, `parseTlogProof` and `openCheckpoint`, `wrong_organization`,
 * `unknown_issuer`, `issuer_not_allowed`, `bad_signature`, `not_logged`, `not_included`, `issuer_out_of_range`.
 */
export function verifyStatement(logged: Logged, trust: Trust): Verdict<VerifiedStatement> {
  const judged = judgeLogged(logged, trust)
  const sound = soundOf(judged)
  if (sound === undefined) return { ok: false, faults: judged.faults }
  return pass({ statement: sound.statement, index: sound.index, checkpoint: sound.checkpoint })
}
