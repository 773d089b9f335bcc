import { z } from 'zod'
import { gateName, severity } from './names.ts'
import {
  businessDays,
  count,
  date,
  duration,
  line,
  list,
  member,
  percent,
  relativePath,
  shortName,
  someOf,
  zone,
} from './source-words.ts'

/**
 * The program file as people write it. This one schema is the parser, the type, and the JSON Schema for editors
 * (`programJsonSchema`); docs/program.md explains it. What needs more than one place to judge is in `resolve` and `check`.
 */
const members = someOf(member, 'a list of people and groups')
const atLeast = z
  .strictObject({ at_least: severity.describe('The least grave severity that will do; SEV1 is the gravest.') })
  .describe('An open incident of this severity or graver.')

const propertyWords = 'a property such as tier=1'
const property = z.string(propertyWords).regex(/^[^=\s]{1,64}=\S(?:.{0,126}\S)?$/, propertyWords)
const selector = z
  .strictObject({
    property: z
      .union([property, someOf(property, 'a list of properties such as tier=1')], propertyWords)
      .describe('Every registered repository that has this property, or all of these.'),
  })
  .describe('Resolved at publication into the list of repositories that match then; never later by itself.')

const branchWords = 'a branch or pattern such as main or release/*, without refs/heads/'
const branch = line(200, branchWords).refine(text => !text.startsWith('refs/') && !/\s/.test(text), branchWords)

const on = z
  .strictObject({
    repositories: z
      .union([list(line(200, 'the name of a repository'), 'a list of names of repositories'), selector], {
        error: 'a list of names of repositories, or { property: tier=1 }',
      })
      .optional()
      .describe('Names as they are registered, or a selector.'),
    branches: list(branch, 'a list of branches')
      .optional()
      .describe('Patterns: * within one segment, ** across. Not needed at the boundary operate.'),
  })
  .describe('Where the gate is in force.')

const whenUnavailable = z
  .union(
    [
      z.literal('closed'),
      z.strictObject({
        pass: z
          .strictObject({ for: duration('1m', '4h').describe('How long it may pass; then it is closed again.') })
          .describe('Let changes through, loudly, while the gate cannot run. Advisory gates only.'),
      }),
    ],
    { error: 'closed, or { pass: { for: 30m } }' },
  )
  .describe('What happens when the gate itself cannot run. Default: closed.')

const breakable = z.strictObject({
  who: members.optional().describe('Who may break the glass, decided before the emergency.'),
  approvers: members.optional().describe('Who may be the second person. Default: who, and the owner.'),
  bots: list(member, 'a list of accounts').optional().describe('Bot accounts that may break it too. Default: none.'),
  incident: z
    .union([z.literal('optional'), atLeast], { error: 'optional, or { at_least: SEV2 }' })
    .optional()
    .describe('Whether an incident must be open.'),
  second_person: z
    .union([z.enum(['required', 'none']), z.strictObject({ wait: duration('30s', '1h') })], {
      error: 'required, none, or { wait: 5m }',
    })
    .optional()
    .describe('required; none; or wait so long for one, then go solo and say so.'),
  ttl: duration('1m', '24h').optional().describe('How long a grant lives. It ends by itself and cannot be extended.'),
  uses: count(1, 10).optional().describe('How many landings one grant covers. Default: 1.'),
  offline: z
    .boolean('true or false')
    .optional()
    .describe('Whether it may be opened without a live answer. Default: false.'),
})

const breakGlass = z
  .union([z.literal('never'), breakable], { error: 'never, or who may break it and how' })
  .describe('Who may open the gate in an emergency; never makes it a safety net.')

const whenItCannotRun = z
  .union(
    [
      z.literal('never'),
      z.strictObject({
        after: duration('1m', '24h')
          .optional()
          .describe('How long it must have been unable to run. Default: unavailable_after.'),
        who: members.optional().describe('Default: the owner.'),
        approvers: members.optional().describe('Default: the owners and the owner.'),
        ttl: duration('1m', '24h').optional().describe('Default: 30m.'),
      }),
    ],
    { error: 'never, or { after: 5m, who: […] }' },
  )
  .describe('Safety nets only: who may open it, with a second person, when it could not run at all.')

const template = z.strictObject({
  boundary: z.enum(['merge', 'deploy', 'operate']).optional().describe('What the gate stands before.'),
  class: z
    .enum(['control', 'quality', 'advisory'])
    .optional()
    .describe('control guards safety or security; quality guards quality; advisory only advises.'),
  protects: line(500, 'one line of at most 500 characters').optional().describe('What it protects, in one sentence.'),
  on: on.optional(),
  check: line(200, 'the name of a check').optional().describe('It passes by this check.'),
  reviews: count(1, 10).optional().describe('It passes by so many reviews.'),
  approval: line(200, 'the name of an environment')
    .optional()
    .describe('It passes by an approval for this environment.'),
  owner: member.optional().describe('Who mends the gate when it hurts. Default: owners.'),
  when_unavailable: whenUnavailable.optional(),
  break_glass: breakGlass.optional(),
  when_it_cannot_run: whenItCannotRun.optional(),
  timezone: zone.optional().describe("The zone of the gate's owner, for due dates. Default: the program's."),
})

const gate = template
  .extend({ use: shortName.optional().describe('A template whose keys hold where the gate does not say otherwise.') })
  .describe('A gate: what passes it, where, who owns it, who may open it in an emergency.')

const group = z
  .strictObject({
    members: list(member, 'a list of people and groups').optional().describe('The people, or groups of them.'),
    schedule: z
      .string('a schedule such as pagerduty:PABC123 or ics:https://…')
      .regex(/^[a-z][a-z0-9]*:\S{1,400}$/, 'a schedule such as pagerduty:PABC123 or ics:https://…')
      .optional()
      .describe('Whoever is on call there.'),
    from: z.literal('incident').optional().describe('The commander of the incident.'),
  })
  .meta({ oneOf: [{ required: ['members'] }, { required: ['schedule'] }, { required: ['from'] }] })
  .describe('Exactly one of members, schedule, from.')

const boundWords = 'a number, or one relative to what is live, such as 3x live'
const bound = z.union([z.int(boundWords), line(64, boundWords)], { error: boundWords })
const preapproved = z
  .strictObject({
    boundary: z.enum(['merge', 'deploy', 'operate']).optional(),
    gates: list(gateName, 'a list of gates').optional().describe('The gates that this change need not wait for.'),
    target: line(200, 'what is operated on').optional(),
    bounds: z
      .record(shortName, z.strictObject({ min: bound.optional(), max: bound.optional() }))
      .optional()
      .describe('The bounds of its parameters.'),
    who: members.describe('Who may do it.'),
    during: atLeast.optional(),
    proves: line(200, 'what proves that the change is the known one').optional(),
    until: date.optional().describe('The last day on which it holds.'),
  })
  .describe('A known emergency change, approved ahead of time.')

const sections = {
  include: z
    .union([relativePath, list(relativePath, 'a list of paths')], {
      error: 'a path or pattern such as gates/*.yaml, or a list of them',
    })
    .optional()
    .describe(
      'More files with gates, templates, groups, teams and preapproved; patterns: * within a segment, ** across.',
    ),
  groups: z.record(shortName, group, 'groups by name').optional().describe('Named sets of people.'),
  teams: z
    .record(
      shortName,
      z.strictObject({
        repositories: on.shape.repositories,
        people: list(member, 'a list of people and groups').optional(),
      }),
      'teams by name',
    )
    .optional()
    .describe('Who works where; named in reports beside the cause, never ranked.'),
  templates: z.record(shortName, template, 'templates by name').optional().describe('Parts that several gates share.'),
  gates: z.record(gateName, gate, 'gates by name').optional().describe('The gates, by name.'),
  preapproved: z.record(shortName, preapproved, 'pre-approved changes by name').optional(),
}

/** What an included file may hold. */
export const programFragment = z.strictObject(sections)
export type ProgramFragment = z.output<typeof programFragment>

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

export const programFile = z
  .strictObject({
    organization: line(100, 'the name of the organisation').describe('The name of the organisation.'),
    timezone: zone.describe('The zone in which due dates are read, where a gate names none.'),
    calendar: z
      .strictObject({
        weekend: list(z.enum(weekdays), 'a list of weekdays such as [sat, sun]')
          .optional()
          .describe('Default: [sat, sun].'),
        holidays: z
          .union([relativePath, list(date, 'a list of dates')], {
            error: 'a list of dates, or the path of a file with them',
          })
          .optional()
          .describe('Dates on which no review falls due, or a file with them.'),
      })
      .optional()
      .describe('Which days are business days.'),
    owners: members.describe('The program owners: a change that widens the program needs two of them.'),
    ...sections,
    reviews: z
      .strictObject({
        due: businessDays.optional().describe('Default: 2 business days.'),
        reviewers: members.optional().describe('Who may sign. Default: the owners.'),
        escalate: list(member, 'a list of people and groups')
          .optional()
          .describe('Who is told of an overdue one. Default: the owners.'),
      })
      .optional()
      .describe('Every use is reviewed, without blame.'),
    waivers: z
      .strictObject({
        longest: duration('1m', '90d').optional().describe('Default: 30d.'),
        renewals: count(0, 12).optional().describe('Default: 2.'),
      })
      .optional()
      .describe('Registered temporary exceptions.'),
    drills: z
      .strictObject({ every: duration('1d', '366d') })
      .optional()
      .describe('How often breaking glass is rehearsed.'),
    forum: z
      .strictObject({
        every: duration('1d', '366d'),
        chair: member.optional(),
        publish: line(200, 'a channel such as #ops-review').optional(),
      })
      .optional()
      .describe('The standing review in which the numbers are read.'),
    roster_review: z
      .strictObject({ every: duration('1d', '366d') })
      .optional()
      .describe('How often the roster is read through.'),
    thresholds: z
      .strictObject({ low: percent.optional(), high: percent.optional() })
      .optional()
      .describe('Bypass rates that count as low and as high. Default: 1% and 5%.'),
    widening_delay: duration('0s', '30d').optional().describe('How long a widening waits. Default: 24h.'),
    offline_ttl_max: duration('1m', '30m').optional().describe('The longest offline grant. Default: 30m.'),
    unavailable_after: duration('1m', '24h')
      .optional()
      .describe('When a safety net counts as unable to run. Default: 5m.'),
  })
  .describe('A break-glass program: which gates there are, who may open them in an emergency, and who reviews it.')

/** The program as written, durations in seconds, defaults not yet filled in. */
export type ProgramFile = z.output<typeof programFile>
export type GateSource = z.output<typeof gate>
export type TemplateSource = z.output<typeof template>
export type SelectorSource = z.output<typeof selector>

/** A file of holidays: a list of dates, or a mapping from dates to their names. */
export const holidaysFile = z
  .union([list(date, 'a list of dates'), z.record(date, z.string('the name of the day'))], {
    error: 'a list of dates, or dates with their names',
  })
  .transform(days => (Array.isArray(days) ? days : Object.keys(days)))

/** ISO weekday numbers, Monday = 1. */
export const weekdayNumber = (day: (typeof weekdays)[number]): number => weekdays.indexOf(day) + 1
