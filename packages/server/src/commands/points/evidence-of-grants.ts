import { changeWords } from '@breakglass/core/decide'
import { formatCarried, msToInstant } from '@breakglass/verify'
import type { PointRow } from '../../facts/point.ts'
import type { Rx } from '../../store/store.ts'
import { chunks } from '../../store/chunks.ts'
import { changeOf, type GrantRow } from '../glass/grant-row.ts'
import { namesOf } from '../../views/people.ts'
import type { ReplyOf } from './body-of.ts'

type Carried = ReplyOf<'askEvidence'>['changes'][number]['gates'][number]['grants'][number]

/** A grant of the repository, with where its statement stands and how its point is called. */
export interface GrantBeside {
  row: GrantRow
  logged: { jws: string; proof: string } | undefined
  pointName: string
  /** Where what was opened is shown to people. */
  shown?: { by: string; review?: string }
}

/** What one gate of one change is asked for. */
export interface GrantPlace {
  gate: string
  changeKey: string
  ref: string | undefined
  point: string
  nowMs: number
}

/** Requests older than this are history, not a reason why somebody stands before a closed gate. */
const rememberedMs = 86_400_000
const notesMax = 5

/** Grants of these changes, and live ones of the same gates for other changes: somebody may have asked for the wrong one. */
export async function grantsBeside(
  rx: Rx,
  point: PointRow,
  { keys, gates, nowMs }: { keys: readonly string[]; gates: readonly string[]; nowMs: number },
): Promise<GrantBeside[]> {
  const rows = new Map<string, GrantRow>()
  const glass = () => rx.db.selectFrom('glass').selectAll().where('repository_key', '=', point.repository_key)
  for (const part of chunks(keys)) {
    const since = nowMs - rememberedMs
    const found = await glass()
      .where('change_key', 'in', part)
      .where('requested_at', '>', since)
      .orderBy('requested_at', 'desc')
      .execute()
    for (const row of found) rows.set(row.id, row)
  }
  const live = await glass().where('state', '=', 'live').where('expires_at', '>', nowMs).execute()
  for (const row of live) if (gates.includes(row.gate)) rows.set(row.id, row)
  const logged = await loggedOf(rx, [...rows.values()])
  const points = await rx.db.selectFrom('point').select(['id', 'name']).execute()
  const names = new Map(points.map(({ id, name }) => [id, name]))
  const shown =
    point.kind === 'github' ? await shownOf(rx, [...rows.values()]) : new Map<string, GrantBeside['shown']>()
  return [...rows.values()].map(row => ({
    row,
    ...withShown(shown.get(row.id)),
    logged: logged.get(row.granted_sid ?? ''),
    pointName: names.get(row.at_point) ?? row.at_point,
  }))
}

const withShown = (shown: GrantBeside['shown']): Pick<GrantBeside, 'shown'> => (shown === undefined ? {} : { shown })

async function shownOf(rx: Rx, rows: readonly GrantRow[]): Promise<Map<string, GrantBeside['shown']>> {
  const names = await namesOf(
    rx,
    rows.map(({ actor }) => actor),
  )
  const reviews = new Map<string, string>()
  for (const part of chunks(rows.map(({ id }) => id))) {
    const found = await rx.db.selectFrom('review').select(['id', 'grant_id']).where('grant_id', 'in', part).execute()
    for (const { id, grant_id } of found) if (grant_id !== null) reviews.set(grant_id, id)
  }
  return new Map(
    rows.map(({ id, actor }) => {
      const review = reviews.get(id)
      return [id, { by: names(actor).name, ...(review !== undefined && { review }) }]
    }),
  )
}

async function loggedOf(rx: Rx, rows: readonly GrantRow[]): Promise<Map<string, { jws: string; proof: string }>> {
  const logged = new Map<string, { jws: string; proof: string }>()
  const sids = rows.flatMap(({ granted_sid }) => (granted_sid === null ? [] : [granted_sid]))
  for (const part of chunks(sids)) {
    const found = await rx.db.selectFrom('statement').select(['sid', 'jws', 'proof']).where('sid', 'in', part).execute()
    for (const { sid, jws, proof } of found) if (proof !== null) logged.set(sid, { jws, proof })
  }
  return logged
}

/**
 * Live grants for exactly this. Where there is none, one that is used up but whose time is not over: the landing it was
 * spent for may ask again after a crash, and only that landing will get it.
 */
export function grantsFor(grants: readonly GrantBeside[], place: GrantPlace): Carried[] {
  const here = grants.filter(({ row }) => isHere(row, place) && isWithinTime(row, place.nowMs))
  const live = here.filter(({ row }) => row.state === 'live')
  const usedUp = here.filter(({ row }) => isUsedUp(row))
  return (live.length > 0 ? live : usedUp).flatMap(({ row, logged, shown }) =>
    logged === undefined
      ? []
      : [{ id: row.id, mode: row.mode, carried: formatCarried(logged), ...(shown && { shown }) }],
  )
}

function isHere(row: GrantRow, { gate, changeKey, ref, point }: GrantPlace): boolean {
  return row.gate === gate && row.change_key === changeKey && row.at_point === point && row.ref === (ref ?? null)
}

const isWithinTime = ({ expires_at }: GrantRow, nowMs: number): boolean => expires_at !== null && nowMs < expires_at

const isUsedUp = ({ state, revoked_at, used, uses }: GrantRow): boolean =>
  revoked_at === null && used === uses && (state === 'exhausted' || state === 'shut')

/** Why what exists does not open this, for the person who stands before the gate. No names, no reasons people wrote. */
export function notesOn(grants: readonly GrantBeside[], place: GrantPlace): string[] {
  const ofGate = grants
    .filter(({ row }) => row.gate === place.gate)
    .sort((a, b) => b.row.requested_at - a.row.requested_at)
  const ofChange = ofGate.flatMap(beside => noteOnSame(beside, place) ?? [])
  // What is open for another change only helps somebody who has nothing for this one.
  const notes = ofChange.length > 0 ? ofChange : ofGate.flatMap(beside => noteOnOther(beside, place) ?? [])
  return notes.slice(0, notesMax)
}

function noteOnSame({ row, pointName }: GrantBeside, place: GrantPlace): string | undefined {
  const { id } = row
  if (row.change_key !== place.changeKey) return undefined
  if (row.at_point !== place.point) return `the grant ${id} is for another enforcement point: ${pointName}`
  if (row.ref !== (place.ref ?? null)) return `the grant ${id} is for another ref: ${row.ref ?? 'none'}`
  return stateNote(row, place.nowMs)
}

function noteOnOther({ row }: GrantBeside, place: GrantPlace): string | undefined {
  if (row.change_key === place.changeKey || row.at_point !== place.point) return undefined
  return `the grant ${row.id} is for another change: ${changeWords(changeOf(row))}`
}

function stateNote(row: GrantRow, nowMs: number): string | undefined {
  const { id, state, used, uses } = row
  const atMs = row.expires_at
  const end = atMs === null ? '' : ` at ${msToInstant(atMs)}`
  if (row.revoked_at !== null) return `the grant ${id} was revoked at ${msToInstant(row.revoked_at)}`
  switch (state) {
    case 'requested':
      return `the request ${id} is being decided`
    case 'waiting':
      return row.waits_until_at === null
        ? `the request ${id} waits for a second person`
        : `the request ${id} waits for a second person, at most until ${msToInstant(row.waits_until_at)}`
    case 'granted':
      return `the grant ${id} waits for the ledger; it opens nothing before its proof is there`
    case 'void':
      return `the grant ${id} is void: the ledger did not confirm it in time, and nothing was opened; ask again`
    case 'declined':
    case 'withdrawn':
      return `the request ${id} was ${state}`
    case 'refused':
      return `the request ${id} was refused${row.refusal_code === null ? '' : ` (${row.refusal_code})`}${row.refusal_remedy === null ? '' : `: ${row.refusal_remedy}`}`
    case 'live':
      return atMs !== null && nowMs < atMs ? undefined : `the grant ${id} expired${end}`
    case 'revoked':
    case 'expired':
    case 'exhausted':
    case 'shut':
      return used === uses ? `the grant ${id} has been used (${used} of ${uses})` : `the grant ${id} expired${end}`
  }
}
