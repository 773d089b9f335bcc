import type { WaiverView } from '@breakglass/core/contract'
import { fullRef } from '@breakglass/core/decide'
import { BreakglassError, invariant } from '@breakglass/core/errors'
import type { ResolvedGate } from '@breakglass/core/program'
import { approvalsNeeded, refusalsOf, type WaiverAsk } from '@breakglass/core/waiver'
import { formatDuration } from '@breakglass/report'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { requireProgram } from '../../facts/program.ts'
import { repositoryIdOf, repositoryKey, repositoryNamed } from '../../facts/repositories.ts'
import { personNamed } from '../../identity/person-named.ts'
import { requireActing } from '../../identity/require-acting.ts'
import { notify } from '../../tell/tell.ts'
import { seal } from '../../texts/seal.ts'
import type { BodyOf } from '../points/body-of.ts'
import { ownersOf } from '../points/gate-owners.ts'
import { chainAt, waiverById, waiverViews } from './waiver-row.ts'

type Asked = BodyOf<'requestWaiver'>

/**
 * Asks for a waiver. It holds nothing before the gate's owner has approved it. Throws `refused` with every rule that says no,
 * `admin_may_not`, `no_program`, `not_found`, `unknown_person`, `already_exists`.
 */
export function requestWaiver(edge: Edge, by: string, asked: Asked): Promise<WaiverView> {
  return act(edge, async run => {
    const { tx, atMs } = run
    await requireActing(tx, by, 'asks for no waiver')
    const { published } = await requireProgram(tx)
    const places = await placesAsked(run, asked)
    await requireNoOther(run, asked.gate, places)
    const id = run.newId('waiver')
    const repositories = places.map(({ repository }) => repositoryKey(repository))
    const chain = await chainAt(tx, { gate: asked.gate, repositories, except: id }, atMs)
    requireAllowed(asked.gate, refusalsOf(published.program, { ...asked, places, chain }))
    const gate = published.program.gates[asked.gate]
    invariant(gate, 'a gate that is allowed stands in the program')
    const owner = asked.owner === undefined ? by : await personNamed(tx, asked.owner, 'no waiver')
    const mayApprove = await approversOf(run, gate, [by, owner])
    const needed = approvalsNeeded(gate)
    if (mayApprove.length < needed) throw nobodyToApprove(gate, needed, mayApprove.length)
    const reason = await seal(run, asked.reason)
    await tx.db
      .insertInto('waiver')
      .values({
        id,
        gate: gate.name,
        class: gate.class,
        state: 'requested',
        requester: by,
        owner,
        reason_commit: reason.commit,
        seconds: asked.seconds,
        requested_at: atMs,
        granted_at: null,
        expires_at: null,
        ended_at: null,
        since_at: chain.sinceMs,
        renewals: chain.renewals,
        approvals_needed: needed,
        approvers: '[]',
        may_approve: JSON.stringify(mayApprove),
        program_digest: published.digest,
      })
      .execute()
    for (const { repository, ref } of places) {
      const place = { waiver_id: id, repository_key: repositoryKey(repository), ref, sid: null }
      await tx.db.insertInto('waiver_place').values(place).execute()
    }
    await say(run, 'waiver.requested', id, {
      by,
      gate: gate.name,
      owner,
      places: places.map(({ repository, ref }) => ({ ref, repository })),
      reason,
      seconds: asked.seconds,
    })
    const words = `A waiver of ${gate.name} for ${formatDuration(asked.seconds)} waits for its owner.`
    await notify(run, mayApprove, { words, subject: id })
    return oneView(run, id)
  })
}

export async function oneView({ tx, atMs }: Pick<Act, 'tx' | 'atMs'>, id: string): Promise<WaiverView> {
  const [view] = await waiverViews(tx, [await waiverById(tx, id)], atMs)
  invariant(view, `${id} can be shown`)
  return view
}

/** Whoever owns the gate and neither asked nor answers for the waiver. */
export const approversOf = async (run: Act, gate: ResolvedGate, except: readonly string[]): Promise<string[]> =>
  (await ownersOf(run, [gate])).filter(person => !except.includes(person))

export function requireAllowed(gate: string, refusals: ReturnType<typeof refusalsOf>): void {
  if (refusals.length === 0) return
  const lines = refusals.map(({ words, remedy }) => `${words}: ${remedy}`)
  throw new BreakglassError('refused', {
    message: `${gate} cannot be waived so: ${lines.join('; ')}.`,
    data: { refusals: refusals.map(({ rule }) => rule) },
  })
}

const nobodyToApprove = (gate: ResolvedGate, needed: number, found: number) =>
  new BreakglassError('refused', {
    message: `${gate.name} belongs to ${gate.owner}, and a waiver of it takes ${needed} of them who neither ask for it nor answer for it; there ${found === 1 ? 'is' : 'are'} ${found}.`,
    data: { refusals: ['nobody_to_approve'] },
  })

async function placesAsked({ tx }: Act, { places }: Asked): Promise<WaiverAsk['places']> {
  const found = new Map<string, WaiverAsk['places'][number]>()
  for (const { repository: name, ref: given } of places) {
    const row = await repositoryNamed(tx, name)
    const ref = fullRef(given)
    found.set(`${row.key} ${ref}`, { repository: repositoryIdOf(row), ref, name: row.name })
  }
  return [...found.values()]
}

/** Two that wait for the same would be approved without knowing of one another. */
async function requireNoOther({ tx }: Act, gate: string, places: WaiverAsk['places']): Promise<void> {
  for (const { repository, ref } of places) {
    const other = await tx.db
      .selectFrom('waiver')
      .innerJoin('waiver_place', 'waiver_place.waiver_id', 'waiver.id')
      .select('waiver.id')
      .where('waiver.gate', '=', gate)
      .where('waiver.state', 'in', ['requested', 'granting'])
      .where('waiver_place.repository_key', '=', repositoryKey(repository))
      .where('waiver_place.ref', '=', ref)
      .executeTakeFirst()
    if (other) {
      throw new BreakglassError('already_exists', `${other.id} asks for the same; approve or decline that one.`)
    }
  }
}
