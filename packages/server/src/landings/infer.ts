import type { Rx } from '../store/store.ts'
import type { Deriving } from './deriving.ts'
import { landingIdOf, unseenBefore } from './landing-id.ts'
import { judgeUnseen } from './passages.ts'
import { dropLanding, type LandingRow, writeLanding } from './write-landing.ts'

interface Looked {
  repository: string
  ref: string
  /** Whose landings may have changed. */
  commits: Iterable<string>
  /** The first landing of the ref before that. */
  firstBefore: LandingRow | undefined
}

/**
 * A ref that left a commit at which nothing known had ended was moved there unseen (docs/landings.md "What nobody told"). Where
 * the first known landing begins is where looking began, and no gap; which one that is can change with what comes late.
 */
export async function inferUnseen(run: Deriving, { repository, ref, commits, firstBefore }: Looked): Promise<void> {
  if (!ref.startsWith('refs/')) return
  const first = await firstLanding(run.tx, repository, ref)
  const inferred = await inferredOf(run.tx, repository, ref)
  const asked = new Set([...commits, ...[firstBefore, first].flatMap(row => (row ? [row.before] : []))])
  for (const commit of asked) {
    if (commit === '') continue
    const touching = await landingsTouching(run.tx, { repository, ref, commit })
    const leaving = touching.filter(({ before }) => before === commit)
    const held = inferred.filter(({ after }) => after === commit)
    const isBeginning = leaving.some(({ at }) => first === undefined || at <= first.at)
    const isReached = touching.some(({ after, seen }) => after === commit && seen !== 'inferred')
    if (isBeginning || isReached || leaving.length === 0) for (const row of held) await dropLanding(run, row)
    else await writeUnseen(run, { commit, leaving, held })
  }
}

async function writeUnseen(
  run: Deriving,
  { commit, leaving, held }: { commit: string; leaving: readonly LandingRow[]; held: readonly LandingRow[] },
): Promise<void> {
  const [earliest] = leaving.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  if (!earliest) return
  const { repository_key: repository, ref, at: atMs, received_at: receivedMs } = earliest
  const move = { before: unseenBefore, after: commit, ordinal: 1 }
  const id = landingIdOf(repository, ref, move)
  const known = { id, repository, ref, ...move, atMs, seen: 'inferred', receivedMs } as const
  await judgeUnseen(run, await writeLanding(run, known, held))
}

const onRef = (rx: Rx, repository: string, ref: string) =>
  rx.db.selectFrom('landing').selectAll().where('repository_key', '=', repository).where('ref', '=', ref)

/** The earliest that is known of a ref. */
export const firstLanding = (rx: Rx, repository: string, ref: string): Promise<LandingRow | undefined> =>
  onRef(rx, repository, ref).where('seen', '<>', 'inferred').orderBy('at').orderBy('id').limit(1).executeTakeFirst()

/** Few: each is a stretch in which nobody saw the ref. */
const inferredOf = (rx: Rx, repository: string, ref: string): Promise<LandingRow[]> =>
  onRef(rx, repository, ref).where('before', '=', unseenBefore).execute()

const landingsTouching = (rx: Rx, at: { repository: string; ref: string; commit: string }): Promise<LandingRow[]> =>
  onRef(rx, at.repository, at.ref)
    .where(eb => eb.or([eb('before', '=', at.commit), eb('after', '=', at.commit)]))
    .execute()
