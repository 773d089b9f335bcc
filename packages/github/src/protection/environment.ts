import { z } from 'zod'
import { id, listOf, opt, text } from '../events/fields.ts'
import type { Difference } from './diff.ts'
import type { Answer } from './rules.ts'

export interface EnvironmentAnswers {
  /** `GET /repos/{o}/{r}/environments`, all pages as one answer. */
  environments: Answer
  /** `GET /repos/{o}/{r}/environments/{env}/deployment_protection_rules`. */
  rules: Answer
}

/** What stands before deployments to one environment. */
export interface EnvironmentProtection {
  state: 'found' | 'none' | 'unreadable'
  /** Apps whose answer is waited for; absent where these could not be read. */
  apps?: string[]
  /** How many people, teams counted as one, of whom one has to approve; none where nobody has to. */
  reviewers: number
  preventSelfReview: boolean
  /** Absent in the answers of some servers: not known. */
  adminsBypass?: boolean
}

const environments = z.object({
  total_count: opt(z.int()),
  environments: z.array(
    z.object({
      name: text,
      can_admins_bypass: opt(z.boolean()),
      protection_rules: opt(
        z.array(z.object({ type: text, reviewers: opt(z.array(z.unknown())), prevent_self_review: opt(z.boolean()) })),
      ),
    }),
  ),
})

const custom = z.object({
  custom_deployment_protection_rules: listOf(z.object({ enabled: opt(z.boolean()), app: z.object({ id }) })),
})

/** No webhook tells of a change of these, so its instant is that of the look. */
export function environmentProtection(name: string, answers: EnvironmentAnswers): EnvironmentProtection {
  const nothing = { reviewers: 0, preventSelfReview: false }
  const all = environments.safeParse(answers.environments.body)
  if (answers.environments.status !== 200 || !all.success) return { state: 'unreadable', ...nothing }
  const found = all.data.environments.find(environment => environment.name.toLowerCase() === name.toLowerCase())
  if (found === undefined) {
    const isWhole = (all.data.total_count ?? 0) <= all.data.environments.length
    return { state: isWhole ? 'none' : 'unreadable', ...nothing }
  }
  const reviewers = found.protection_rules?.find(({ type }) => type === 'required_reviewers')
  const apps = appsOf(answers.rules)
  return {
    state: 'found',
    ...(apps === undefined ? {} : { apps }),
    reviewers: reviewers?.reviewers?.length ?? 0,
    preventSelfReview: reviewers?.prevent_self_review ?? false,
    ...(found.can_admins_bypass === undefined ? {} : { adminsBypass: found.can_admins_bypass }),
  }
}

function appsOf({ status, body }: Answer): string[] | undefined {
  const parsed = custom.safeParse(body)
  if (status !== 200 || !parsed.success) return undefined
  return parsed.data.custom_deployment_protection_rules.flatMap(({ enabled, app }) => (enabled === true ? app.id : []))
}

/** What changed between two looks at an environment, in words. No webhook tells of it. */
export function environmentDifferences(
  name: string,
  before: EnvironmentProtection,
  after: EnvironmentProtection,
): Difference[] {
  const say = (weight: Difference['weight'], words: string): Difference => ({
    weight,
    source: `environment:${name}`,
    words,
  })
  if (before.state === 'unreadable' || after.state === 'unreadable')
    return before.state === after.state
      ? []
      : [say('unknown', `${name} could be read only ${after.state === 'unreadable' ? 'before' : 'now'}`)]
  // What is gone has no rules to compare.
  if (before.state !== after.state)
    return [after.state === 'none' ? say('weaker', `${name} is gone`) : say('changed', `${name} is new`)]
  return [
    ...appDifferences(before.apps, after.apps).map(([weight, words]) => say(weight, `${name}: ${words}`)),
    ...(after.reviewers === 0 && before.reviewers > 0
      ? [say('weaker', `${name}: nobody has to approve any more`)]
      : []),
    ...(after.reviewers > 0 && before.reviewers === 0 ? [say('stronger', `${name}: somebody has to approve`)] : []),
    ...(before.preventSelfReview === after.preventSelfReview
      ? []
      : [
          say(
            after.preventSelfReview ? 'stronger' : 'weaker',
            `${name}: approving one's own: ${after.preventSelfReview ? 'refused' : 'let through'}`,
          ),
        ]),
    ...adminDifferences(before.adminsBypass, after.adminsBypass).map(([weight, words]) =>
      say(weight, `${name}: ${words}`),
    ),
  ]
}

type Weighed = [Difference['weight'], string]

function appDifferences(before: string[] | undefined, after: string[] | undefined): Weighed[] {
  if (before === undefined && after === undefined) return []
  if (before === undefined || after === undefined)
    return [['unknown', `its rules could be read only ${after === undefined ? 'before' : 'now'}`]]
  return [
    ...before.filter(app => !after.includes(app)).map((app): Weighed => ['weaker', `the rule of app ${app} is off`]),
    ...after.filter(app => !before.includes(app)).map((app): Weighed => ['stronger', `the rule of app ${app} is on`]),
  ]
}

function adminDifferences(before: boolean | undefined, after: boolean | undefined): Weighed[] {
  if (before === after) return []
  if (before === undefined || after === undefined)
    return [['unknown', 'whether admins may bypass it is not said by both looks']]
  return after ? [['weaker', 'admins may bypass it']] : [['stronger', 'admins may no longer bypass it']]
}
