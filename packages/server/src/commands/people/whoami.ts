import type { PersonView } from '@breakglass/core/contract'
import { resolveMembers, wayInto } from '@breakglass/core/decide'
import { msToInstant } from '@breakglass/verify'
import type { Edge } from '../../edge/edge.ts'
import { programInForce } from '../../facts/program.ts'
import { rosterOf } from '../../facts/roster.ts'
import type { Rx } from '../../store/store.ts'
import { personView } from '../../views/people.ts'

export interface Whoami {
  person: PersonView
  tokenExpiresAt: string
  groups: string[]
  mayBreak: string[]
  mayReview: boolean
  isOwner: boolean
}

/** Who a token belongs to, and what the program in force lets that person do as of now. */
export function whoami(edge: Edge, caller: { person: string; tokenId: string }): Promise<Whoami> {
  return edge.store.read(async rx => {
    const person = await personView(rx, caller.person)
    const token = await rx.db
      .selectFrom('token')
      .select('expires_at')
      .where('id', '=', caller.tokenId)
      .executeTakeFirstOrThrow()
    const base = { person, tokenExpiresAt: msToInstant(token.expires_at) }
    return { ...base, ...(await permissions(rx, person, edge.nowMs())) }
  })
}

async function permissions(
  rx: Rx,
  person: PersonView,
  nowMs: number,
): Promise<Omit<Whoami, 'person' | 'tokenExpiresAt'>> {
  const current = await programInForce(rx)
  const isAdmin = person.roles.includes('admin')
  if (!current)
    return { groups: [], mayBreak: [], mayReview: false, isOwner: !isAdmin && person.roles.includes('owner') }
  const { program } = current.published
  const roster = await rosterOf(rx, current, nowMs)
  const isAmong = (refs: readonly string[]) => !isAdmin && resolveMembers(refs, roster).people.has(person.id)
  const groups = Object.entries(roster.groups).filter(([, members]) =>
    members.some(member => member.person === person.id),
  )
  const gates = Object.values(program.gates).filter(gate => isAmong(wayInto(gate)?.who ?? []))
  return {
    groups: groups.map(([name]) => name).sort(),
    mayBreak: gates.map(({ name }) => name).sort(),
    mayReview: isAmong(program.reviews.reviewers),
    isOwner: isAmong(['owners']),
  }
}
