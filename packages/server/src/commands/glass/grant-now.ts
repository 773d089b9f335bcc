import type { Decision } from '@breakglass/core/decide'
import { logWaitSecondsMax } from '@breakglass/core/grant'
import { invariant } from '@breakglass/core/errors'
import { type Digest, isDigest, msToInstant } from '@breakglass/verify'
import { type Act, say } from '../../edge/edge.ts'
import { verifiersChange } from '../../facts/change.ts'
import type { ProgramInForce } from '../../facts/program.ts'
import { repositoryByKey, repositoryIdOf } from '../../facts/repositories.ts'
import { enqueue } from '../../jobs/queue.ts'
import type { DocumentReference } from '../../texts/document.ts'
import { openReview } from '../reviews/open-review.ts'
import { changeOf, type GrantRow, incidentOf } from './grant-row.ts'

export const voidJob = 'glass.void'
export const expireJob = 'glass.expire'

export interface GrantingFacts {
  program: ProgramInForce
  decision: Extract<Decision, { outcome: 'granted' }>
  reasons: DocumentReference
  roster: DocumentReference
}

/**
 * The edge `grant`: signs `glass.granted`, makes the review, and sets the timers, in one transaction. It opens nothing yet:
 * only the ledger's proof does (docs/decisions/0006). The row is `requested` by now, or waiting.
 */
export async function grantNow(run: Act, row: GrantRow, facts: GrantingFacts): Promise<string> {
  const { tx, atMs } = run
  const { terms } = facts.decision
  const expiresAtMs = atMs + terms.ttlSeconds * 1000
  const incident = incidentOf(row)
  const { sid } = await say(run, 'glass.granted', row.id, {
    actor: row.actor,
    approvers: terms.approvers,
    ...(incident && { incident }),
    justification: { commit: digest(row.justification_commit) },
    reasons: facts.reasons,
    request: row.request_id,
    roster: facts.roster,
    scope: await scopeOf(run, row, { grantedAtMs: atMs, expiresAtMs, uses: terms.uses }),
    secondPerson: terms.secondPerson,
  })
  const { numUpdatedRows } = await tx.db
    .updateTable('glass')
    .set({
      state: 'granted',
      granted_at: atMs,
      expires_at: expiresAtMs,
      granted_sid: sid,
      second_person: terms.secondPerson,
      approvers: JSON.stringify(terms.approvers),
      keeps: JSON.stringify(terms.keeps),
      reasons_digest: facts.reasons.digest,
      roster_digest: facts.roster.digest,
    })
    .where('id', '=', row.id)
    .where('state', 'in', ['requested', 'waiting'])
    .executeTakeFirst()
  invariant(numUpdatedRows === 1n, `${row.id} is granted once`)
  await openReviewOf(run, row, facts, expiresAtMs)
  await enqueue(tx, {
    id: run.newId('job'),
    kind: voidJob,
    key: row.id,
    runAt: atMs + logWaitSecondsMax * 1000,
    attemptsMax: 1000,
  })
  await enqueue(tx, { id: run.newId('job'), kind: expireJob, key: row.id, runAt: expiresAtMs, attemptsMax: 1000 })
  return sid
}

async function openReviewOf(run: Act, row: GrantRow, { program }: GrantingFacts, expiresAtMs: number): Promise<void> {
  const gate = program.published.program.gates[row.gate]
  invariant(gate, 'a granted gate stands in the program')
  await openReview(run, {
    of: 'use',
    subject: row.id,
    grant: row.id,
    gate,
    program: program.published.program,
    actor: row.actor,
    form: 'full',
    incidentVerified: incidentOf(row)?.verified ?? false,
    due: { windowEndsMs: expiresAtMs, shut: false },
  })
}

async function scopeOf(
  { tx }: Act,
  row: GrantRow,
  { grantedAtMs, expiresAtMs, uses }: { grantedAtMs: number; expiresAtMs: number; uses: number },
) {
  const repository = repositoryIdOf(await repositoryByKey(tx, row.repository_key))
  return {
    at: row.at_point,
    boundary: row.boundary,
    change: verifiersChange(changeOf(row)),
    expiresAt: msToInstant(expiresAtMs),
    gate: row.gate,
    grantedAt: msToInstant(grantedAtMs),
    mode: row.mode,
    program: digest(row.program_digest),
    ...(row.ref !== null && { ref: row.ref }),
    repository,
    uses,
  }
}

function digest(text: string): Digest {
  invariant(isDigest(text), `a stored digest is one, not ${text.slice(0, 80)}`)
  return text
}
