import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { Rx } from '../store/store.ts'

export interface IncidentWindow {
  fromMs: number
  untilMs: number
}

const never = Number.MAX_SAFE_INTEGER

/** While an incident was open that a verified grant of this gate, once used, names; overlapping ones are one. */
export async function incidentWindows(rx: Rx, gate: string): Promise<IncidentWindow[]> {
  const rows = await rx.db
    .selectFrom('incident')
    .select(['opened_at', 'resolved_at'])
    .where('id', 'in', eb =>
      eb
        .selectFrom('passage')
        .select('incident_id')
        .$narrowType<{ incident_id: string }>()
        .where('gate', '=', gate)
        .where('incident_id', 'is not', null),
    )
    .orderBy('opened_at')
    .execute()
  const windows: IncidentWindow[] = []
  for (const { opened_at: fromMs, resolved_at } of rows) {
    const untilMs = resolved_at ?? never
    const last = windows.at(-1)
    if (last && fromMs <= last.untilMs) last.untilMs = Math.max(last.untilMs, untilMs)
    else windows.push({ fromMs, untilMs })
  }
  return windows
}

/** At most so many windows meet a day or a month; what is beyond them counts as made outside. */
const windowsMax = 200

/** Whether a passage was made in one of these, as a condition; `undefined` where none comes near. */
export function inWindows(
  eb: ExpressionBuilder<Database, 'passage'>,
  windows: readonly IncidentWindow[],
): Expression<SqlBool> {
  const ranges = windows
    .slice(-windowsMax)
    .map(({ fromMs, untilMs }) => eb.and([eb('passage.at', '>=', fromMs), eb('passage.at', '<', untilMs)]))
  return eb.or([...ranges, eb('passage.incident_id', 'is not', null)])
}
