import { refusalCodes } from '@breakglass/core/decide'
import type { EvidenceRow } from '@breakglass/core/evidence'
import { statementBodies } from '@breakglass/core/statement'
import { invariant } from '@breakglass/core/errors'
import { msToInstant, type Statement } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import { type LaterResults, laterResults } from '../../facts/later-result.ts'
import { type RepositoryRow, repositoryReference } from '../../facts/repositories.ts'
import type { PointTable } from '../../store/tables/points.ts'
import type { Rx } from '../../store/store.ts'
import { openSealed } from '../../texts/seal.ts'
import { type Names, namesOf } from '../../views/people.ts'
import { approversOf, authorsOfRow, changeOf, type GrantRow, incidentOf, keepsOf, toldOf } from '../glass/grant-row.ts'
import { type Chains, chainsOf, placesOf, statementsOf } from './chains.ts'
import { type ReviewsOfRows, reviewsOf } from './evidence-reviews.ts'
import { gatesOfFinding, type Happened } from './period.ts'

export interface EvidenceRows {
  rows: EvidenceRow[]
  /** Every subject of a row with all that was said of it. */
  chains: Chains
}

/** The rows of what happened, each with its record, its review and where all of it is logged. */
export async function evidenceRows(rx: Rx, happened: readonly Happened[], nowMs: number): Promise<EvidenceRows> {
  const beside = await lookBeside(rx, happened, nowMs)
  return { rows: happened.map(one => rowOf(one, beside)), chains: beside.chains }
}

interface Beside {
  names: Names
  reviews: ReviewsOfRows
  repositories: Map<string, RepositoryRow>
  points: Map<string, Selectable<PointTable>>
  texts: Map<string, string | null>
  later: LaterResults
  chains: Chains
  /** `glass.used` by its sid. */
  used: Map<string, Statement>
}

async function lookBeside(rx: Rx, happened: readonly Happened[], nowMs: number): Promise<Beside> {
  const grants = happened.flatMap(one => (one.record === 'finding' ? [] : [one.grant]))
  const repositories = await rx.db.selectFrom('repository').selectAll().execute()
  const points = await rx.db.selectFrom('point').selectAll().execute()
  const reviews = await reviewsOf(rx, happened, nowMs)
  const people = grants.flatMap(grant => [grant.actor, ...approversOf(grant), ...toldOf(grant), ...authorsIn(grant)])
  return {
    names: await namesOf(rx, [...people, ...reviews.people]),
    reviews,
    repositories: new Map(repositories.map(row => [row.key, row])),
    points: new Map(points.map(row => [row.id, row])),
    texts: await openSealed(
      rx,
      grants.map(grant => grant.justification_commit),
    ),
    later: await laterResults(rx, grants),
    used: await statementsOf(
      rx,
      happened.flatMap(one => (one.record === 'use' ? [one.use.sid] : [])),
    ),
    chains: await chainsOf(
      rx,
      happened.flatMap(one => subjectsOf(one, reviews)),
    ),
  }
}

/** Whatever a row's record stands on: the grant or finding, its incident, its review, and what follows from that. */
function subjectsOf(one: Happened, reviews: ReviewsOfRows): string[] {
  const of = one.record === 'finding' ? one.finding.id : one.grant.id
  const incident = one.record === 'finding' ? undefined : incidentOf(one.grant)?.id
  return [of, ...(incident === undefined ? [] : [incident]), ...reviews.subjectsOf(of)]
}

function rowOf(one: Happened, beside: Beside): EvidenceRow {
  return one.record === 'finding' ? findingRow(one, beside) : grantRow(one, beside)
}

const authorsIn = (grant: GrantRow): string[] => {
  const authors = authorsOfRow(grant)
  return authors === 'unknown' ? [] : authors
}

function grantRow(one: Exclude<Happened, { record: 'finding' }>, beside: Beside): EvidenceRow {
  const { grant, record } = one
  const { names } = beside
  const incident = incidentOf(grant)
  const code = refusalCodes.find(candidate => candidate === grant.refusal_code)
  const review = beside.reviews.viewOf(grant.id, names)
  // A gate that the program does not know has neither class nor boundary; the columns only hold the place.
  const isKnownGate = code !== 'unknown_gate'
  return {
    id: grant.id,
    record,
    grant: grant.id,
    request: grant.request_id,
    actor: names(grant.actor),
    approvers: approversOf(grant).map(names),
    ...(grant.second_person !== 'awaited' && record !== 'refused' && { secondPerson: grant.second_person }),
    ...(authorsOfRow(grant) !== 'unknown' && { authors: authorsIn(grant).map(names) }),
    gate: grant.gate,
    ...(isKnownGate && { gateClass: grant.class, boundary: grant.boundary }),
    repository: repositoryOf(grant.repository_key, beside),
    ...(grant.ref !== null && { ref: grant.ref }),
    change: changeOf(grant),
    ...pointOf(grant, beside),
    mode: grant.mode,
    program: grant.program_digest,
    reasons: grant.reasons_digest,
    ...(grant.roster_digest !== null && { roster: grant.roster_digest }),
    ...(code && { refusalCode: code }),
    ...timesOf(grant),
    ...(grant.shut_confirmed_by !== null && {
      shutConfirmedBy: beside.points.get(grant.shut_confirmed_by)?.name ?? grant.shut_confirmed_by,
    }),
    uses: grant.uses,
    justification: sealedText(grant.justification_commit, beside),
    ...(incident && { incident }),
    keeps: keepsOf(grant).map(gate => ({ gate })),
    told: toldOf(grant).map(names),
    ...(review && { review }),
    laterResult: 'unknown',
    statements: placesOf(beside.chains, subjectsOf(one, beside.reviews)),
    ...(one.record === 'use' && useMembers(one, beside)),
  }
}

const timesOf = (grant: GrantRow) => ({
  requestedAt: msToInstant(grant.requested_at),
  ...(grant.granted_at !== null && { grantedAt: msToInstant(grant.granted_at) }),
  ...(grant.expires_at !== null && { expiresAt: msToInstant(grant.expires_at) }),
  ...(grant.revoked_at !== null && { revokedAt: msToInstant(grant.revoked_at) }),
  ...(grant.shut_at !== null && { shutAt: msToInstant(grant.shut_at) }),
})

/** What belongs to one use alone, as its own statement says. */
function useMembers({ grant, use }: Extract<Happened, { record: 'use' }>, beside: Beside): Partial<EvidenceRow> {
  const said = beside.used.get(use.sid)
  invariant(said, `the use of ${grant.id} has its statement`)
  const body = statementBodies['glass.used'].parse(said.envelope.body)
  const stood = new Map<string, string>(body.kept.map(({ gate, stood }) => [gate, stood]))
  const keeps = [...new Set([...keepsOf(grant), ...stood.keys()])]
  return {
    id: `${grant.id}/${body.use}`,
    usedAt: msToInstant(use.at),
    use: body.use,
    reportedLate: use.late === 1,
    ...(body.landedAs !== undefined && { landedAs: body.landedAs }),
    ...(use.old !== null && { old: use.old }),
    ...(use.new !== null && { new: use.new }),
    ...(use.run !== null && { run: use.run }),
    keeps: keeps.map(gate => {
      const how = stood.get(gate)
      return { gate, ...(how !== undefined && { stood: how }) }
    }),
    laterResult: beside.later(grant, use.at)?.result ?? 'unknown',
  }
}

function sealedText(commit: string, { texts }: Beside): EvidenceRow['justification'] {
  const text = texts.get(commit) ?? null
  return text === null ? { state: 'erased' } : { state: 'present', text }
}

function repositoryOf(key: string, { repositories }: Beside): EvidenceRow['repository'] {
  const row = repositories.get(key)
  invariant(row, `the repository ${key} is registered`)
  return repositoryReference(row)
}

/** A point that a request only named, and that nobody registered, is left out. */
function pointOf({ at_point }: GrantRow, { points }: Beside): Pick<EvidenceRow, 'at'> {
  const point = points.get(at_point)
  return point ? { at: { id: point.id, name: point.name, enforcement: point.enforcement } } : {}
}

function findingRow(one: Extract<Happened, { record: 'finding' }>, beside: Beside): EvidenceRow {
  const { finding } = one
  const { names, reviews } = beside
  const review = reviews.viewOf(finding.id, names)
  const actor = reviews.actorOf(finding.id)
  const gate = reviews.gateOf(finding.id) ?? gatesOfFinding(finding)[0]
  return {
    id: finding.id,
    record: 'finding',
    finding: finding.id,
    ...(finding.grant_id !== null && { grant: finding.grant_id }),
    ...(actor !== undefined && { actor: names(actor) }),
    approvers: [],
    ...(gate !== undefined && { gate }),
    repository: repositoryOf(finding.repository_key, beside),
    ref: finding.ref,
    ...(finding.old !== null && { old: finding.old }),
    ...(finding.new !== null && { new: finding.new }),
    ...(finding.program_digest !== null && { program: finding.program_digest }),
    detectedAt: msToInstant(finding.detected_at),
    whileOff: finding.while_off === 1,
    keeps: [],
    told: [],
    ...(review && { review }),
    laterResult: 'unknown',
    statements: placesOf(beside.chains, subjectsOf(one, reviews)),
  }
}
