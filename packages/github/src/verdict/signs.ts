import { gateOfCheck } from '../checks/name.ts'
import type { Result } from '../checks/result.ts'
import type { Actor, Told } from '../events/told.ts'
import type { Difference } from '../protection/diff.ts'
import type { Strength } from '../protection/strength.ts'
import type { Entry } from '../protection/timeline.ts'
import type { AuditEntry } from './audit.ts'
import type { Confidence } from './facts.ts'

/** Something that was seen without, or beside, a landing (docs/github.md "What is found without a landing"). */
export interface Sign {
  what:
    | 'protection_weakened'
    | 'protection_changed'
    | 'protection_hidden'
    | 'check_forged'
    | 'workflow_edited'
    | 'workflow_disabled'
    | 'rerun_until_green'
    | 'environment_bypassed'
    | 'scope_changed'
    | 'observer_blind'
    | 'sanctioned_elsewhere'
  confidence: Confidence
  words: string
  /** `finding` is told and reviewed, `look` waits for a person, `interval` opens one, `record` and `metric` are only kept. */
  leadsTo: 'finding' | 'look' | 'interval' | 'record' | 'metric'
  /** What could have sanctioned it. A grant never sanctions a change of protection. */
  sanctionedBy: 'nothing' | 'program_change' | 'gate_grant' | 'elsewhere'
  /** From now on bypasses can leave no trace at all. */
  isCritical?: true
  gate?: string
  at?: number
  by?: string
}

/** From two looks at a protection. Tightening is no sign. */
export function signsOfProtection(differences: readonly Difference[], source: Entry['source']): Sign[] {
  const isTold = source === 'audit' || source === 'history'
  return differences.flatMap(({ weight, words, isTraceless }): Sign[] => {
    if (weight === 'stronger') return []
    if (weight === 'unknown')
      return [{ what: 'protection_hidden', confidence: 'A', words, leadsTo: 'interval', sanctionedBy: 'nothing' }]
    const confidence = isTold ? 'A' : 'B'
    if (weight === 'changed')
      return [{ what: 'protection_changed', confidence, words, leadsTo: 'look', sanctionedBy: 'program_change' }]
    const critical = isTraceless ? ({ isCritical: true } as const) : {}
    return [
      {
        what: 'protection_weakened',
        confidence,
        words,
        leadsTo: 'interval',
        sanctionedBy: 'program_change',
        ...critical,
      },
    ]
  })
}

/**
 * Our name, set by another app or by a person. We never set a commit status, so one of our name is never ours. Told of what has a
 * conclusion: a run that is still going opens nothing.
 */
export function signOfCheck(told: Told, strength: Strength): Sign | undefined {
  if (told.kind !== 'check_run' && told.kind !== 'status') return undefined
  if (told.kind === 'check_run' && told.isOurs) return undefined
  const gate = gateOfCheck(told.kind === 'status' ? told.context : told.name)
  const conclusion = told.kind === 'status' ? told.state : told.status === 'completed' ? told.conclusion : 'pending'
  if (gate === undefined || conclusion === 'pending') return undefined
  const who =
    told.kind === 'status' ? 'somebody' : told.app === undefined ? 'an app that is not told' : `app ${told.app}`
  return {
    what: 'check_forged',
    confidence: 'A',
    words: `${who} set the check of ${gate}; ${effectOf(conclusion, strength)}`,
    leadsTo: 'finding',
    sanctionedBy: 'nothing',
    gate,
    ...placed(told.kind === 'status' ? told.at : told.completedAt, told.by),
  }
}

function effectOf(conclusion: string | undefined, strength: Strength): string {
  if (conclusion === 'failure' || conclusion === 'error') return 'it is red, and can only hold the gate shut'
  const isPinned = strength === 'enforced' || strength === 'enforced_admins_exempt'
  return isPinned ? 'it is pinned, so that opened nothing' : 'it is not known to be pinned: it may have opened the gate'
}

export interface WorkflowFacts {
  gate: string
  paths: readonly string[]
  /** Of the real check, before and at this landing. */
  before: { is: Result['is']; ms?: number }
  after: { is: Result['is']; ms?: number }
}

/** A run in a fifth of the time it took did something else. */
const fasterBy = 5

/** It edits what the check runs, and the check did less. Usually that is ordinary work, so a person looks. */
export function signOfWorkflow({ gate, paths, before, after }: WorkflowFacts): Sign | undefined {
  const edited = paths.filter(path => path.startsWith('.github/workflows/') || path.startsWith('.github/actions/'))
  if (edited.length === 0 || before.is !== 'passed') return undefined
  const how =
    after.is === 'skipped'
      ? 'is skipped now'
      : after.is === 'absent'
        ? 'does not run now'
        : after.is === 'passed' && before.ms !== undefined && after.ms !== undefined && after.ms * fasterBy <= before.ms
          ? 'takes a fraction of its time now'
          : undefined
  if (how === undefined) return undefined
  const words = `${edited.slice(0, 3).join(', ')} changed, and the check of ${gate} ${how}`
  return { what: 'workflow_edited', confidence: 'C', words, leadsTo: 'look', sanctionedBy: 'nothing', gate }
}

/** What one event is a sign of. A trigger is none: what has changed is known when the rules are read again. */
export function signOfEvent(told: Told): Sign | undefined {
  switch (told.kind) {
    case 'scope':
      return {
        what: 'scope_changed',
        confidence: 'C',
        words: [told.what.replaceAll('_', ' '), ...changeWords(told)].join(' '),
        leadsTo: 'look',
        sanctionedBy: 'nothing',
        ...placed(told.at, told.by),
      }
    case 'observer':
      if (told.what === 'sees') return undefined
      return {
        what: 'observer_blind',
        confidence: 'A',
        words: `${told.why}: ${told.repositories.length === 0 ? 'everything' : told.repositories.map(({ name }) => name).join(', ')}`,
        leadsTo: told.what === 'blind' ? 'interval' : 'record',
        sanctionedBy: 'nothing',
        ...placed(told.at, told.by),
      }
    case 'elsewhere':
      return {
        what: 'sanctioned_elsewhere',
        confidence: 'A',
        words: `a bypass request of GitHub’s own: ${told.status ?? told.action}`,
        leadsTo: 'record',
        sanctionedBy: 'elsewhere',
        ...placed(told.at, told.by),
      }
    case 'workflow_run':
      if (told.attempt < 2 || told.conclusion !== 'success') return undefined
      return {
        what: 'rerun_until_green',
        confidence: 'C',
        words: `${told.path ?? 'a workflow'} passed at attempt ${told.attempt}`,
        leadsTo: 'metric',
        sanctionedBy: 'nothing',
        ...placed(told.at, undefined),
      }
    default:
      return undefined
  }
}

const changeWords = ({ from, to }: { from?: string | undefined; to?: string | undefined }): string[] =>
  from === undefined ? (to === undefined ? [] : [to]) : [`from ${from}`, ...(to === undefined ? [] : [`to ${to}`])]

const placed = (at: number | undefined, by: Actor | undefined): { at?: number; by?: string } => ({
  ...(at === undefined ? {} : { at }),
  ...(by === undefined ? {} : { by: by.id }),
})

type OfAudit = Pick<Sign, 'what' | 'confidence' | 'leadsTo' | 'sanctionedBy'>
const change: OfAudit = { what: 'protection_changed', confidence: 'A', leadsTo: 'look', sanctionedBy: 'program_change' }
const weaker: OfAudit = {
  what: 'protection_weakened',
  confidence: 'A',
  leadsTo: 'interval',
  sanctionedBy: 'program_change',
}

/** What an action of the audit log says by its name; which way a change went, only the rules say that are read again. */
const ofAudit = new Map<string, OfAudit>([
  ['protected_branch.destroy', weaker],
  ['protected_branch.update_admin_enforced', change],
  ['protected_branch.update_required_status_checks_enforcement_level', change],
  ['protected_branch.update_required_approving_review_count', change],
  ['protected_branch.branch_allowances', change],
  ['protected_branch.authorized_users_teams', change],
  ['repository_ruleset.destroy', weaker],
  ['repository_ruleset.update', change],
  ['environment.remove_protection_rule', weaker],
  ['environment.update_protection_rule', change],
  [
    'workflows.disable_workflow',
    { what: 'workflow_disabled', confidence: 'B', leadsTo: 'look', sanctionedBy: 'nothing' },
  ],
  [
    'workflows.rerun_workflow_run',
    { what: 'rerun_until_green', confidence: 'C', leadsTo: 'metric', sanctionedBy: 'nothing' },
  ],
  [
    'workflows.bypass_protection_rules',
    { what: 'environment_bypassed', confidence: 'A', leadsTo: 'finding', sanctionedBy: 'gate_grant' },
  ],
])

export function signOfAudit({ action, at, actor, branch }: AuditEntry): Sign | undefined {
  const sign = ofAudit.get(action)
  if (!sign) return undefined
  const where = branch === undefined ? '' : ` on ${branch}`
  return {
    ...sign,
    words: `${action}${where}`,
    ...(at === undefined ? {} : { at }),
    ...(actor === undefined ? {} : { by: actor }),
  }
}
