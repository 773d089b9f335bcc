import { type Landed, landingsFrom } from '@breakglass/core/landing'
import { act, type Act, type Edge } from '../edge/edge.ts'
import type { JobHandler } from '../jobs/runner.ts'
import { beginDeriving, type Deriving, markChanged } from './deriving.ts'
import { firstLanding, inferUnseen } from './infer.ts'
import { type KnownLanding, landingIdOf } from './landing-id.ts'
import type { Move } from './observe.ts'
import { arrivalsAt, departuresFrom, leftAgain, type Place, predecessorsOf } from './observed.ts'
import { judgePassages } from './passages.ts'
import { dropLanding, landingsLeaving, writeLanding } from './write-landing.ts'

/** Moves looked at in one transaction: it holds the writer that a push may wait for. */
const movesMax = 10
const nextMs = 50

/** Makes landings and passages of what was told of one repository; what is left, in the next turn. */
export const derive =
  (edge: Edge): JobHandler =>
  ({ job, complete }) =>
    act(edge, async run => {
      const moves = await takeMarked(run, job.key)
      const deriving = await beginDeriving(run, job.key)
      await deriveMoves(deriving, moves)
      await markChanged(deriving)
      if (moves.length === movesMax) return { againAt: run.atMs + nextMs }
      await complete(run.tx)
      return undefined
    })

async function takeMarked({ tx }: Act, repository: string): Promise<Move[]> {
  const marked = await tx.db
    .selectFrom('move_dirty')
    .select(['ref', 'before', 'after'])
    .where('repository_key', '=', repository)
    .orderBy('ref')
    .orderBy('before')
    .orderBy('after')
    .limit(movesMax)
    .execute()
  if (marked.length === 0) return []
  await tx.db
    .deleteFrom('move_dirty')
    .where('repository_key', '=', repository)
    .where(eb =>
      eb.or(
        marked.map(({ ref, before, after }) =>
          eb.and([eb('ref', '=', ref), eb('before', '=', before), eb('after', '=', after)]),
        ),
      ),
    )
    .execute()
  return marked
}

/** A move changes what is known of the commit it leaves, of the one it ends at, and of those whose moves end where it begins. */
async function deriveMoves(run: Deriving, moves: readonly Move[]): Promise<void> {
  const { key: repository } = run.repository
  for (const [ref, ofRef] of Map.groupBy(moves, move => move.ref)) {
    const commits = new Set(ofRef.flatMap(({ before, after }) => [before, after]))
    for (const { before } of ofRef) {
      for (const earlier of await predecessorsOf(run.tx, { repository, ref, commit: before })) commits.add(earlier)
    }
    const firstBefore = await firstLanding(run.tx, repository, ref)
    const touched = new Set(commits)
    for (const commit of commits) {
      for (const after of await deriveCommit(run, { repository, ref, commit })) touched.add(after)
    }
    await inferUnseen(run, { repository, ref, commits: touched, firstBefore })
  }
}

/** Gives the commits where its landings end, or were thought to. */
async function deriveCommit(run: Deriving, at: Place): Promise<string[]> {
  const { repository, ref } = at
  const departures = await departuresFrom(run.tx, at)
  const landed = landingsFrom({
    departures,
    arrivals: await arrivalsAt(run.tx, at),
    left: await leftAgain(run.tx, at, departures),
  })
  const wanted = landed.map(one => ({ ...one, id: landingIdOf(repository, ref, one) }))
  const held = await landingsLeaving(run.tx, at)
  for (const gone of held.filter(({ id }) => !wanted.some(one => one.id === id))) await dropLanding(run, gone)
  for (const one of wanted) {
    const known = knownOf(one, at, Math.max(...departures.map(({ receivedMs }) => receivedMs)))
    await judgePassages(run, await writeLanding(run, known, held), one)
  }
  return [...held, ...wanted].map(({ after }) => after)
}

function knownOf(one: Landed & { id: string }, { repository, ref }: Place, receivedMs: number): KnownLanding {
  const { id, before, after, ordinal, at, seen } = one
  return { id, repository, ref, before, after, ordinal, atMs: at, seen, receivedMs }
}
