import type { Facts, GrantRequest } from '@breakglass/core/decide'
import { accountOf } from '@breakglass/core/account'
import type { Rx } from '../store/store.ts'
import { changeKey } from './change.ts'
import { incidentFact } from './incident.ts'
import { pointFact } from './point.ts'
import type { ProgramInForce } from './program.ts'
import { repositoryKey } from './repositories.ts'
import { resultsOf } from './results.ts'
import { mayNotApprove, rosterOf } from './roster.ts'

export interface FactsQuestion {
  program: ProgramInForce
  request: GrantRequest
  /** The person who asks, `p_…`. */
  actor: string
  authors: Facts['authors']
  nowMs: number
  clockSkewMs: number
  waiting?: Facts['waiting']
  /** The grant that is decided on: it is no duplicate of itself. */
  grant?: string
}

/** Everything a decision looks at, as one snapshot inside the caller's transaction. */
export async function decisionFacts(rx: Rx, question: FactsQuestion): Promise<Facts> {
  const { program, request, actor, authors, nowMs, clockSkewMs, waiting, grant } = question
  const key = { repositoryKey: repositoryKey(request.repository), changeKey: changeKey(request.change) }
  return {
    nowMs,
    actor: await actorFact(rx, actor),
    roster: await rosterOf(rx, program, nowMs),
    incident: await incidentFact(rx, request.incident, actor),
    authors,
    results: await resultsOf(rx, key),
    point: await pointFact(rx, request.at),
    mayNotApprove: await mayNotApprove(rx),
    ...(waiting && { waiting }),
    same: await sameGrants(rx, { ...key, gate: request.gate, at: request.at }, grant),
    clockSkewMs,
  }
}

async function actorFact(rx: Rx, person: string): Promise<Facts['actor']> {
  const row = await rx.db
    .selectFrom('person')
    .select(['id', 'kind'])
    .where('id', '=', person)
    .where('state', '=', 'active')
    .executeTakeFirst()
  if (!row) return { kind: 'human', roles: [] }
  const roles = await rx.db.selectFrom('person_role').select('role').where('person_id', '=', person).execute()
  return { person: row.id, kind: row.kind, roles: roles.map(({ role }) => role) }
}

interface SameKey {
  repositoryKey: string
  changeKey: string
  gate: string
  at: string
}

async function sameGrants(rx: Rx, key: SameKey, except: string | undefined): Promise<Facts['same']> {
  const rows = await rx.db
    .selectFrom('glass')
    .select(['id', 'actor', 'state'])
    .where('gate', '=', key.gate)
    .where('repository_key', '=', key.repositoryKey)
    .where('change_key', '=', key.changeKey)
    .where('at_point', '=', key.at)
    .where('state', 'in', ['requested', 'waiting', 'granted', 'live'])
    .execute()
  return rows.filter(({ id }) => id !== except).map(({ id, actor, state }) => ({ grant: id, actor, state }))
}

/**
 * The persons behind the addresses that a commit names as its authors. `unknown` where none is named, and where nobody here
 * answers to any of them; an author who is known is kept away from approving even if another is not known.
 */
export async function authorsOf(rx: Rx, emails: readonly string[] | undefined): Promise<Facts['authors']> {
  if (emails === undefined || emails.length === 0) return 'unknown'
  const accounts = emails.map(accountOf)
  const rows = await rx.db
    .selectFrom('account')
    .select(['issuer', 'subject', 'person_id'])
    .where(
      'subject',
      'in',
      accounts.map(({ subject }) => subject),
    )
    .execute()
  const persons = rows
    .filter(row => accounts.some(({ issuer, subject }) => row.issuer === issuer && row.subject === subject))
    .map(row => row.person_id)
  return persons.length > 0 ? [...new Set(persons)].sort() : 'unknown'
}
