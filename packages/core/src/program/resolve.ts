import type { Remark } from '../contract/shapes.ts'
import { fullRef } from '../decide/branches.ts'
import { type Finding, hasErrors, inOrder, remarkAt } from './remarks.ts'
import { resolveGate } from './resolve-gate.ts'
import { checkReferences, ownersWord, resolveGroups, resolveOwners } from './resolve-people.ts'
import { type Registry, resolveRepositories } from './resolve-repositories.ts'
import type { ResolvedGate, ResolvedProgram } from './resolved.ts'
import type { ProgramSource } from './parse.ts'
import { type ProgramFile, weekdayNumber } from './source.ts'

/** `remarks` may hold advice when it went well, and holds an error when it did not. */
export type Resolution = { ok: true; resolved: ResolvedProgram; remarks: Remark[] } | { ok: false; remarks: Remark[] }

/**
 * The program as the rules see it: names of repositories as ids, selectors as lists, templates applied, groups of groups
 * opened up, defaults filled in. docs/program.md "Defaults". The same source and registry give the same resolution.
 */
export function resolveProgram(source: ProgramSource, registry: Registry): Resolution {
  const { program } = source
  const findings = checkReferences(program)
  const owners = resolveOwners(program, findings)
  const gates = resolveGates(program, registry, findings)
  const teams = resolveTeams(program, registry, findings)
  const remarks = inOrder(findings.map(finding => remarkAt(source.placeOf(finding.path), finding)))
  if (hasErrors(remarks)) return { ok: false, remarks }
  const resolved: ResolvedProgram = {
    v: 1,
    organization: program.organization,
    timezone: program.timezone,
    calendar: calendarOf(source),
    ...(registry.source && { source: sourceOf(registry.source) }),
    owners,
    groups: resolveGroups(program),
    teams,
    gates,
    ...settings(program),
  }
  return { ok: true, resolved, remarks }
}

function resolveGates(program: ProgramFile, registry: Registry, findings: Finding[]): Record<string, ResolvedGate> {
  return Object.fromEntries(
    Object.entries(program.gates ?? {}).flatMap(([name, gate]) => {
      const resolved = resolveGate(gate, { name, path: ['gates', name], program, registry, findings })
      return resolved ? [[name, resolved]] : []
    }),
  )
}

function resolveTeams(program: ProgramFile, registry: Registry, findings: Finding[]): ResolvedProgram['teams'] {
  return Object.fromEntries(
    Object.entries(program.teams ?? {}).map(([name, { repositories = [], people = [] }]) => {
      const path = ['teams', name, 'repositories']
      return [name, { repositories: resolveRepositories(repositories, { path, registry, findings }), people }]
    }),
  )
}

const sourceOf = ({ repository, ref, path }: NonNullable<Registry['source']>): ResolvedProgram['source'] => ({
  repository: { forge: repository.forge, host: repository.host, id: repository.id },
  ref: fullRef(ref),
  path,
})

function calendarOf({ program, holidays }: ProgramSource): ResolvedProgram['calendar'] {
  const weekend = (program.calendar?.weekend ?? ['sat', 'sun']).map(weekdayNumber)
  return { weekend: [...new Set(weekend)].sort((a, b) => a - b), holidays: [...new Set(holidays)].sort() }
}

const day = 86_400

type Settings = Pick<
  ResolvedProgram,
  | 'reviews'
  | 'waivers'
  | 'wideningDelaySeconds'
  | 'offlineTtlSecondsMax'
  | 'drills'
  | 'forum'
  | 'rosterReview'
  | 'thresholds'
>

function settings({ reviews, waivers, drills, forum, roster_review, thresholds, ...rest }: ProgramFile): Settings {
  return {
    reviews: {
      dueBusinessDays: reviews?.due ?? 2,
      reviewers: reviews?.reviewers ?? [ownersWord],
      escalate: reviews?.escalate ?? [ownersWord],
    },
    waivers: { longestSeconds: waivers?.longest ?? 30 * day, renewals: waivers?.renewals ?? 2 },
    wideningDelaySeconds: rest.widening_delay ?? day,
    offlineTtlSecondsMax: rest.offline_ttl_max ?? 1800,
    ...(drills && { drills: { everySeconds: drills.every } }),
    ...(forum && { forum: forumOf(forum) }),
    ...(roster_review && { rosterReview: { everySeconds: roster_review.every } }),
    ...(thresholds && {
      thresholds: { lowBasisPoints: thresholds.low ?? 100, highBasisPoints: thresholds.high ?? 500 },
    }),
  }
}

function forumOf({ every, chair, publish }: NonNullable<ProgramFile['forum']>): NonNullable<ResolvedProgram['forum']> {
  return { everySeconds: every, ...(chair !== undefined && { chair }), ...(publish !== undefined && { publish }) }
}
