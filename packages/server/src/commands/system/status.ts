import type { FindingView, GrantView, IncidentView } from '@breakglass/core/contract'
import { isOverdue } from '@breakglass/core/review'
import { msToInstant } from '@breakglass/verify'
import type { Edge } from '../../edge/edge.ts'
import { programInForce } from '../../facts/program.ts'
import type { Rx } from '../../store/store.ts'
import { type DriftView, driftViews } from '../../views/drift-view.ts'
import { grantViews } from '../../views/grant-view.ts'
import { type IntakeStatus, intakeStatus } from '../../intake/intake-status.ts'
import { incidentViews } from '../../views/incident-view.ts'
import { findingViews } from '../findings/finding-view.ts'
import type { GrantRow } from '../glass/grant-row.ts'
import { cannotSee } from './cannot-see.ts'
import { type LedgerHealth, ledgerHealth } from './ledger-health.ts'

export interface Status {
  now: string
  open: GrantView[]
  waiting: GrantView[]
  incidents: IncidentView[]
  alarms: { id: string; kind: string; since: string; words: string }[]
  notices: { id: string; at: string; words: string; subject: string }[]
  drift: DriftView[]
  findings: FindingView[]
  reviews: { due: number; overdue: number }
  ledger: LedgerHealth & { outOfBand: boolean }
  github?: IntakeStatus
  cannotSee: string[]
  program?: { version: number; gates: string[] }
}

/** Of each list the newest; a page that needs more asks the list's own route. */
const listMax = 100
const noticesMax = 50

/** Open is whatever may still open a gate, or has ended and nobody has confirmed yet that it is shut. */
const open = ['granted', 'live', 'expired', 'revoked', 'exhausted'] as const
const waiting = ['requested', 'waiting'] as const

/** Now, for one person: what is open, what waits, what is wrong, and what cannot be seen. Throws `store_unavailable`. */
export async function status(
  edge: Edge,
  person: string,
  { ledgerOutOfBand }: { ledgerOutOfBand: boolean },
): Promise<Status> {
  const ledger = { ...(await ledgerHealth(edge)), outOfBand: ledgerOutOfBand }
  const nowMs = edge.nowMs()
  return edge.store.read(async rx => {
    const program = await programInForce(rx)
    const version = program?.row.version ?? undefined
    const github = await intakeStatus(rx)
    return {
      now: msToInstant(nowMs),
      open: await grantViews(rx, await grantsIn(rx, open), nowMs),
      waiting: await grantViews(rx, await grantsIn(rx, waiting), nowMs),
      incidents: (await incidentViews(rx)).filter(({ state }) => state === 'open'),
      alarms: await alarms(rx),
      notices: await notices(rx, person),
      drift: await driftViews(rx, { ended: false }),
      findings: await openFindings(rx),
      reviews: await reviewCounts(rx, nowMs),
      ledger,
      ...(github && { github }),
      cannotSee: await cannotSee(rx, { program, ledger, policyText: edge.log.policyText, nowMs }),
      ...(program &&
        version !== undefined && {
          program: { version, gates: Object.keys(program.published.program.gates).sort() },
        }),
    }
  })
}

const grantsIn = (rx: Rx, states: readonly GrantRow['state'][]): Promise<GrantRow[]> =>
  rx.db
    .selectFrom('glass')
    .selectAll()
    .where('state', 'in', states)
    .orderBy('requested_at', 'desc')
    .orderBy('id')
    .limit(listMax)
    .execute()

async function openFindings(rx: Rx): Promise<FindingView[]> {
  const open = rx.db.selectFrom('finding').selectAll().where('state', '=', 'open')
  return findingViews(rx, await open.orderBy('detected_at', 'desc').orderBy('id').limit(listMax).execute())
}

async function alarms(rx: Rx): Promise<Status['alarms']> {
  const rows = await rx.db
    .selectFrom('alarm')
    .select(['id', 'kind', 'since_at', 'words'])
    .where('ended_at', 'is', null)
    .orderBy('since_at', 'desc')
    .orderBy('id')
    .limit(listMax)
    .execute()
  return rows.map(({ since_at, ...alarm }) => ({ ...alarm, since: msToInstant(since_at) }))
}

/** What was not seen yet first, then the newest. */
async function notices(rx: Rx, person: string): Promise<Status['notices']> {
  const rows = await rx.db
    .selectFrom('notice')
    .select(['id', 'at', 'words', 'subject'])
    .where('person_id', '=', person)
    .orderBy('seen_at', order => order.desc().nullsFirst())
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(noticesMax)
    .execute()
  return rows.map(({ at, ...notice }) => ({ ...notice, at: msToInstant(at) }))
}

/** Overdue ones are due too. */
async function reviewCounts(rx: Rx, nowMs: number): Promise<Status['reviews']> {
  const rows = await rx.db
    .selectFrom('review')
    .select(['state', 'due_at'])
    .where('state', 'in', ['due', 'answered'])
    .execute()
  const late = rows.filter(({ state, due_at }) =>
    isOverdue({ state, ...(due_at !== null && { dueAtMs: due_at }) }, nowMs),
  )
  return { due: rows.length, overdue: late.length }
}
