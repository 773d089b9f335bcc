import { invariant } from '@breakglass/core/errors'
import type { PublishedProgram, ResolvedGate } from '@breakglass/core/program'
import type { StatementBody } from '@breakglass/core/statement'
import { msToInstant } from '@breakglass/verify'
import { type Act, say } from '../../edge/edge.ts'
import type { PointRow } from '../../facts/point.ts'
import { repositoryByKey, repositoryIdOf } from '../../facts/repositories.ts'
import { notify } from '../../tell/tell.ts'
import { seal } from '../../texts/seal.ts'
import type { DisclosureRow } from '../disclosures/disclosed.ts'
import { type GrantRow, incidentOf } from '../glass/grant-row.ts'
import { ownersOf } from '../points/gate-owners.ts'
import { byGravity } from '../reviews/gravity.ts'
import { openReview } from '../reviews/open-review.ts'

type Body = StatementBody<'finding.detected'>

export interface NewFinding {
  kind: Body['kind']
  confidence: Body['confidence']
  point: PointRow
  ref: string
  old?: string | undefined
  new?: string | undefined
  /** In force where it landed; at least one. */
  gates: readonly ResolvedGate[]
  /** Under which they were. */
  program: PublishedProgram
  happenedMs: number
  whileOff: boolean
  delivery?: string
  /** The grant that it has to do with: one known here, or only its id. */
  grant?: GrantRow | string
  evidence?: Body['evidence']
  /** Somebody told of it before: it is recorded for the evidence, and asks nobody anything. */
  told?: DisclosureRow
}

/** Writes down a bypass that was found, with its review, and tells the gates' owners. It says what landed, never who did it. */
export async function detectFinding(run: Act, finding: NewFinding): Promise<string> {
  const { tx, atMs } = run
  const { kind, confidence, point, ref, old, new: tip, program, happenedMs, whileOff, delivery, evidence } = finding
  const gates = byGravity(finding.gates)
  const [gravest] = gates
  invariant(gravest, 'a finding is of a gate')
  const known = typeof finding.grant === 'object' ? finding.grant : undefined
  const grant = known?.id ?? (typeof finding.grant === 'string' ? finding.grant : undefined)
  const id = run.newId('finding')
  const names = gates.map(({ name }) => name)
  await tx.db
    .insertInto('finding')
    .values({
      id,
      kind,
      confidence,
      repository_key: point.repository_key,
      ref,
      old: old ?? null,
      new: tip ?? null,
      gates: JSON.stringify(names),
      while_off: whileOff ? 1 : 0,
      delivery: delivery ?? null,
      detected_at: atMs,
      state: 'open',
      resolution_commit: null,
      resolved_at: null,
      happened_at: happenedMs,
      grant_id: known?.id ?? null,
      program_digest: program.digest,
    })
    .execute()
  const review = finding.told?.review_id ?? (await reviewOf(run, id, finding, gravest))
  await say(run, 'finding.detected', id, {
    kind,
    confidence,
    repository: repositoryIdOf(await repositoryByKey(tx, point.repository_key)),
    ref,
    ...(old !== undefined && { old }),
    ...(tip !== undefined && { new: tip }),
    gates: names,
    ...(grant !== undefined && { grant }),
    at: point.id,
    whileOff,
    happenedAt: msToInstant(happenedMs),
    program: program.digest,
    ...(evidence && { evidence }),
    review,
  })
  if (finding.told) await closeAsTold(run, id, finding.told)
  else await notify(run, await ownersOf(run, gates), { words: wordsOf[kind](names.join(', ')), subject: id })
  return id
}

function reviewOf(run: Act, id: string, { kind, grant, program }: NewFinding, gate: ResolvedGate): Promise<string> {
  const known = typeof grant === 'object' ? grant : undefined
  return openReview(run, {
    of: kind === 'late_use' ? 'late_use' : 'finding',
    subject: id,
    gate,
    program: program.program,
    // Whose grant it was is known; who did what the grant does not account for is not.
    ...(known && kind === 'late_use' && { actor: known.actor }),
    form: 'full',
    incidentVerified: (known && incidentOf(known)?.verified) ?? false,
    // From when it was found: nobody could review it before.
    due: { lastUseMs: run.atMs, windowEndsMs: run.atMs, shut: true },
  })
}

/** Whoever told of it has explained it already. */
async function closeAsTold(run: Act, id: string, told: DisclosureRow): Promise<void> {
  const explanation = await seal(run, `Told of as ${told.id} before it was found.`)
  await run.tx.db
    .updateTable('finding')
    .set({ state: 'resolved', resolution_commit: explanation.commit, resolved_at: run.atMs })
    .where('id', '=', id)
    .execute()
  await run.tx.db
    .updateTable('disclosure')
    .set({ finding_id: id })
    .where('id', '=', told.id)
    .where('finding_id', 'is', null)
    .execute()
  await say(run, 'finding.resolved', id, { by: told.told_by, explanation })
}

const wordsOf = {
  landed_without_hook: (gates: string) => `Something landed that the gate did not let through: ${gates}.`,
  late_use: (gates: string) => `A use was reported after its grant was over: ${gates}.`,
  unreported_use: (gates: string) => `A use was reported that no grant here accounts for: ${gates}.`,
} as const
