import { BreakglassError } from '@breakglass/core/errors'
import type { MaySign, ReviewFacts, Signer } from '@breakglass/core/review'
import { statementBodies } from '@breakglass/core/statement'
import type { Rx } from '../../store/store.ts'
import { readStatement } from '../evidence/chains.ts'
import { approversOf, authorsOfRow, type GrantRow, grantById } from '../glass/grant-row.ts'
import { type ReviewRow, type SaidInReviews, saidIn } from './review-row.ts'

/** A review with everything that the rules on answering and signing look at. */
export interface KnownReview {
  row: ReviewRow
  facts: ReviewFacts
  said: SaidInReviews
  grant?: GrantRow
}

export async function knownReview(rx: Rx, row: ReviewRow): Promise<KnownReview> {
  const said = await saidIn(rx, [row.id])
  const grant = await grantOf(rx, row)
  const actor = row.actor ?? grant?.actor
  const explainedBy = actor === undefined ? await whoExplained(rx, row) : []
  const facts = {
    state: row.state,
    ...(actor !== undefined && { actor }),
    answeredBy: [...new Set([...said.answers.map(({ by }) => by), ...explainedBy])],
    approvers: grant ? approversOf(grant) : [],
    authors: grant ? authorsOfRow(grant) : ('unknown' as const),
    // No forge tells yet who carried a deployment out.
    deployers: [],
    signedBy: said.signOffs.map(({ by }) => by),
  }
  return { row, said, ...(grant && { grant }), facts }
}

/** Where nobody is known as the actor, whoever explained the finding or told of the bypass has answered for it, and does not sign. */
async function whoExplained(rx: Rx, { subject }: ReviewRow): Promise<string[]> {
  const said = await rx.db
    .selectFrom('statement')
    .select(['kind', 'jws'])
    .where('subject', '=', subject)
    .where('kind', 'in', ['finding.resolved', 'disclosure.made'])
    .execute()
  return said.map(({ kind, jws }) => {
    const body = kind === 'disclosure.made' ? statementBodies['disclosure.made'] : statementBodies['finding.resolved']
    return body.parse(readStatement(jws).envelope.body).by
  })
}

/** The grant a review is about: its own, or the one that a finding names. */
async function grantOf(rx: Rx, row: ReviewRow): Promise<GrantRow | undefined> {
  if (row.grant_id !== null) return grantById(rx, row.grant_id)
  const finding = await rx.db.selectFrom('finding').select('grant_id').where('id', '=', row.subject).executeTakeFirst()
  return finding?.grant_id ? grantById(rx, finding.grant_id) : undefined
}

/** Who this person is at this moment, by the rows and not by an older token. */
export async function signerOf(rx: Rx, person: string): Promise<Signer> {
  const row = await rx.db.selectFrom('person').select(['kind', 'state']).where('id', '=', person).executeTakeFirst()
  if (row?.state !== 'active') throw new BreakglassError('not_allowed', 'Only somebody active may do this.')
  const roles = await rx.db.selectFrom('person_role').select('role').where('person_id', '=', person).execute()
  return { person, kind: row.kind, roles: roles.map(({ role }) => role) }
}

/** An answer of no becomes a failure, because the caller asked for an effect. */
export function demand(review: string, may: MaySign | { ok: false; code: 'not_the_actor'; words: string }): void {
  if (may.ok) return
  const code = may.code === 'wrong_state' || may.code === 'admin_may_not' ? may.code : 'refused'
  throw new BreakglassError(code, { message: `${review}: ${may.words}.`, data: { code: may.code } })
}
