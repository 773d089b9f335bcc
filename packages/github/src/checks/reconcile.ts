import { gateOfCheck } from './name.ts'
import type { Action, CheckState } from './state.ts'

/** A check run as it is on the forge. */
export interface RunAsIs {
  id: string
  name: string
  commit: string
  app?: string | undefined
  status: string
  conclusion?: string | undefined
  title?: string | undefined
  summary?: string | undefined
  externalId?: string | undefined
}

export interface RunFields {
  status: 'queued' | 'completed'
  conclusion?: 'success' | 'failure'
  title: string
  summary: string
  actions: Action[]
  externalId: string
}

export type Patch =
  | { do: 'create'; name: string; commit: string; fields: RunFields }
  | { do: 'update'; run: string; commit: string; fields: RunFields; why: 'differs' | 'duplicate' | 'left_open' }

export interface Reconciled {
  patches: Patch[]
  /** With our name and not by us: these we cannot change. */
  foreign: RunAsIs[]
}

/**
 * What has to be done so that the forge shows what should be (docs/github.md "Our check run"): run after run, at the start and every few
 * minutes. Twice with the same runs, the same patches; with the runs that result, none.
 */
export function reconcile(runs: readonly RunAsIs[], wanted: readonly CheckState[], app: string): Reconciled {
  const ours = runs.filter(run => run.app === app)
  const keyOf = ({ name, commit }: { name: string; commit: string }) => `${commit} ${name}`
  const byKey = Map.groupBy(ours, keyOf)
  const wantedKeys = new Set(wanted.map(keyOf))
  return {
    patches: [
      ...wanted.flatMap(state => patchesFor(byKey.get(keyOf(state)) ?? [], state)),
      ...ours.filter(run => !wantedKeys.has(keyOf(run)) && wasOpened(run) && isPassing(run)).map(shut),
    ],
    foreign: runs.filter(run => run.app !== app && gateOfCheck(run.name) !== undefined),
  }
}

/** GitHub takes all three for a pass. */
const passing = new Set(['success', 'neutral', 'skipped'])
const isPassing = ({ status, conclusion = '' }: RunAsIs): boolean => status === 'completed' && passing.has(conclusion)

/** By a grant, a waiver or a window. What passed by itself may stay green when nobody asks any more. */
const wasOpened = ({ externalId = '' }: RunAsIs): boolean => /^(?:grant|waiver|window):/.test(externalId)

/** A gate is shut when what was read back says so: no run of ours passes, of however many. */
export const isShut = (runs: readonly RunAsIs[], of: { name: string; commit: string; app: string }): boolean =>
  runs.every(run => run.app !== of.app || run.name !== of.name || run.commit !== of.commit || !isPassing(run))

/** All of one name are patched: a stale sibling can decide for the rest. */
function patchesFor(runs: readonly RunAsIs[], state: CheckState): Patch[] {
  if (runs.length === 0) return [{ do: 'create', name: state.name, commit: state.commit, fields: fieldsOf(state) }]
  return runs.flatMap((run, index): Patch[] => {
    const fields = fieldsFrom(run, state)
    if (isAs(run, fields)) return []
    return [{ do: 'update', run: run.id, commit: state.commit, fields, why: index === 0 ? 'differs' : 'duplicate' }]
  })
}

const fieldsOf = ({ status, conclusion, title, summary, actions, externalId }: CheckState): RunFields => ({
  status,
  ...(conclusion === undefined ? {} : { conclusion }),
  title,
  summary,
  actions,
  externalId,
})

/** Whether a completed run can be taken back to "queued" is not described; red is as shut, and is. */
function fieldsFrom(run: RunAsIs, state: CheckState): RunFields {
  const fields = fieldsOf(state)
  if (run.status !== 'completed' || fields.status === 'completed') return fields
  return { ...fields, status: 'completed', conclusion: 'failure' }
}

/** What GitHub leaves out of a list is not known to differ. */
function isAs(run: RunAsIs, fields: RunFields): boolean {
  const sameWords = (run.title ?? fields.title) === fields.title && (run.summary ?? fields.summary) === fields.summary
  const isWaiting = fields.status === 'queued' && run.status !== 'completed'
  const sameState = isWaiting || (run.status === fields.status && run.conclusion === fields.conclusion)
  return sameState && sameWords && (run.externalId ?? fields.externalId) === fields.externalId
}

const shut = (run: RunAsIs): Patch => ({
  do: 'update',
  run: run.id,
  commit: run.commit,
  why: 'left_open',
  fields: {
    status: 'completed',
    conclusion: 'failure',
    title: 'Shut',
    summary: 'It was opened once, and nothing asks for it any more.',
    actions: [],
    externalId: 'result',
  },
})
