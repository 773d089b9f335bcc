import { BreakglassError } from '@breakglass/core/errors'
import type { Edge } from '../../edge/edge.ts'
import { chainsOf } from './chains.ts'
import { exportOf } from './export-of.ts'

export interface ShownStatement {
  logged: { statement: string; proof?: string }
  index?: number
}

/** One statement; without proof and index while it is on its way to the ledger. Throws `not_found`. */
export function showStatement(edge: Edge, sid: string): Promise<ShownStatement> {
  return edge.store.read(async rx => {
    const row = await rx.db
      .selectFrom('statement')
      .select(['jws', 'proof', 'ledger_index'])
      .where('sid', '=', sid)
      .executeTakeFirst()
    if (!row) throw new BreakglassError('not_found', `There is no statement ${sid}.`)
    const { jws: statement, proof, ledger_index: index } = row
    return {
      logged: { statement, ...(proof !== null && { proof }) },
      ...(index !== null && { index }),
    }
  })
}

export interface SubjectExport {
  v: 1
  format: 'breakglass-export'
  organization: string
  entries: { statement: string; proof: string }[]
}

/**
 * The whole chain of one subject as an export (docs/formats/export.md), its texts left out. What is still on its way to
 * the ledger proves nothing and is left out too. Throws `not_found` where nothing was ever said of the subject.
 */
export function subjectStatements(edge: Edge, subject: string): Promise<SubjectExport> {
  return edge.store.read(async rx => {
    const chains = await chainsOf(rx, [subject])
    if (chains.size === 0) {
      throw new BreakglassError('not_found', `Nothing was ever said of ${JSON.stringify(subject)}.`)
    }
    return {
      v: 1,
      format: 'breakglass-export',
      organization: edge.issuer.organization,
      entries: (await exportOf(rx, chains)).entries,
    }
  })
}
