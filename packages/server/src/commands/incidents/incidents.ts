import type { IncidentView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import type { Severity } from '@breakglass/core/program'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { personNamed } from '../../identity/person-named.ts'
import { seal } from '../../texts/seal.ts'
import { incidentViews, oneIncidentView } from '../../views/incident-view.ts'

/** The built-in register. Everybody signed in may open, change and resolve; each step is on the record. */

export interface NewIncident {
  title: string
  severity: Severity
  commander?: string | undefined
}

/** Whoever opens an incident commands it unless another is named. Throws `unknown_person`. */
export function openIncident(edge: Edge, by: string, given: NewIncident): Promise<IncidentView> {
  return act(edge, async run => {
    const id = run.newId('incident')
    const commander =
      given.commander === undefined ? by : await personNamed(run.tx, given.commander, 'no command of an incident')
    const title = await seal(run, given.title)
    await run.tx.db
      .insertInto('incident')
      .values({
        id,
        title_commit: title.commit,
        severity: given.severity,
        state: 'open',
        commander,
        opened_by: by,
        opened_at: run.atMs,
        resolved_at: null,
      })
      .execute()
    await say(run, 'incident.opened', id, { by, severity: given.severity, commander, title })
    return oneIncidentView(run.tx, id)
  })
}

export interface IncidentChange {
  severity?: Severity | undefined
  commander?: string | undefined
}

/** Throws `not_found`, `wrong_state`, `unknown_person`, `bad_input`. */
export function setIncident(edge: Edge, by: string, id: string, given: IncidentChange): Promise<IncidentView> {
  return act(edge, async run => {
    const before = await oneIncidentView(run.tx, id)
    const commander =
      given.commander === undefined
        ? undefined
        : await personNamed(run.tx, given.commander, 'no command of an incident')
    const { severity } = given
    if (severity === undefined && commander === undefined) {
      throw new BreakglassError('bad_input', 'Say what changes: --severity, --commander, or both.')
    }
    await guarded(run, id, {
      ...(severity !== undefined && { severity }),
      ...(commander !== undefined && { commander }),
    })
    await say(run, 'incident.set', id, {
      by,
      ...(severity !== undefined && { severity, severityBefore: before.severity }),
      ...(commander !== undefined && { commander }),
    })
    return oneIncidentView(run.tx, id)
  })
}

/** Live grants keep the terms they were decided under. Throws `not_found`, `wrong_state`. */
export function resolveIncident(edge: Edge, by: string, id: string): Promise<IncidentView> {
  return act(edge, async run => {
    const { severity, openedAt } = await oneIncidentView(run.tx, id)
    await guarded(run, id, { state: 'resolved', resolved_at: run.atMs })
    await say(run, 'incident.resolved', id, { by, severity, openedAt })
    return oneIncidentView(run.tx, id)
  })
}

/** Open ones first, then the newest. */
export const listIncidents = (edge: Edge): Promise<{ incidents: IncidentView[] }> =>
  edge.store.read(async rx => ({ incidents: await incidentViews(rx) }))

interface IncidentColumns {
  severity?: Severity
  commander?: string
  state?: 'resolved'
  resolved_at?: number
}

async function guarded(run: Act, id: string, columns: IncidentColumns): Promise<void> {
  const { numUpdatedRows } = await run.tx.db
    .updateTable('incident')
    .set(columns)
    .where('id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new BreakglassError('wrong_state', `${id} is resolved; open a new incident instead.`)
}
