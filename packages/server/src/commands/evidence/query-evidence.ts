import { type EvidenceCounts, type EvidenceRow, summarise } from '@breakglass/core/evidence'
import { msToInstant } from '@breakglass/verify'
import { act, type Edge, say } from '../../edge/edge.ts'
import type { LedgerHead } from '../../ledger-client/ledger-client.ts'
import { evidenceRows } from './evidence-rows.ts'
import { type Exported, exportOf } from './export-of.ts'
import { happenedIn, periodOf } from './period.ts'

export interface EvidenceQuery {
  from: string
  to: string
  gate?: string | undefined
  proofs?: 'true' | undefined
}

export interface Evidence extends Partial<Exported> {
  v: 1
  format: 'breakglass-export'
  organization: string
  from: string
  to: string
  gate?: string
  generatedAt: string
  ledger: LedgerHead
  counts: EvidenceCounts
  rows: EvidenceRow[]
}

/**
 * Every use of the period, and beside it what was granted and not used, refused, void or found. With `proofs` it is an
 * export that `verify` checks offline (docs/formats/export.md). Whoever reads leaves a record before anything is shown.
 *
 * Throws `bad_input`, `too_large`; `ledger_unavailable`, because evidence without the ledger's head is none.
 */
export async function queryEvidence(edge: Edge, person: string, query: EvidenceQuery): Promise<Evidence> {
  const period = periodOf(query)
  const ledger = await edge.ledger.head()
  const nowMs = edge.nowMs()
  const { rows, exported } = await edge.store.read(async rx => {
    const { rows, chains } = await evidenceRows(rx, await happenedIn(rx, period), nowMs)
    return { rows, ...(query.proofs !== undefined && { exported: await exportOf(rx, chains) }) }
  })
  const { from, to, gate } = query
  const asked = { from, to, ...(gate !== undefined && { gate }) }
  const withProofs = exported !== undefined
  await act(edge, run =>
    say(run, 'evidence.read', person, {
      by: person,
      ...asked,
      rows: rows.length,
      withProofs,
      ledgerSize: ledger.size,
    }),
  )
  return {
    v: 1,
    format: 'breakglass-export',
    organization: edge.issuer.organization,
    ...asked,
    generatedAt: msToInstant(nowMs),
    ledger,
    counts: summarise(rows),
    rows,
    ...exported,
  }
}
