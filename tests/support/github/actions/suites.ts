import { checkSuite } from '../render.ts'
import type { CheckRun, CheckSuite, Repository } from '../state.ts'
import type { Forge } from './refs.ts'
import { zeroSha } from '../git.ts'

/** The suite of an app on a commit: one for each, however often it is asked for. */
export function suiteOf(
  { world }: Pick<Forge, 'world'>,
  repository: Repository,
  app: string,
  headSha: string,
  headBranch: string | null = branchAt(repository, headSha),
  before = zeroSha,
): CheckSuite {
  const found = repository.checkSuites.find(one => one.app === app && one.headSha === headSha)
  if (found) return found
  const now = world.now()
  const suite: CheckSuite = {
    id: world.id(),
    app,
    headSha,
    headBranch,
    before,
    status: 'queued',
    conclusion: null,
    createdAt: now,
    updatedAt: now,
  }
  repository.checkSuites.push(suite)
  return suite
}

const branchAt = ({ refs }: Repository, sha: string): string | null =>
  [...refs].find(([, at]) => at === sha)?.[0].replace('refs/heads/', '') ?? null

export const suiteRendered = ({ world }: Pick<Forge, 'world'>, repository: Repository, suite: CheckSuite) =>
  checkSuite({ state: world.state, origin: world.origin }, repository, suite)

const worst = ['failure', 'timed_out', 'action_required', 'cancelled', 'stale'] as const

/** A suite is done when all of its runs are, and as bad as the worst. Says whether it just got done. */
export function settleSuite(now: string, suite: CheckSuite, runs: CheckRun[]): boolean {
  const [wasDone, had] = [suite.status === 'completed', suite.conclusion]
  const isDone = runs.length > 0 && runs.every(({ status }) => status === 'completed')
  suite.status = isDone ? 'completed' : runs.some(({ status }) => status === 'in_progress') ? 'in_progress' : 'queued'
  suite.conclusion = isDone ? conclusionOf(runs) : null
  suite.updatedAt = now
  return isDone && (!wasDone || had !== suite.conclusion)
}

function conclusionOf(runs: CheckRun[]): CheckSuite['conclusion'] {
  const all = new Set(runs.map(({ conclusion }) => conclusion))
  return (
    worst.find(one => all.has(one)) ?? (all.has('success') ? 'success' : all.has('neutral') ? 'neutral' : 'skipped')
  )
}
