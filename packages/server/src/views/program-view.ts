import { type ProgramVersionView, programVersionView as schema } from '@breakglass/core/contract'
import { isDigest, msToInstant } from '@breakglass/verify'
import { approversOfVersion } from '../commands/program/take-effect.ts'
import type { ProgramVersionRow } from '../facts/program.ts'
import type { Rx } from '../store/store.ts'
import { chunks } from '../store/chunks.ts'
import { namesOf } from './people.ts'

const listMax = 100

/** Newest first. */
export async function programVersionViews(rx: Rx): Promise<ProgramVersionView[]> {
  const rows = await rx.db
    .selectFrom('program_version')
    .selectAll()
    .orderBy('proposed_at', 'desc')
    .orderBy('version', 'desc')
    .limit(listMax)
    .execute()
  return viewsOf(rx, rows)
}

export async function programVersionView(rx: Rx, id: string): Promise<ProgramVersionView> {
  const row = await rx.db.selectFrom('program_version').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const [view] = await viewsOf(rx, [row])
  if (!view) throw new Error('invariant: one row has one view')
  return view
}

async function viewsOf(rx: Rx, rows: readonly ProgramVersionRow[]): Promise<ProgramVersionView[]> {
  const names = await namesOf(
    rx,
    rows.flatMap(row => [row.publisher, ...approversOfVersion(row)]),
  )
  const places = await placesOf(rx, rows)
  return rows.map(row => {
    const ledger = row.statement_sid === null ? undefined : places.get(row.statement_sid)
    return {
      program: row.program_id,
      ...(row.version !== null && { version: row.version }),
      digest: row.digest,
      state: row.state,
      class: row.class,
      publisher: names(row.publisher),
      approvers: approversOfVersion(row).map(names),
      approvalsNeeded: row.approvals_needed,
      proposedAt: msToInstant(row.proposed_at),
      earliestAt: msToInstant(row.earliest_at),
      ...(row.effective_at !== null && { effectiveAt: msToInstant(row.effective_at) }),
      changes: schema.shape.changes.parse(JSON.parse(row.changes)),
      ...(ledger && { ledger }),
    }
  })
}

async function placesOf(rx: Rx, rows: readonly ProgramVersionRow[]) {
  const places = new Map<string, { index: number; leaf: `sha256:${string}` }>()
  for (const part of chunks(rows.flatMap(({ statement_sid }) => statement_sid ?? []))) {
    const found = await rx.db
      .selectFrom('statement')
      .select(['sid', 'leaf', 'ledger_index'])
      .where('sid', 'in', part)
      .execute()
    for (const { sid, leaf, ledger_index } of found) {
      if (ledger_index !== null && isDigest(leaf)) places.set(sid, { index: ledger_index, leaf })
    }
  }
  return places
}
