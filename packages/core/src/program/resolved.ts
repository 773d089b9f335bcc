import { z } from 'zod'
import { gateName, repositoryId, severity } from './names.ts'

/** Who is meant: a group of the program, `owners`, or an account (`ana@acme.dev`, `github:kofi`). */
export const memberRef = z.string().min(1).max(254)

const secondPerson = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('required') }),
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('wait'), waitSeconds: z.int().min(30).max(3600) }),
])

const breakGlass = z.discriminatedUnion('kind', [
  /** A safety net: no grant opens it once it ran and failed. */
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({
    kind: z.literal('allowed'),
    who: z.array(memberRef).min(1),
    /** Who may be the second person; by default `who` and the gate's owner. */
    approvers: z.array(memberRef).min(1),
    bots: z.array(memberRef),
    /** Absent: an incident is optional. */
    incidentAtLeast: severity.optional(),
    secondPerson,
    ttlSeconds: z.int().min(60).max(86_400),
    uses: z.int().min(1).max(10),
    offline: z.boolean(),
  }),
])

export const resolvedGate = z.strictObject({
  name: gateName,
  boundary: z.enum(['merge', 'deploy', 'operate']),
  class: z.enum(['control', 'quality', 'advisory']),
  protects: z.string().max(500),
  on: z.strictObject({
    repositories: z.array(z.strictObject({ id: repositoryId, name: z.string() })),
    /** Branch patterns without `refs/heads/`; `*` matches within one path segment, `**` across. */
    branches: z.array(z.string().min(1).max(200)).min(1),
  }),
  passes: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('check'), check: z.string().min(1).max(200) }),
    z.strictObject({ kind: z.literal('reviews'), count: z.int().min(1).max(10) }),
    z.strictObject({ kind: z.literal('approval'), environment: z.string().min(1).max(200) }),
  ]),
  owner: memberRef,
  /** `closed` unless an advisory gate says for how long it may pass when it cannot run; at most 4 h. */
  whenUnavailable: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('closed') }),
    z.strictObject({ kind: z.literal('pass'), forSeconds: z.int().min(60).max(14_400) }),
  ]),
  breakGlass,
  /** When a safety net could not run for `afterSeconds`, `who` may open it with a second person, never alone. */
  whenItCannotRun: z
    .strictObject({
      afterSeconds: z.int().min(60).max(86_400),
      who: z.array(memberRef).min(1),
      approvers: z.array(memberRef).min(1),
      ttlSeconds: z.int().min(60).max(86_400),
    })
    .optional(),
  timezone: z.string(),
})
export type ResolvedGate = z.infer<typeof resolvedGate>

const group = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('members'), members: z.array(memberRef) }),
  z.strictObject({ kind: z.literal('schedule'), schedule: z.string() }),
  z.strictObject({ kind: z.literal('incident') }),
])

/**
 * The program as the rules see it: names of repositories resolved to ids, durations in whole seconds, selectors to explicit
 * lists, templates and includes applied. It is RFC 8785 JSON, logged by digest with `program.published`, and what enforcement
 * points cache (docs/formats/program-bundle.md). The YAML that people write is `source.ts`.
 */
export const resolvedProgram = z.strictObject({
  v: z.literal(1),
  organization: z.string(),
  timezone: z.string(),
  calendar: z.strictObject({
    /** ISO weekday numbers, Monday = 1. */
    weekend: z.array(z.int().min(1).max(7)),
    holidays: z.array(z.iso.date()),
  }),
  /** Where the program itself lives: no grant or waiver may open a gate there. */
  source: z.strictObject({ repository: repositoryId, ref: z.string(), path: z.string() }).optional(),
  owners: z.array(memberRef).min(1),
  groups: z.record(z.string(), group),
  teams: z.record(
    z.string(),
    z.strictObject({
      repositories: z.array(z.strictObject({ id: repositoryId, name: z.string() })),
      people: z.array(memberRef),
    }),
  ),
  gates: z
    .record(gateName, resolvedGate)
    .refine(gates => Object.entries(gates).every(([name, gate]) => gate.name === name), 'each gate under its own name'),
  reviews: z.strictObject({
    dueBusinessDays: z.int().min(1).max(10),
    reviewers: z.array(memberRef).min(1),
    escalate: z.array(memberRef),
  }),
  waivers: z.strictObject({ longestSeconds: z.int().min(60).max(7_776_000), renewals: z.int().min(0).max(12) }),
  wideningDelaySeconds: z.int().min(0).max(2_592_000),
  offlineTtlSecondsMax: z.int().min(60).max(1800),
  /** How the program is practised and read; nobody's permission hangs on these. Absent where the program names none. */
  drills: z.strictObject({ everySeconds: z.int().min(86_400) }).optional(),
  forum: z
    .strictObject({ everySeconds: z.int().min(86_400), chair: memberRef.optional(), publish: z.string().optional() })
    .optional(),
  rosterReview: z.strictObject({ everySeconds: z.int().min(86_400) }).optional(),
  /** Hundredths of a percent. */
  thresholds: z
    .strictObject({ lowBasisPoints: z.int().min(0).max(10_000), highBasisPoints: z.int().min(0).max(10_000) })
    .optional(),
})
export type ResolvedProgram = z.infer<typeof resolvedProgram>

declare const published: unique symbol
/** A resolved program that came from its parser (`parseResolvedProgram`) together with the digest it was published under. */
export interface PublishedProgram {
  readonly [published]: true
  readonly digest: `sha256:${string}`
  readonly program: ResolvedProgram
}
