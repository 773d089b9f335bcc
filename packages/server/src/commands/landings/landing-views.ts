import type { LandingView } from '@breakglass/core/contract'
import type { Outcome } from '@breakglass/core/metrics'
import { msToInstant } from '@breakglass/verify'
import { repositoryReference } from '../../facts/repositories.ts'
import { unseenBefore } from '../../landings/landing-id.ts'
import { chunks } from '../../store/chunks.ts'
import type { Rx } from '../../store/store.ts'

export interface Asked {
  gate: string
  outcome?: Outcome | undefined
  from?: string | undefined
  to?: string | undefined
}

const landingsMax = 500

/** The landings behind a gate's numbers, the newest first, and whether there are more. */
export async function landingsOf(rx: Rx, asked: Asked): Promise<{ landings: LandingView[]; landingsCut: boolean }> {
  const rows = await passagesOf(rx, asked)
  const repositories = await rx.db.selectFrom('repository').selectAll().execute()
  const byKey = new Map(repositories.map(row => [row.key, repositoryReference(row)]))
  const corrected = await correctedOf(rx, asked.gate, rows.slice(0, landingsMax))
  const landings = rows.slice(0, landingsMax).flatMap((row): LandingView[] => {
    const repository = byKey.get(row.repository_key)
    const was = corrected.get(row.id)
    if (!repository) return []
    return [
      {
        id: row.id,
        at: msToInstant(row.at),
        day: row.day,
        repository,
        ref: row.ref,
        ...(row.before !== '' && row.before !== unseenBefore && { before: row.before }),
        ...(row.after !== '' && { after: row.after }),
        seen: row.seen,
        outcome: row.outcome,
        ...(was !== undefined && { was }),
        ...(row.grant_id !== null && { grant: row.grant_id }),
      },
    ]
  })
  return { landings, landingsCut: rows.length > landingsMax }
}

/** One more than is shown, so that too many shows. */
const passagesOf = (rx: Rx, { gate, outcome, from, to }: Asked) =>
  rx.db
    .selectFrom('passage')
    .innerJoin('landing', 'landing.id', 'passage.landing_id')
    .select(['landing.id', 'landing.repository_key', 'landing.ref', 'landing.before', 'landing.after', 'landing.seen'])
    .select(['passage.at', 'passage.day', 'passage.outcome', 'passage.grant_id'])
    .where('passage.gate', '=', gate)
    .$if(outcome !== undefined, query => query.where('passage.outcome', '=', outcome ?? 'unknown'))
    .$if(from !== undefined, query => query.where('passage.day', '>=', from ?? ''))
    .$if(to !== undefined, query => query.where('passage.day', '<=', to ?? ''))
    .orderBy('passage.day', 'desc')
    .orderBy('passage.at', 'desc')
    .orderBy('landing.id')
    .limit(landingsMax + 1)
    .execute()

/** What each was first taken for. */
async function correctedOf(
  rx: Rx,
  gate: string,
  rows: readonly { id: string }[],
): Promise<Map<string, Outcome | 'none'>> {
  const first = new Map<string, Outcome | 'none'>()
  for (const part of chunks(rows.map(({ id }) => id))) {
    const corrections = await rx.db
      .selectFrom('correction')
      .select(['landing_id', 'was'])
      .where('gate', '=', gate)
      .where('landing_id', 'in', part)
      .orderBy('at', 'desc')
      .execute()
    for (const { landing_id, was } of corrections) first.set(landing_id, was)
  }
  return first
}
