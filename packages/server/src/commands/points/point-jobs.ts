import type { Edge } from '../../edge/edge.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import { shutUnused, shutUnusedJob } from './contact.ts'
import { driftJob, tellDrift } from './drift.ts'
import { passingJob } from './recover-gate.ts'
import { shutTold, shutToldJob } from './shut-told.ts'
import { tellPassing } from './tell-passing.ts'

/** The jobs of enforcement points. */
export const pointJobs = (edge: Edge): Readonly<Record<string, JobHandler>> => ({
  [passingJob]: tellPassing(edge),
  [driftJob]: tellDrift(edge),
  [shutToldJob]: shutTold(edge),
  [shutUnusedJob]: shutUnused(edge),
})
