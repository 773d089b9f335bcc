import type { Roster } from './types.ts'

export interface Members {
  /** By person: the references that lead to them, and since when, the earliest first. */
  people: ReadonlyMap<string, { via: string[]; since: string }>
  /** References that nobody answers to; they authorise nobody. */
  unresolved: string[]
}

/** Who is meant by references of the program, as the roster says. An unknown reference means nobody: default deny. */
export function resolveMembers(refs: readonly string[], roster: Roster): Members {
  const people = new Map<string, { via: string[]; since: string }>()
  const unresolved: string[] = []
  for (const ref of new Set(refs)) {
    // A roster that contradicts itself authorises nobody either.
    const entries = roster.unresolved.includes(ref) ? undefined : entriesOf(ref, roster)
    if (!entries) unresolved.push(ref)
    for (const { person, since } of entries ?? []) {
      const known = people.get(person)
      if (!known) people.set(person, { via: [ref], since })
      else people.set(person, { via: [...known.via, ref], since: earlier(known.since, since) })
    }
  }
  return { people, unresolved }
}

/** Own members only: a group named `constructor` must not be found on the prototype. */
function entriesOf(ref: string, roster: Roster): readonly { person: string; since: string }[] | undefined {
  if (Object.hasOwn(roster.groups, ref)) return roster.groups[ref]
  if (!Object.hasOwn(roster.accounts, ref)) return undefined
  const account = roster.accounts[ref]
  return account && [account]
}

function earlier(a: string, b: string): string {
  const [aMs, bMs] = [Date.parse(a), Date.parse(b)]
  if (Number.isNaN(aMs)) return b
  return bMs < aMs ? b : a
}
