import { msToInstant } from '@breakglass/verify'
import type { Rx } from '../store/store.ts'
import { source } from './keep.ts'

export interface IntakeStatus {
  /** When the newest delivery was taken. */
  lastAt?: string
  unread: number
  /** By event, the most first. */
  events: { event: string; told: number; ignored: number; unknown: number }[]
  /** What was not understood, by name. */
  notUnderstood: { event: string; what: string; n: number }[]
  refused: { reason: string; n: number; lastAt: string }[]
  /** When something may have been missed, the newest first. */
  gaps: { why: 'not_running' | 'busy' | 'not_stored' | 'stopping'; from: string; to: string; refused: number }[]
}

const listMax = 100

/** What came from GitHub and what did not; `undefined` where it never was connected. */
export async function intakeStatus(rx: Rx): Promise<IntakeStatus | undefined> {
  const alive = await rx.db.selectFrom('delivery_alive').select('at').where('source', '=', source).executeTakeFirst()
  if (!alive) return undefined
  const waiting = rx.db.selectFrom('delivery').where('read_at', 'is', null)
  const { unread, newest } = await waiting
    .select(eb => [eb.fn.countAll<number>().as('unread'), eb.fn.max('received_at').as('newest')])
    .executeTakeFirstOrThrow()
  const counts = await rx.db.selectFrom('delivery_count').selectAll().where('source', '=', source).execute()
  const lastAt = Math.max(newest ?? 0, ...counts.map(({ last_at }) => last_at))
  return {
    ...(lastAt > 0 && { lastAt: msToInstant(lastAt) }),
    unread,
    events: eventsOf(counts).slice(0, listMax),
    notUnderstood: counts
      .filter(({ reading }) => reading === 'unknown')
      .sort((a, b) => b.n - a.n || (a.what < b.what ? -1 : 1))
      .slice(0, listMax)
      .map(({ event, what, n }) => ({ event, what, n })),
    refused: await refusals(rx),
    gaps: await gaps(rx),
  }
}

type CountRow = { event: string; reading: 'told' | 'ignored' | 'unknown'; n: number }

function eventsOf(counts: readonly CountRow[]): IntakeStatus['events'] {
  const by = Map.groupBy(counts, ({ event }) => event)
  const sum = (rows: readonly CountRow[], reading: CountRow['reading']) =>
    rows.filter(row => row.reading === reading).reduce((total, { n }) => total + n, 0)
  const total = ({ told, ignored, unknown }: IntakeStatus['events'][number]) => told + ignored + unknown
  return [...by]
    .map(([event, rows]) => ({
      event,
      told: sum(rows, 'told'),
      ignored: sum(rows, 'ignored'),
      unknown: sum(rows, 'unknown'),
    }))
    .sort((a, b) => total(b) - total(a) || (a.event < b.event ? -1 : 1))
}

async function refusals(rx: Rx): Promise<IntakeStatus['refused']> {
  const rows = await rx.db
    .selectFrom('delivery_refused')
    .selectAll()
    .where('source', '=', source)
    .orderBy('reason')
    .execute()
  return rows.map(({ reason, n, last_at }) => ({ reason, n, lastAt: msToInstant(last_at) }))
}

async function gaps(rx: Rx): Promise<IntakeStatus['gaps']> {
  const rows = await rx.db
    .selectFrom('delivery_gap')
    .select(['why', 'from_at', 'to_at', 'refused'])
    .where('source', '=', source)
    .orderBy('to_at', 'desc')
    .orderBy('id')
    .limit(listMax)
    .execute()
  return rows.map(({ from_at, to_at, ...gap }) => ({ ...gap, from: msToInstant(from_at), to: msToInstant(to_at) }))
}

const whyWords = {
  not_running: 'the server was not running',
  busy: 'more arrived than could be kept',
  not_stored: 'the database did not keep them',
  stopping: 'the server was stopping',
} as const satisfies Record<IntakeStatus['gaps'][number]['why'], string>

/** Unknown is never zero: each of these is a sentence of status. */
export function intakeCannotSee(intake: IntakeStatus | undefined, hasPointOnForge: boolean): string[] {
  if (!intake && hasPointOnForge) {
    return [
      'Of GitHub, only what its enforcement points read is seen; they read their own repositories, every few seconds.',
    ]
  }
  if (!intake) {
    return ['No forge is connected: approvals, merges and settings made on a forge’s own pages are not seen.']
  }
  return [
    'Deliveries of GitHub are kept and read; no verdict is derived from them yet.',
    ...intake.gaps
      .slice(0, gapsSaid)
      .map(
        ({ from, to, why, refused }) =>
          `What GitHub delivered between ${from} and ${to} may be missing: ${whyWords[why]}${refused > 0 ? ` (${refused} refused)` : ''}. GitHub sends nothing again by itself.`,
      ),
  ]
}

const gapsSaid = 5
