import type { GrantView, ReasonShape } from '@breakglass/core/contract'
import { reason } from '@breakglass/core/contract'
import { type RefusalCode, refusalCodes } from '@breakglass/core/decide'
import { isShutOverdue } from '@breakglass/core/grant'
import { isDigest, msToInstant } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import {
  approversOf,
  changeOf,
  type GrantRow,
  incidentOf,
  keepsOf,
  mayApproveOf,
  toldOf,
} from '../commands/glass/grant-row.ts'
import { timesOf } from '../commands/glass/end-grant.ts'
import { type RepositoryRow, repositoryReference } from '../facts/repositories.ts'
import type { ReviewTable } from '../store/tables/reviews.ts'
import type { Rx } from '../store/store.ts'
import { chunks } from '../store/chunks.ts'
import { openSealed } from '../texts/seal.ts'
import { type Names, namesOf } from './people.ts'

/** Everything that a page of grants shows beyond their own rows, each looked up once. */
interface Beside {
  names: Names
  texts: Map<string, string | null>
  repositories: Map<string, RepositoryRow>
  points: Map<string, string>
  reviews: Map<string, Selectable<ReviewTable>>
  places: Map<string, { index: number; leaf: `sha256:${string}` }>
  reasons: Map<string, ReasonShape>
  lastUses: Map<string, number>
}

/** Grants as people see them, as of `nowMs`, in the order given. */
export async function grantViews(rx: Rx, rows: readonly GrantRow[], nowMs: number): Promise<GrantView[]> {
  const beside = await lookBeside(rx, rows)
  return rows.map(row => grantView(row, beside, nowMs))
}

export async function oneGrantView(rx: Rx, row: GrantRow, nowMs: number): Promise<GrantView> {
  const beside = await lookBeside(rx, [row])
  return grantView(row, beside, nowMs)
}

function grantView(row: GrantRow, beside: Beside, nowMs: number): GrantView {
  const { names, repositories, points, places, reviews } = beside
  const repository = repositories.get(row.repository_key)
  const reasons = beside.reasons.get(row.reasons_digest)
  if (!repository || !reasons) throw new Error(`invariant: ${row.id} refers to rows that are there`)
  const ledger = row.granted_sid === null ? undefined : places.get(row.granted_sid)
  const review = reviews.get(row.id)
  const incident = incidentOf(row)
  return {
    id: row.id,
    request: row.request_id,
    state: row.state,
    gate: row.gate,
    boundary: row.boundary,
    repository: repositoryReference(repository),
    ...(row.ref !== null && { ref: row.ref }),
    change: changeOf(row),
    at: { id: row.at_point, name: points.get(row.at_point) ?? row.at_point },
    mode: row.mode,
    actor: names(row.actor),
    approvers: approversOf(row).map(names),
    secondPerson: row.second_person,
    ...(row.state === 'waiting' && row.waits_until_at !== null && { waitsUntil: msToInstant(row.waits_until_at) }),
    mayApprove: mayApproveOf(row).map(names),
    justification: beside.texts.get(row.justification_commit) ?? null,
    ...(incident && { incident }),
    requestedAt: msToInstant(row.requested_at),
    ...(row.granted_at !== null && { grantedAt: msToInstant(row.granted_at) }),
    ...(row.expires_at !== null && { expiresAt: msToInstant(row.expires_at) }),
    uses: row.uses,
    used: row.used,
    ...(row.shut_at !== null && { shutAt: msToInstant(row.shut_at) }),
    ...(row.shut_confirmed_by !== null && {
      shutConfirmedBy: points.get(row.shut_confirmed_by) ?? row.shut_confirmed_by,
    }),
    shutOverdue: isShutOverdue(timesOf(row, beside.lastUses.get(row.id)), nowMs),
    ...refusalOf(row),
    keeps: keepsOf(row),
    program: row.program_digest,
    ...(ledger && { ledger }),
    ...(review && { review: reviewOf(review) }),
    told: toldOf(row).map(names),
    reasons,
  }
}

function refusalOf({ refusal_code, refusal_remedy }: GrantRow): Pick<GrantView, 'refusal'> {
  const code = refusalCodes.find((candidate): candidate is RefusalCode => candidate === refusal_code)
  return code ? { refusal: { code, remedy: refusal_remedy ?? '' } } : {}
}

const reviewOf = (review: Selectable<ReviewTable>): NonNullable<GrantView['review']> => ({
  id: review.id,
  ...(review.due_at !== null && { dueAt: msToInstant(review.due_at) }),
  provisional: review.provisional === 1,
})

async function lookBeside(rx: Rx, rows: readonly GrantRow[]): Promise<Beside> {
  const people = rows.flatMap(row => [row.actor, ...approversOf(row), ...mayApproveOf(row), ...toldOf(row)])
  const repositories = await rx.db.selectFrom('repository').selectAll().execute()
  const points = await rx.db.selectFrom('point').select(['id', 'name']).execute()
  const reviews = await inParts(rows, part =>
    rx.db
      .selectFrom('review')
      .selectAll()
      .where(
        'grant_id',
        'in',
        part.map(row => row.id),
      )
      .where('of', 'in', ['use', 'unused_grant'])
      .execute(),
  )
  return {
    names: await namesOf(rx, people),
    texts: await openSealed(
      rx,
      rows.map(row => row.justification_commit),
    ),
    repositories: new Map(repositories.map(row => [row.key, row])),
    points: new Map(points.map(({ id, name }) => [id, name])),
    reviews: new Map(reviews.map(row => [row.grant_id ?? '', row])),
    places: await placesOf(rx, rows),
    reasons: await reasonsOf(rx, rows),
    lastUses: await lastUsesOf(rx, rows),
  }
}

async function placesOf(rx: Rx, rows: readonly GrantRow[]): Promise<Beside['places']> {
  const found = await inParts(rows, part =>
    rx.db
      .selectFrom('statement')
      .select(['sid', 'leaf', 'ledger_index'])
      .where(
        'sid',
        'in',
        part.map(row => row.granted_sid ?? ''),
      )
      .execute(),
  )
  const places: Beside['places'] = new Map()
  for (const { sid, leaf, ledger_index } of found) {
    if (ledger_index !== null && isDigest(leaf)) places.set(sid, { index: ledger_index, leaf })
  }
  return places
}

async function reasonsOf(rx: Rx, rows: readonly GrantRow[]): Promise<Beside['reasons']> {
  const found = await inParts(rows, part =>
    rx.db
      .selectFrom('document')
      .select(['digest', 'text'])
      .where(
        'digest',
        'in',
        part.map(row => row.reasons_digest),
      )
      .execute(),
  )
  return new Map(found.map(({ digest, text }) => [digest, reason.parse(JSON.parse(text))]))
}

async function lastUsesOf(rx: Rx, rows: readonly GrantRow[]): Promise<Beside['lastUses']> {
  const found = await inParts(rows, part =>
    rx.db
      .selectFrom('glass_use')
      .select(['grant_id', eb => eb.fn.max<number>('at').as('at')])
      .where(
        'grant_id',
        'in',
        part.map(row => row.id),
      )
      .groupBy('grant_id')
      .execute(),
  )
  return new Map(found.map(({ grant_id, at }) => [grant_id, at]))
}

async function inParts<Row, Found>(rows: readonly Row[], look: (part: Row[]) => Promise<Found[]>): Promise<Found[]> {
  const found: Found[] = []
  for (const part of chunks(rows)) found.push(...(await look(part)))
  return found
}
