import { z } from 'zod'
import { id, instant, listOf, opt, sha, text } from '../events/fields.ts'
import type { Answer } from '../protection/rules.ts'

/** One rule suite: what GitHub found when a ref was pushed or merged to. */
export interface Suite {
  id: string
  ref: string
  before: string
  after: string
  actor?: string | undefined
  at?: number | undefined
  result: 'pass' | 'fail' | 'bypass' | 'unknown'
  /** Absent where only the list was read, which does not say which rules were asked. */
  evaluations?: Evaluation[] | undefined
}

export interface Evaluation {
  rule: string
  result: 'pass' | 'fail' | 'unknown'
  /** What was only tried out decided nothing. A ruleset may be deleted after it was gone around, and is said to be. */
  ruleset: 'active' | 'evaluate' | 'deleted' | 'unknown'
  details?: string | undefined
}

const evaluation = z.object({ rule_type: text, result: text, enforcement: opt(text), details: opt(z.string()) })

const suite = z.object({
  id,
  ref: text,
  before_sha: sha,
  after_sha: sha,
  actor_id: opt(id),
  pushed_at: opt(instant),
  result: opt(text),
  rule_evaluations: opt(listOf(evaluation)),
})

/** A list, or one suite with its evaluations. `result` counts, not `evaluation_result`, which is also about rulesets that are only tried out. */
export function readSuites({ status, body }: Answer): Suite[] | 'unread' {
  const given: unknown[] = Array.isArray(body) ? body : [body]
  const understood = listOf(suite).parse(given)
  if (status !== 200 || (given.length > 0 && understood.length === 0)) return 'unread'
  return understood.map(fields => ({
    id: fields.id,
    ref: fields.ref.startsWith('refs/') ? fields.ref : `refs/heads/${fields.ref}`,
    before: fields.before_sha,
    after: fields.after_sha,
    actor: fields.actor_id,
    at: fields.pushed_at,
    result: oneOf(['pass', 'fail', 'bypass'], fields.result),
    evaluations: fields.rule_evaluations?.map(({ rule_type: rule, result, enforcement = 'active', details }) => ({
      rule,
      result: oneOf(['pass', 'fail'], result),
      ruleset: enforcement === 'deleted ruleset' ? 'deleted' : oneOf(['active', 'evaluate'], enforcement),
      details,
    })),
  }))
}

const oneOf = <const T extends string>(words: readonly T[], word: string | undefined): T | 'unknown' =>
  words.find(each => each === word) ?? 'unknown'

/** One line of `GET /repos/{o}/{r}/activity`: how a ref was moved. */
export interface Activity {
  ref: string
  before: string
  after: string
  type: string
  actor?: string | undefined
  at?: number | undefined
}

const activity = z.object({
  ref: text,
  before: sha,
  after: sha,
  activity_type: text,
  timestamp: opt(instant),
  actor: opt(z.object({ id })),
})

export function readActivity({ status, body }: Answer): Activity[] | 'unread' {
  if (status !== 200 || !Array.isArray(body)) return 'unread'
  return listOf(activity)
    .parse(body)
    .map(({ ref, before, after, activity_type: type, timestamp: at, actor }) => ({
      ref: ref.startsWith('refs/') ? ref : `refs/heads/${ref}`,
      before: /^0+$/.test(before) ? '' : before,
      after: /^0+$/.test(after) ? '' : after,
      type,
      actor: actor?.id,
      at,
    }))
}
