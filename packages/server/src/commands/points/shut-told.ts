import { act, type Edge } from '../../edge/edge.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import { shutGrant } from '../glass/end-grant.ts'
import { grantById } from '../glass/grant-row.ts'

export const shutToldJob = 'point.shut_told'

const againMs = 5000

/** The point has confirmed that it is shut; that the grant is over is recorded by its own timer, which comes first. */
export const shutTold =
  (edge: Edge): JobHandler =>
  ({ job, complete }) =>
    act(edge, async run => {
      const row = await grantById(run.tx, job.key)
      if (row.state === 'live') return { againAt: run.atMs + againMs }
      await shutGrant(run, row, { kind: 'point', point: row.at_point })
      await complete(run.tx)
      return undefined
    })
