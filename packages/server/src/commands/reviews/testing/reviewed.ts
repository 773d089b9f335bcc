import type { GlassRequest, ReviewView } from '@breakglass/core/contract'
import type { ReviewAnswer, ReviewSignOff } from '@breakglass/core/review'
import { act, type Edge } from '../../../edge/edge.ts'
import type { JobHandler } from '../../../jobs/runner.ts'
import { makeTestEdge, type TestEdge, type TestEdgeOptions } from '../../../testing/edge.ts'
import { makeTestOrganization, type TestOrganization } from '../../../testing/organization.ts'
import type { MakeStore } from '../../../../../../tests/support/databases.ts'
import { grantById } from '../../glass/grant-row.ts'
import { revokeGrant } from '../../glass/end-glass.ts'
import { openGlass } from '../../glass/open-glass.ts'
import { recordUse } from '../../glass/use-grant.ts'
import { openIncident } from '../../incidents/incidents.ts'
import { showReview } from '../read-reviews.ts'

/** An organisation whose people break glass through the real commands, with a clock that the test moves. */
export interface Reviewed {
  test: TestEdge
  edge: Edge
  acme: TestOrganization
  /** Moves this server's clock; it goes on by itself too. */
  pass(ms: number): void
  /** A grant of `ana` that is live; its id. */
  open(given?: Partial<GlassRequest>): Promise<string>
  /** One landing that the grant opened. */
  use(grant: string): Promise<void>
  /** A used grant that is shut; its review is due. */
  used(given?: Partial<GlassRequest>): Promise<{ grant: string; review: ReviewView }>
  /** A grant that nobody used. */
  unused(): Promise<{ grant: string; review: ReviewView }>
  /** An incident that somebody other than `ana` opened. */
  incident(): Promise<string>
  /** Runs a job's handler now, as its worker would; says what it answered. */
  job(handlers: Readonly<Record<string, JobHandler>>, kind: string, key: string, tries?: number): ReturnType<JobHandler>
  kinds(subject: string): Promise<string[]>
}

export const dayMs = 86_400_000

export const fullAnswer: ReviewAnswer = {
  unusable: 'flaky',
  unusableText: 'It failed three of five runs on the same commit.',
  seen: 'Payments were down.',
  expected: 'The fix would bring them back.',
  considered: 'Waiting for another run.',
  result: 'Payments came back after two minutes.',
  harm: 'none',
  rolledBack: false,
  incident: 'The incident of the night.',
  minutesLost: 3,
}

export const signOff: ReviewSignOff = {
  decision: 'retro_approved',
  gateVerdict: 'fix_gate',
  securityImpact: 'none',
  diffReviewed: true,
  followUps: [],
  noFollowUpReason: 'The flaky test is repaired already.',
}

export async function makeReviewed(
  makeStore: MakeStore,
  options: Pick<TestEdgeOptions, 'chat'> = {},
): Promise<Reviewed> {
  let aheadMs = 0
  let commits = 0
  const nowMs = () => Date.now() + aheadMs
  const test = await makeTestEdge(await makeStore({ clock: nowMs }), { ...options, nowMs })
  const { edge } = test
  const acme = await makeTestOrganization(edge)

  const open: Reviewed['open'] = async (given = {}) => {
    commits += 1
    const { grants } = await openGlass(edge, acme.ana, {
      gates: ['pay/tests'],
      repository: 'acme/pay',
      ref: 'main',
      change: { commit: commitNumber(commits) },
      mode: 'online',
      justification: `payments are down, fix ${commits} waits behind a flaky test`,
      ...given,
    })
    const [grant] = grants
    if (!grant) throw new Error('expected one grant a gate')
    return grant.id
  }
  const use: Reviewed['use'] = grant =>
    act(edge, async run => {
      const row = await grantById(run.tx, grant)
      const recorded = await recordUse(run, row, {
        useKey: `push ${grant} ${row.used}`,
        at: row.at_point,
        usedAtMs: run.atMs,
        ref: 'refs/heads/main',
        old: commitNumber(0),
        new: commitNumber(commits),
        kept: [{ gate: 'pay/smoke', stood: 'passed' }],
        reportedLate: false,
      })
      if (!recorded) throw new Error(`expected a use of ${grant} to be taken`)
    })
  const reviewOf = async (grant: string): Promise<ReviewView> => {
    const { id } = await edge.store.read(rx =>
      rx.db.selectFrom('review').select('id').where('grant_id', '=', grant).executeTakeFirstOrThrow(),
    )
    return showReview(edge, id)
  }
  return {
    test,
    edge,
    acme,
    pass: ms => {
      aheadMs += ms
    },
    open,
    use,
    async used(given) {
      const grant = await open(given)
      await use(grant)
      return { grant, review: await reviewOf(grant) }
    },
    async unused() {
      const grant = await open()
      await revokeGrant(edge, acme.ana, grant, 'the incident ended by itself')
      return { grant, review: await reviewOf(grant) }
    },
    async incident() {
      return (await openIncident(edge, acme.lee, { title: 'Payments are down', severity: 'SEV1' })).id
    },
    async job(handlers, kind, key, tries = 1) {
      const handler = handlers[kind]
      if (!handler) throw new Error(`expected a handler of ${kind}`)
      const job = {
        id: 'jb',
        kind,
        key,
        payload: '',
        tries,
        attempt: 1,
        attemptsMax: 9,
        revision: 1,
        leasedUntil: 0,
      }
      return handler({ job, signal: new AbortController().signal, complete: async () => {} })
    },
    kinds: subject =>
      edge.store.read(async rx => {
        const chain = rx.db.selectFrom('statement').select('kind').where('subject', '=', subject).orderBy('seq')
        return (await chain.execute()).map(({ kind }) => kind)
      }),
  }
}

export const commitNumber = (number: number): string => `sha1:${number.toString(16).padStart(40, '0')}`
