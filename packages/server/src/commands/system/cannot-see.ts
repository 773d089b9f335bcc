import { msToInstant, parseTrustPolicy, policyHasWitnesses } from '@breakglass/verify'
import type { ProgramInForce } from '../../facts/program.ts'
import { repositoryKey } from '../../facts/repositories.ts'
import { rosterOf } from '../../facts/roster.ts'
import { intakeCannotSee, intakeStatus } from '../../intake/intake-status.ts'
import type { Rx } from '../../store/store.ts'

/** A point that says nothing for so long is taken as silent: what lands past it now is not seen. */
const pointSilentMs = 15 * 60_000

interface Seen {
  program: ProgramInForce | undefined
  ledger: { reachable: boolean; outOfBand: boolean }
  policyText: string
  nowMs: number
}

/** Unknown is never zero: whatever this server cannot see at this moment, each in one sentence. */
export async function cannotSee(rx: Rx, seen: Seen): Promise<string[]> {
  return [
    ...ofTheLedger(seen),
    ...(await ofTheProgram(rx, seen)),
    ...(await ofTheRepositories(rx, seen)),
    ...(await ofThePoints(rx, seen)),
    ...intakeCannotSee(await intakeStatus(rx), await hasPointOnForge(rx)),
    'Only landings that an enforcement point or its watcher tells of are seen; there is no poll of repositories without one.',
  ]
}

async function hasPointOnForge(rx: Rx): Promise<boolean> {
  const query = rx.db.selectFrom('point').select('id').where('kind', '=', 'github').where('ended_at', 'is', null)
  return (await query.limit(1).execute()).length > 0
}

function ofTheLedger({ ledger, policyText }: Seen): string[] {
  const policy = parseTrustPolicy(policyText)
  return [
    ...(ledger.reachable ? [] : ['The ledger does not answer, so nothing can be opened and nothing new is proven.']),
    ...(ledger.outOfBand
      ? []
      : ['The ledger runs on this very machine: whoever rules the machine rules the record too.']),
    ...(policy.ok && policyHasWitnesses(policy.value)
      ? []
      : ['No witness watches the ledger: that it shows everybody the same record is not seen.']),
  ]
}

async function ofTheProgram(rx: Rx, { program, nowMs }: Seen): Promise<string[]> {
  if (!program) return ['No program is in force, so no gate is known and no landing can be judged.']
  const { groups } = program.published.program
  const schedules = Object.entries(groups).flatMap(([name, group]) => (group.kind === 'schedule' ? [name] : []))
  const { unresolved } = await rosterOf(rx, program, nowMs)
  const nobody = unresolved.filter(reference => !schedules.includes(reference))
  return [
    ...schedules.map(
      name => `Schedules are not connected: who is on duty in ${name} is not known, so it authorises nobody.`,
    ),
    ...nobody.map(reference => `Nobody here answers to ${reference}, which the program names; it authorises nobody.`),
  ]
}

/** A gate whose repository nobody registered guards nothing, and one without an enforcement point guards nothing yet. */
async function ofTheRepositories(rx: Rx, { program }: Seen): Promise<string[]> {
  if (!program) return []
  const registered = await rx.db.selectFrom('repository').select('key').execute()
  const known = new Set(registered.map(({ key }) => key))
  const points = await rx.db.selectFrom('point').select('repository_key').where('ended_at', 'is', null).execute()
  const guarded = new Set(points.map(({ repository_key }) => repository_key))
  const sentences = new Set<string>()
  for (const { name: gate, on } of Object.values(program.published.program.gates)) {
    if (on.repositories.length === 0)
      sentences.add(`${gate} is in force nowhere: none of its repositories is registered.`)
    for (const { id, name } of on.repositories) {
      const key = repositoryKey(id)
      if (!known.has(key)) sentences.add(`${name} is named by the program and not registered here.`)
      else if (!guarded.has(key)) {
        sentences.add(`${name} has no enforcement point: what lands there is not seen, and its gates are not enforced.`)
      }
    }
  }
  return [...sentences].sort()
}

async function ofThePoints(rx: Rx, { nowMs }: Seen): Promise<string[]> {
  const points = await rx.db
    .selectFrom('point')
    .select(['name', 'kind', 'registered_at', 'last_seen_at'])
    .where('ended_at', 'is', null)
    .orderBy('name')
    .execute()
  return points.flatMap(({ name, kind, registered_at, last_seen_at }) => {
    // A job in CI speaks when it runs; only a hook has a watcher that speaks all the time.
    if (kind === 'ci' || nowMs - (last_seen_at ?? registered_at) <= pointSilentMs) return []
    const since = last_seen_at === null ? 'since it was registered' : `since ${msToInstant(last_seen_at)}`
    return [`${name} has been silent ${since}: what landed there meanwhile is not seen.`]
  })
}
