import { gatesInForce } from '@breakglass/core/decide'
import { type DisclosureFacts, judgeDisclosure } from '@breakglass/core/disclosure'
import { BreakglassError } from '@breakglass/core/errors'
import type { PublishedProgram, ResolvedGate } from '@breakglass/core/program'
import { instantToMs, msToInstant } from '@breakglass/verify'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { type RepositoryRow, repositoryIdOf, repositoryNamed } from '../../facts/repositories.ts'
import { markMove } from '../../landings/observe.ts'
import { programAt } from '../../landings/program-at.ts'
import type { Rx } from '../../store/store.ts'
import { notify } from '../../tell/tell.ts'
import { seal } from '../../texts/seal.ts'
import type { BodyOf, ReplyOf } from '../points/body-of.ts'
import { requireFullRef } from '../points/full-ref.ts'
import { ownersOf } from '../points/gate-owners.ts'
import { byGravity } from '../reviews/gravity.ts'
import { openReview } from '../reviews/open-review.ts'
import { disclosuresOf, gatesOf, type Landed } from './disclosed.ts'
import { disclosureById, disclosureViews } from './read-disclosures.ts'

type Asked = BodyOf<'disclose'>

/**
 * Takes what somebody tells of before it was found: their thanks is that it counts as told. The review is opened in the same
 * transaction. Throws `bad_input`, `refused`, `not_found`, `wrong_state`, `no_program`.
 */
export function disclose(edge: Edge, by: string, asked: Asked): Promise<ReplyOf<'disclose'>> {
  return act(edge, async run => {
    await requireTeller(run.tx, by)
    requireFullRef(asked.ref)
    const repository = await repositoryNamed(run.tx, asked.repository)
    const happenedMs = asked.happenedAt === undefined ? run.atMs : instantToMs(asked.happenedAt)
    const landed = { repositoryKey: repository.key, ref: asked.ref, commit: asked.commit }
    const program = await programAt(run.tx, Math.min(happenedMs, run.atMs))
    if (program === undefined) {
      const message = 'No program was in force at that time, so no gate was gone around.'
      throw new BreakglassError('no_program', message)
    }
    const inForce = gatesInForce(program.program, {
      repository: repositoryIdOf(repository),
      ref: asked.ref,
      boundary: 'merge',
    })
    const again = await alreadyTold(run.tx, landed, asked.gates ?? inForce.map(({ name }) => name))
    const id = again ?? (await keep(run, { by, asked, landed, happenedMs, program, inForce, repository }))
    const [disclosure] = await disclosureViews(run.tx, by, [await disclosureById(run.tx, id)], run.atMs)
    if (!disclosure) throw new BreakglassError('internal', `The disclosure ${id} cannot be shown.`)
    return { disclosure, already: again !== undefined }
  })
}

/** Whoever administers may tell of what they did; who only reads writes nothing, and a bot has nothing to tell. */
async function requireTeller(rx: Rx, by: string): Promise<void> {
  const roles = await rx.db.selectFrom('person_role').select('role').where('person_id', '=', by).execute()
  const { kind } = await rx.db.selectFrom('person').select('kind').where('id', '=', by).executeTakeFirstOrThrow()
  if (kind === 'human' && !roles.some(({ role }) => role === 'auditor')) return
  throw new BreakglassError('refused', 'An auditor or a bot tells of nothing here; whoever saw it does.')
}

/** The disclosure that holds all of these gates, told of this landing before. */
async function alreadyTold(rx: Rx, landed: Landed, gates: readonly string[]): Promise<string | undefined> {
  const told = await disclosuresOf(rx, landed)
  return told.find(row => gates.every(gate => gatesOf(row).includes(gate)))?.id
}

interface Telling {
  by: string
  asked: Asked
  landed: Landed
  happenedMs: number
  program: PublishedProgram
  inForce: readonly ResolvedGate[]
  repository: RepositoryRow
}

async function keep(run: Act, telling: Telling): Promise<string> {
  const { by, asked, landed, happenedMs, program, inForce, repository } = telling
  const verdict = judgeDisclosure({
    nowMs: run.atMs,
    happenedMs,
    inForce: inForce.map(({ name }) => name),
    named: asked.gates ?? [],
    ...(await knownOf(run.tx, landed)),
  })
  if (!verdict.ok) throw new BreakglassError(verdict.code, `Not taken: ${verdict.words}.`)
  const gates = byGravity(inForce.filter(({ name }) => verdict.gates.includes(name)))
  const [gravest] = gates
  if (!gravest) throw new BreakglassError('internal', 'A disclosure is of a gate.')
  const id = run.newId('disclosure')
  const story = await seal(run, asked.story)
  const review = await openReview(run, {
    of: 'disclosure',
    subject: id,
    gate: gravest,
    program: program.program,
    // Of what somebody saw, nobody is named as the actor.
    ...(asked.about === 'own' && { actor: by }),
    form: 'full',
    incidentVerified: false,
    due: { lastUseMs: run.atMs, windowEndsMs: run.atMs, shut: true },
  })
  const names = gates.map(({ name }) => name)
  await run.tx.db
    .insertInto('disclosure')
    .values({
      id,
      about: asked.about,
      told_by: by,
      repository_key: landed.repositoryKey,
      ref: landed.ref,
      commit_id: landed.commit,
      gates: JSON.stringify(names),
      happened_at: happenedMs,
      at: run.atMs,
      shared: asked.shared ? 1 : 0,
      story_commit: story.commit,
      program_digest: program.digest,
      review_id: review,
      finding_id: null,
    })
    .execute()
  await say(run, 'disclosure.made', id, {
    about: asked.about,
    by,
    repository: repositoryIdOf(repository),
    ref: landed.ref,
    commit: asked.commit,
    gates: names,
    happenedAt: msToInstant(happenedMs),
    program: program.digest,
    review,
    shared: asked.shared,
    story,
  })
  // The landing that ends at this commit is judged again, and what leaves it is not touched by that.
  await markMove(run, landed.repositoryKey, { ref: landed.ref, before: landed.commit, after: landed.commit })
  const words = `Somebody told of a bypass before anybody found it: ${names.join(', ')}. Its review is ${review}.`
  await notify(run, await ownersOf(run, gates), { words, subject: id })
  return id
}

/** What became of the landing at each gate, as far as it is known, and whether it was found. */
async function knownOf(rx: Rx, landed: Landed): Promise<Pick<DisclosureFacts, 'outcomes' | 'foundAs'>> {
  const { repositoryKey, ref, commit } = landed
  const passages = await rx.db
    .selectFrom('landing')
    .innerJoin('passage', 'passage.landing_id', 'landing.id')
    .select(['passage.gate', 'passage.outcome'])
    .where('landing.after', '=', commit)
    .where('landing.repository_key', '=', repositoryKey)
    .where('landing.ref', '=', ref)
    .orderBy('landing.at')
    .execute()
  const found = await rx.db
    .selectFrom('finding')
    .select('id')
    .where('repository_key', '=', repositoryKey)
    .where('ref', '=', ref)
    .where('new', '=', commit)
    .orderBy('detected_at')
    .executeTakeFirst()
  const outcomes = Object.fromEntries(passages.map(({ gate, outcome }) => [gate, outcome]))
  return { outcomes, ...(found && { foundAs: found.id }) }
}
