import type { ResolvedProgram } from '@breakglass/core/program'
import { z } from 'zod'

/**
 * Since when the program has named whom: a person added an hour ago may have been added to break this very glass, and the
 * decision flags it. Kept with each version when it takes effect, carried on from the one before.
 */
const membersSince = z.strictObject({
  groups: z.record(z.string(), z.record(z.string(), z.int())),
  /** Accounts named on their own, with the places that name them: a new place counts as new. */
  accounts: z.record(z.string(), z.strictObject({ since: z.int(), places: z.array(z.string()) })),
})
export type MembersSince = z.infer<typeof membersSince>

export const ownersGroup = 'owners'

export function parseMembersSince(text: string | null): MembersSince {
  return text === null ? { groups: {}, accounts: {} } : membersSince.parse(JSON.parse(text))
}

export function membersSinceOf(program: ResolvedProgram, previous: MembersSince, atMs: number): MembersSince {
  const groups: MembersSince['groups'] = {}
  for (const [name, refs] of Object.entries(membersByGroup(program))) {
    groups[name] = Object.fromEntries(refs.map(ref => [ref, previous.groups[name]?.[ref] ?? atMs]))
  }
  const accounts: MembersSince['accounts'] = {}
  for (const [ref, places] of placesOf(program)) {
    const before = previous.accounts[ref]
    const isNew = places.some(place => !before?.places.includes(place))
    accounts[ref] = { since: before && !isNew ? before.since : atMs, places }
  }
  return { groups, accounts }
}

/** Accounts that the program names on their own, outside any group. */
export const namedAccounts = (program: ResolvedProgram): string[] => [...placesOf(program).keys()]

function membersByGroup({ owners, groups }: ResolvedProgram): Record<string, readonly string[]> {
  const named = Object.entries(groups).map(([name, group]) => [name, group.kind === 'members' ? group.members : []])
  return { ...Object.fromEntries(named), [ownersGroup]: owners }
}

function placesOf(program: ResolvedProgram): Map<string, string[]> {
  const places = new Map<string, string[]>()
  const note = (place: string, refs: readonly string[]) => {
    for (const ref of refs) {
      if (ref === ownersGroup || Object.hasOwn(program.groups, ref)) continue
      places.set(ref, [...(places.get(ref) ?? []), place])
    }
  }
  for (const { name, owner, breakGlass, whenItCannotRun } of Object.values(program.gates)) {
    note(`gates.${name}.owner`, [owner])
    if (breakGlass.kind === 'allowed') {
      note(`gates.${name}.who`, breakGlass.who)
      note(`gates.${name}.approvers`, breakGlass.approvers)
      note(`gates.${name}.bots`, breakGlass.bots)
    }
    if (whenItCannotRun) {
      note(`gates.${name}.unavailable.who`, whenItCannotRun.who)
      note(`gates.${name}.unavailable.approvers`, whenItCannotRun.approvers)
    }
  }
  note('reviews.reviewers', program.reviews.reviewers)
  note('reviews.escalate', program.reviews.escalate)
  if (program.forum?.chair !== undefined) note('forum.chair', [program.forum.chair])
  for (const [team, { people }] of Object.entries(program.teams)) note(`teams.${team}`, people)
  return places
}
