import { z } from 'zod'

/* What is read of GitHub's answers: these members and no others. What may be missing or null is so here. */
const id = z.union([z.number(), z.string()]).transform(String)
const instant = z.iso.datetime({ offset: true }).transform(text => Date.parse(text))
const orNothing = <Shape extends z.ZodType>(shape: Shape) => shape.nullish().transform(value => value ?? undefined)
const account = z.object({ id, login: z.string(), type: z.string().optional() })
const sha = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/)

export const repository = z.object({ id, full_name: z.string(), default_branch: z.string() })

export const pull = z.object({
  number: z.int(),
  state: z.string(),
  draft: z.boolean().optional(),
  created_at: orNothing(instant),
  user: orNothing(account),
  head: z.object({ sha, ref: z.string(), repo: orNothing(z.object({ id })) }),
  base: z.object({ sha, ref: z.string(), repo: z.object({ id }) }),
  merged_at: orNothing(instant),
  merge_commit_sha: orNothing(sha),
  auto_merge: orNothing(z.object({ enabled_by: orNothing(account) })),
})
export type Pull = z.output<typeof pull>

/** Of one pull request by itself: who merged it stands only there. */
export const wholePull = pull.extend({ merged_by: orNothing(account) })
export type WholePull = z.output<typeof wholePull>

export const checkRun = z.object({
  id,
  name: z.string(),
  head_sha: sha,
  status: z.string(),
  conclusion: orNothing(z.string()),
  external_id: orNothing(z.string()),
  started_at: orNothing(instant),
  completed_at: orNothing(instant),
  app: orNothing(z.object({ id })),
  output: z.object({ title: orNothing(z.string()), summary: orNothing(z.string()) }),
})
export type CheckRun = z.output<typeof checkRun>

export const status = z.object({
  id,
  context: z.string(),
  state: z.string(),
  created_at: orNothing(instant),
  creator: orNothing(account),
})
export type Status = z.output<typeof status>

export const review = z.object({
  state: z.string(),
  commit_id: orNothing(sha),
  submitted_at: orNothing(instant),
  user: orNothing(account),
})
export type Review = z.output<typeof review>

export const ref = z.object({ ref: z.string(), object: z.object({ sha }) })
export type Ref = z.output<typeof ref>

export const activity = z.object({
  before: sha,
  after: sha,
  ref: z.string(),
  timestamp: instant,
  activity_type: z.string(),
  actor: orNothing(account),
})
export type Activity = z.output<typeof activity>

export const branchRule = z.looseObject({ type: z.string() })
