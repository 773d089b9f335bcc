import type { WaiverView } from '@breakglass/core/contract'
import { BreakglassError, invariant } from '@breakglass/core/errors'
import { chainOf, type WaiverChain, waiverStanding } from '@breakglass/core/waiver'
import { isDigest, msToInstant } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { repositoryReference } from '../../facts/repositories.ts'
import { chunks } from '../../store/chunks.ts'
import type { Rx } from '../../store/store.ts'
import type { WaiverPlaceTable, WaiverTable } from '../../store/tables/registers.ts'
import { openSealed } from '../../texts/seal.ts'
import { namesOf } from '../../views/people.ts'

export type WaiverRow = Selectable<WaiverTable>
export type PlaceRow = Selectable<WaiverPlaceTable>

const people = z.array(z.string())
export const peopleIn = (json: string): string[] => people.parse(JSON.parse(json))

/** Throws `not_found`. */
export async function waiverById(rx: Rx, id: string): Promise<WaiverRow> {
  const row = await rx.db.selectFrom('waiver').selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw new BreakglassError('not_found', `There is no waiver ${id}; breakglass waiver list shows them.`)
}

export const placesOf = (rx: Rx, id: string): Promise<PlaceRow[]> =>
  rx.db
    .selectFrom('waiver_place')
    .selectAll()
    .where('waiver_id', '=', id)
    .orderBy('repository_key')
    .orderBy('ref')
    .execute()

/** The longest row of waivers that one at these places would stand in; the gate's and the repository's, on whatever ref. */
export async function chainAt(
  rx: Rx,
  { gate, repositories, except }: { gate: string; repositories: readonly string[]; except: string },
  startMs: number,
): Promise<WaiverChain> {
  let longest = chainOf([], startMs)
  for (const repository of new Set(repositories)) {
    const rows = await rx.db
      .selectFrom('waiver')
      .innerJoin('waiver_place', 'waiver_place.waiver_id', 'waiver.id')
      .select(['waiver.id', 'waiver.granted_at', 'waiver.expires_at', 'waiver.ended_at'])
      .distinct()
      .where('waiver.gate', '=', gate)
      .where('waiver.state', 'in', ['live', 'ended'])
      .where('waiver_place.repository_key', '=', repository)
      .where('waiver.id', '!=', except)
      .execute()
    const past = rows.flatMap(({ granted_at, expires_at, ended_at }) =>
      granted_at === null || expires_at === null
        ? []
        : [{ grantedAtMs: granted_at, endedAtMs: Math.min(expires_at, ended_at ?? expires_at) }],
    )
    const chain = chainOf(past, startMs)
    if (chain.renewals > longest.renewals || chain.sinceMs < longest.sinceMs) {
      longest = {
        sinceMs: Math.min(longest.sinceMs, chain.sinceMs),
        renewals: Math.max(longest.renewals, chain.renewals),
      }
    }
  }
  return longest
}

export const standingOf = ({ state, expires_at }: WaiverRow, nowMs: number) =>
  waiverStanding({ state, ...(expires_at !== null && { expiresAtMs: expires_at }) }, nowMs)

/** Waivers as people see them, as of `nowMs`, in the order given. */
export async function waiverViews(rx: Rx, rows: readonly WaiverRow[], nowMs: number): Promise<WaiverView[]> {
  const beside = await lookBeside(rx, rows)
  return rows.map(row => viewOf(row, beside, nowMs))
}

type Beside = Awaited<ReturnType<typeof lookBeside>>

async function lookBeside(rx: Rx, rows: readonly WaiverRow[]) {
  const everybody = rows.flatMap(row => [
    row.requester,
    row.owner,
    ...peopleIn(row.approvers),
    ...peopleIn(row.may_approve),
  ])
  const repositories = await rx.db.selectFrom('repository').selectAll().execute()
  const places = new Map<string, (PlaceRow & { leaf: string | null; ledger_index: number | null })[]>()
  const reviews = new Map<string, string>()
  for (const part of chunks(rows.map(({ id }) => id))) {
    const found = await rx.db
      .selectFrom('waiver_place')
      .leftJoin('statement', 'statement.sid', 'waiver_place.sid')
      .selectAll('waiver_place')
      .select(['statement.leaf', 'statement.ledger_index'])
      .where('waiver_id', 'in', part)
      .orderBy('repository_key')
      .orderBy('ref')
      .execute()
    for (const place of found) places.set(place.waiver_id, [...(places.get(place.waiver_id) ?? []), place])
    const opened = await rx.db
      .selectFrom('review')
      .select(['id', 'subject'])
      .where('of', '=', 'waiver_renewal')
      .where('subject', 'in', part)
      .execute()
    for (const { id, subject } of opened) reviews.set(subject, id)
  }
  return {
    names: await namesOf(rx, everybody),
    texts: await openSealed(
      rx,
      rows.map(({ reason_commit }) => reason_commit),
    ),
    repositories: new Map(repositories.map(row => [row.key, repositoryReference(row)])),
    places,
    reviews,
  }
}

function viewOf(row: WaiverRow, { names, texts, repositories, places, reviews }: Beside, nowMs: number): WaiverView {
  invariant(isDigest(row.program_digest), `${row.id} was asked for under a program`)
  const review = reviews.get(row.id)
  return {
    id: row.id,
    standing: standingOf(row, nowMs),
    gate: row.gate,
    places: (places.get(row.id) ?? []).map(({ repository_key, ref, leaf, ledger_index }) => {
      const repository = repositories.get(repository_key)
      invariant(repository, `${row.id} is of repositories that are there`)
      const isLogged = leaf !== null && isDigest(leaf) && ledger_index !== null
      return { repository, ref, ...(isLogged && { ledger: { index: ledger_index, leaf } }) }
    }),
    requester: names(row.requester),
    owner: names(row.owner),
    reason: texts.get(row.reason_commit) ?? null,
    seconds: row.seconds,
    requestedAt: msToInstant(row.requested_at),
    ...(row.granted_at !== null && { grantedAt: msToInstant(row.granted_at) }),
    ...(row.expires_at !== null && { expiresAt: msToInstant(row.expires_at) }),
    ...(row.ended_at !== null && { endedAt: msToInstant(row.ended_at) }),
    since: msToInstant(row.since_at),
    renewals: row.renewals,
    approvers: peopleIn(row.approvers).map(names),
    approvalsNeeded: row.approvals_needed,
    mayApprove: peopleIn(row.may_approve).map(names),
    program: row.program_digest,
    ...(review !== undefined && { review }),
  }
}
