import { z } from 'zod'
import { id, opt, text } from '../events/fields.ts'
import { coverageOf } from './refs.ts'
import type { Answer, Bypass, Exempt, RequiredCheck, RequiredReviews, Rule } from './rules.ts'

const checks = z.object({
  required_status_checks: z.array(z.object({ context: text, integration_id: z.int().nullish() })),
})

const pullRequest = z.object({
  required_approving_review_count: z.int().nonnegative().nullish(),
  require_code_owner_review: opt(z.boolean()),
  dismiss_stale_reviews_on_push: opt(z.boolean()),
  require_last_push_approval: opt(z.boolean()),
})

const needed = new Map<string, z.ZodType>([
  ['required_status_checks', checks],
  ['pull_request', pullRequest],
])

const rule = z
  .object({ type: text, parameters: opt(z.looseObject({})), ruleset_id: opt(id) })
  // Left out, a rule that is not understood would look like none: then the whole answer is unreadable.
  .refine(({ type, parameters }) => needed.get(type)?.safeParse(parameters).success !== false)
type RuleFields = z.output<typeof rule>

const listed = z.object({ id, name: opt(text), target: opt(text), enforcement: opt(text) })

const detail = listed.extend({
  conditions: opt(z.object({ ref_name: opt(z.object({ include: z.array(text), exclude: opt(z.array(text)) })) })),
  rules: opt(z.array(rule)),
  bypass_actors: opt(
    z.array(z.object({ actor_id: opt(id), actor_type: text, bypass_mode: opt(text), actor_name: opt(text) })),
  ),
})
type Detail = z.output<typeof detail>

export interface RulesetAnswers {
  /**
   * `GET /repos/{o}/{r}/rules/branches/{b}`, all pages as one list: what is active, of all levels. `not_kept` for a time that is past: then
   * `details` must hold every ruleset as it was, and their conditions decide.
   */
  rules: Answer | 'not_kept'
  /** `GET /repos/{o}/{r}/rulesets?includes_parents=true`, all pages as one list. */
  rulesets: Answer
  /** `GET /repos/{o}/{r}/rulesets/{id}`, by id. */
  details: ReadonlyMap<string, Answer>
}

export interface Branch {
  ref: string
  isDefault: boolean
}

/** Every ruleset that concerns a branch, and what could not be read. */
export function readRulesets(answers: RulesetAnswers, branch: Branch): { rules: Rule[]; unread: string[] } {
  const active = answers.rules === 'not_kept' ? undefined : listOfRules(answers.rules)
  const all = listOfRulesets(answers.rulesets)
  const details = new Map([...answers.details].map(([id, answer]) => [id, detailOf(answer)] as const))
  const ids = new Set([
    ...(active ?? []).flatMap(({ ruleset_id: id }) => id ?? []),
    ...(all ?? []).map(({ id }) => id),
    ...details.keys(),
  ])
  const read = [...ids].toSorted(byNumber).map(id => {
    const known = details.get(id)
    const from = all?.find(each => each.id === id)
    const here = active?.filter(({ ruleset_id }) => ruleset_id === id)
    return rulesetOf({ id, detail: known, name: from?.name, enforcement: from?.enforcement, active: here }, branch)
  })
  return {
    rules: read.flatMap(({ rule }) => rule ?? []),
    unread: [
      ...(active === undefined && answers.rules !== 'not_kept' ? ['the rules of the branch'] : []),
      ...(all === undefined ? ['the list of rulesets'] : []),
      ...read.flatMap(({ unread }) => unread ?? []),
    ],
  }
}

interface Known {
  id: string
  detail: Detail | undefined
  name: string | undefined
  enforcement: string | undefined
  /** Of this ruleset, what the rules of the branch list; absent where these could not be read. */
  active: RuleFields[] | undefined
}

/** The rules of the branch decide what is active here; the ruleset itself says who is exempt, and what is only tried out. */
function rulesetOf({ id, detail, name, enforcement, active }: Known, branch: Branch): { rule?: Rule; unread?: string } {
  const isListed = active !== undefined && active.length > 0
  const words = detail?.enforcement ?? enforcement
  const named = { source: `ruleset:${id}`, name: detail?.name ?? name ?? `ruleset ${id}` }
  if (isListed) return { rule: { ...named, state: 'active', exempt: exemptOf(detail), ...partsOf(active) } }
  if (words === 'disabled' || (detail?.target !== undefined && detail.target !== 'branch'))
    return disabledOf(named, detail, branch)
  if (words !== 'active' && words !== 'evaluate') return { unread: `how ${named.name} is enforced` }
  // Active, and not listed for this branch: it does not cover it.
  if (words === 'active' && active !== undefined) return {}
  const coverage = coverageOf(detail?.conditions?.ref_name, branch)
  if (detail?.rules === undefined || coverage === 'unknown')
    return words === 'active' ? { unread: `whether ${named.name} covers the branch` } : {}
  if (coverage === 'no') return {}
  return { rule: { ...named, state: words, exempt: exemptOf(detail), ...partsOf(detail.rules) } }
}

/** Kept, so that two snapshots tell "disabled" from "deleted". */
function disabledOf(
  named: { source: string; name: string },
  detail: Detail | undefined,
  branch: Branch,
): { rule?: Rule } {
  if (detail?.target !== undefined && detail.target !== 'branch') return {}
  if (detail?.rules === undefined || coverageOf(detail.conditions?.ref_name, branch) === 'no') return {}
  return { rule: { ...named, state: 'disabled', exempt: exemptOf(detail), ...partsOf(detail.rules) } }
}

function listOfRules({ status, body }: Answer): RuleFields[] | undefined {
  const parsed = z.array(rule).safeParse(body)
  return status === 200 && parsed.success ? parsed.data : undefined
}

function listOfRulesets({ status, body }: Answer): z.output<typeof listed>[] | undefined {
  const parsed = z.array(listed).safeParse(body)
  return status === 200 && parsed.success ? parsed.data : undefined
}

const detailOf = ({ status, body }: Answer): Detail | undefined =>
  status === 200 ? detail.safeParse(body).data : undefined

/** The key is left out for whoever may not see it. */
function exemptOf(detail: Detail | undefined): Exempt {
  if (detail?.bypass_actors === undefined) return { who: 'unknown' }
  const bypass = detail.bypass_actors.map(
    ({ actor_id: id, actor_type: type, bypass_mode: mode, actor_name: name }): Bypass => ({
      type,
      ...(id === undefined ? {} : { id }),
      ...(name === undefined ? {} : { name }),
      mode: mode === undefined ? 'always' : isMode(mode) ? mode : 'other',
    }),
  )
  return { who: 'known', bypass }
}

const modes = ['always', 'pull_request', 'exempt'] as const
const isMode = (mode: string): mode is (typeof modes)[number] => (modes as readonly string[]).includes(mode)

function partsOf(
  rules: readonly RuleFields[],
): Pick<Rule, 'checks' | 'reviews' | 'holdsForcePush' | 'holdsDeletion' | 'queue'> {
  const has = (type: string) => rules.some(rule => rule.type === type)
  const reviews = rules.filter(({ type }) => type === 'pull_request').map(({ parameters }) => reviewsOf(parameters))
  const strictest = reviews.toSorted((a, b) => b.count - a.count)[0]
  return {
    checks: rules
      .filter(({ type }) => type === 'required_status_checks')
      .flatMap(({ parameters }) => checksOf(parameters)),
    ...(strictest === undefined ? {} : { reviews: strictest }),
    holdsForcePush: has('non_fast_forward'),
    holdsDeletion: has('deletion'),
    queue: has('merge_queue'),
  }
}

const checksOf = (parameters: unknown): RequiredCheck[] =>
  (checks.safeParse(parameters).data?.required_status_checks ?? []).map(({ context, integration_id: app }) => ({
    context,
    ...(app === undefined || app === null || app < 0 ? {} : { app: String(app) }),
  }))

function reviewsOf(parameters: unknown): RequiredReviews {
  const fields = pullRequest.safeParse(parameters).data
  return {
    count: fields?.required_approving_review_count ?? 0,
    codeOwners: fields?.require_code_owner_review ?? false,
    dismissStale: fields?.dismiss_stale_reviews_on_push ?? false,
    lastPush: fields?.require_last_push_approval ?? false,
    exempt: { who: 'known', bypass: [] },
  }
}

const byNumber = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : Number(a > b))
