import { BreakglassError } from '@breakglass/core/errors'
import { instantToMs, isInstant } from '@breakglass/verify'
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { FindingTable } from '../../store/tables/reviews.ts'
import type { GlassTable, GlassUseTable } from '../../store/tables/glass.ts'
import type { Rx } from '../../store/store.ts'
import { chunks } from '../../store/chunks.ts'

/** From the first instant of `from` up to, and without, `to`. */
export interface Period {
  fromMs: number
  toMs: number
  gate?: string
}

/** Throws `bad_input` for a period that ends before it begins. */
export function periodOf({ from, to, gate }: { from: string; to: string; gate?: string | undefined }): Period {
  for (const text of [from, to]) {
    // The shape of an instant does not make it one: the 31st of February has it too.
    if (!isInstant(text)) throw new BreakglassError('bad_input', `There is no such instant as ${text}.`)
  }
  const [fromMs, toMs] = [instantToMs(from), instantToMs(to)]
  if (fromMs < toMs) return { fromMs, toMs, ...(gate !== undefined && { gate }) }
  throw new BreakglassError('bad_input', `The period must end after it begins; found ${from} to ${to}.`)
}

/** More than this in one reading is refused: the period is to be read in parts, each of which is whole. */
const evidenceRowsMax = 10_000

export type Happened =
  | { record: 'use'; atMs: number; grant: Selectable<GlassTable>; use: Selectable<GlassUseTable> }
  | { record: 'unused_grant' | 'refused' | 'voided'; atMs: number; grant: Selectable<GlassTable> }
  | { record: 'finding'; atMs: number; finding: Selectable<FindingTable> }

/** Everything of the period, in the order it happened. Throws `too_large`. */
export async function happenedIn(rx: Rx, period: Period): Promise<Happened[]> {
  const all: Happened[] = [
    ...(await uses(rx, period)),
    ...(await unused(rx, period)),
    ...(await saidOf(rx, period, 'refused')),
    ...(await saidOf(rx, period, 'voided')),
    ...(await findings(rx, period)),
  ]
  if (all.length > evidenceRowsMax) {
    throw new BreakglassError('too_large', {
      message: `The period holds more than ${evidenceRowsMax} records; read it in shorter parts.`,
      data: { rowsMax: evidenceRowsMax },
    })
  }
  return all.sort((a, b) => a.atMs - b.atMs)
}

/** One more than is taken, so that too many shows. */
const limit = evidenceRowsMax + 1

async function uses(rx: Rx, { fromMs, toMs, gate }: Period): Promise<Happened[]> {
  const rows = await rx.db
    .selectFrom('glass_use')
    .innerJoin('glass', 'glass.id', 'glass_use.grant_id')
    .selectAll('glass_use')
    .where('glass_use.at', '>=', fromMs)
    .where('glass_use.at', '<', toMs)
    .$if(gate !== undefined, query => query.where('glass.gate', '=', gate ?? ''))
    .orderBy('glass_use.at')
    .orderBy('glass_use.sid')
    .limit(limit)
    .execute()
  const grants = new Map<string, Selectable<GlassTable>>()
  for (const part of chunks([...new Set(rows.map(({ grant_id }) => grant_id))])) {
    for (const grant of await rx.db.selectFrom('glass').selectAll().where('id', 'in', part).execute()) {
      grants.set(grant.id, grant)
    }
  }
  return rows.flatMap(use => {
    const grant = grants.get(use.grant_id)
    return grant ? [{ record: 'use' as const, atMs: use.at, grant, use }] : []
  })
}

async function unused(rx: Rx, { fromMs, toMs, gate }: Period): Promise<Happened[]> {
  const rows = await rx.db
    .selectFrom('glass')
    .selectAll()
    .where('state', '=', 'shut')
    .where('used', '=', 0)
    .where('shut_at', '>=', fromMs)
    .where('shut_at', '<', toMs)
    .$if(gate !== undefined, query => query.where('gate', '=', gate ?? ''))
    .orderBy('shut_at', order => order.asc().nullsLast())
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(grant => ({ record: 'unused_grant', atMs: grant.shut_at ?? 0, grant }))
}

/**
 * Refused and void ones, by when the record says so; one that was only counted, or not told of yet, by when it was asked
 * for or granted.
 */
async function saidOf(rx: Rx, { fromMs, toMs, gate }: Period, record: 'refused' | 'voided'): Promise<Happened[]> {
  const saidAt = sql<number>`coalesce(statement.at, glass.granted_at, glass.requested_at)`
  const rows = await rx.db
    .selectFrom('glass')
    .leftJoin('statement', join =>
      join.onRef('statement.subject', '=', 'glass.id').on('statement.kind', '=', `glass.${record}`),
    )
    .selectAll('glass')
    .select(saidAt.as('said_at'))
    .where('glass.state', '=', record === 'refused' ? 'refused' : 'void')
    .where(saidAt, '>=', fromMs)
    .where(saidAt, '<', toMs)
    .$if(gate !== undefined, query => query.where('glass.gate', '=', gate ?? ''))
    .orderBy(saidAt)
    .orderBy('glass.id')
    .limit(limit)
    .execute()
  return rows.map(({ said_at, ...grant }) => ({ record, atMs: said_at, grant }))
}

const gateList = z.array(z.string())
export const gatesOfFinding = (finding: Selectable<FindingTable>): string[] => gateList.parse(JSON.parse(finding.gates))

async function findings(rx: Rx, { fromMs, toMs, gate }: Period): Promise<Happened[]> {
  const rows = await rx.db
    .selectFrom('finding')
    .selectAll()
    .where('detected_at', '>=', fromMs)
    .where('detected_at', '<', toMs)
    .orderBy('detected_at')
    .orderBy('id')
    .execute()
  return rows
    .filter(finding => gate === undefined || gatesOfFinding(finding).includes(gate))
    .map(finding => ({ record: 'finding', atMs: finding.detected_at, finding }))
}
