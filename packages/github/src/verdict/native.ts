import type { ResolvedGate } from '@breakglass/core/program'
import { checkNameOf } from '../checks/name.ts'
import type { AuditEntry } from './audit.ts'
import type { Landing } from './landing.ts'
import type { Suite } from './suites.ts'

/** What the forge itself says of one gate at one landing. */
export interface Native {
  /** `some_rule`: a rule of this kind was gone around, and whether it was this gate is not said. */
  bypass: 'this_gate' | 'some_rule' | 'none' | 'unread'
  /** The rule was asked, and passed. It clears nobody who is exempt from it. */
  isPassed: boolean
  rests: string[]
}

export interface NativeFacts {
  suites: readonly Suite[] | 'unread'
  audit: readonly AuditEntry[] | 'unread'
  /** Our own account on the forge: what it merges around a native rule it merges for a grant, and our record says for which. */
  broker?: string
}

type Gate = Pick<ResolvedGate, 'name' | 'passes'>

export function nativeOf(landing: Landing, gate: Gate, { suites, audit, broker }: NativeFacts): Native {
  const isOfOthers = ({ actor }: { actor?: string | undefined }) => broker === undefined || actor !== broker
  const here = suites === 'unread' ? [] : suitesOn(landing, wholeOf(suites.filter(isOfOthers)))
  const logged = audit === 'unread' ? [] : overridesOn(landing, audit.filter(isOfOthers))
  const said = [...here, ...logged].map(each => judge(each, gate))
  const found = (['this_gate', 'some_rule'] as const).find(bypass => said.some(each => each.bypass === bypass))
  const isUnread = suites === 'unread' && audit === 'unread'
  return {
    bypass: found ?? (isUnread ? 'unread' : 'none'),
    isPassed: found === undefined && said.some(({ isPassed }) => isPassed),
    rests: said.flatMap(({ bypass, words }) => (bypass === (found ?? 'none') && words !== undefined ? [words] : [])),
  }
}

/** The same of a deployment: who went around an environment is said by the audit log alone, and by nothing else. */
export function nativeOfDeployment(run: string | undefined, audit: NativeFacts['audit']): Native {
  if (audit === 'unread' || run === undefined) return { bypass: 'unread', isPassed: false, rests: [] }
  const isBypassed = audit.some(each => each.action === 'workflows.bypass_protection_rules' && each.run === run)
  const rests = isBypassed ? ['audit log: protection of the environment bypassed'] : []
  return { bypass: isBypassed ? 'this_gate' : 'none', isPassed: false, rests }
}

/** One rule that failed, or was asked: by its kind, and what is said about it. */
interface Said {
  source: string
  failed: { rule: string; details?: string | undefined }[]
  passed: string[]
}

function suitesOn({ ref, after }: Landing, suites: readonly Suite[]): Said[] {
  return suites
    .filter(suite => suite.ref === ref && suite.after === after)
    .map(({ id, result, evaluations }): Said => {
      const source = `rule suite ${id}`
      if (result !== 'bypass') return { source, failed: [], passed: result === 'pass' ? passedOf(evaluations) : [] }
      // From the list alone it is not known which rule.
      if (evaluations === undefined) return { source, failed: [{ rule: 'any' }], passed: [] }
      const failed = evaluations.filter(each => each.result === 'fail' && each.ruleset !== 'evaluate')
      return { source, failed, passed: passedOf(evaluations) }
    })
}

/** Each once, with its evaluations if they were read: the list has a suite without them, its own answer with them. */
const wholeOf = (suites: readonly Suite[]): Suite[] =>
  [...Map.groupBy(suites, ({ id }) => id).values()].flatMap(
    same => same.find(({ evaluations }) => evaluations !== undefined) ?? same.slice(0, 1),
  )

const passedOf = (evaluations: Suite['evaluations'] = []): string[] =>
  evaluations.filter(({ result, ruleset }) => result === 'pass' && ruleset === 'active').map(({ rule }) => rule)

const ruleOfCode = new Map([
  ['review_policy_not_satisfied', 'pull_request'],
  ['required_status_checks', 'required_status_checks'],
])

/** Older entries name neither branch nor commit: those say nothing of this landing. */
function overridesOn({ after }: Landing, audit: readonly AuditEntry[]): Said[] {
  return audit
    .filter(entry => entry.action === 'protected_branch.policy_override' && entry.after === after)
    .map(({ codes, messages }) => {
      const details = messages.length > 0 ? messages.join('\n') : undefined
      const failed = codes.map(code => ({ rule: ruleOfCode.get(code) ?? code, details }))
      return {
        source: 'override in the audit log',
        failed: failed.length > 0 ? failed : [{ rule: 'any', details }],
        passed: [],
      }
    })
}

function judge(
  { source, failed, passed }: Said,
  gate: Gate,
): { bypass: Native['bypass']; isPassed: boolean; words?: string } {
  const ours = checkNameOf(gate.name)
  const names = gate.passes.kind === 'check' ? [ours, gate.passes.check] : [ours]
  const kinds = gate.passes.kind === 'reviews' ? ['required_status_checks', 'pull_request'] : ['required_status_checks']
  const isPassed = kinds.some(kind => passed.includes(kind)) && !failed.some(({ rule }) => kinds.includes(rule))
  const about = failed.filter(({ rule }) => kinds.includes(rule) || rule === 'any').map(each => aboutOf(each, names))
  const found = (['this_gate', 'some_rule'] as const).find(each => about.includes(each))
  if (found === undefined) return { bypass: 'none', isPassed, ...(isPassed ? { words: `${source}: passed` } : {}) }
  const rules = [...new Set(failed.map(({ rule }) => rule))].join(', ')
  return { bypass: found, isPassed: false, words: `${source}: bypassed ${rules}` }
}

/** A failed rule for checks covers all that are required; whose it was, only its details can say. */
function aboutOf({ rule, details }: Said['failed'][number], names: readonly string[]): Native['bypass'] {
  if (rule === 'pull_request') return 'this_gate'
  if (details === undefined) return 'some_rule'
  const quoted = [...details.matchAll(/["'`“]([^"'`“”]{1,200})["'`”]/g)].map(([, name]) => name)
  if (quoted.length === 0) return 'some_rule'
  return quoted.some(name => name !== undefined && names.includes(name)) ? 'this_gate' : 'none'
}
