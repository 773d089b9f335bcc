import type { Edge } from '../edge/edge.ts'
import type { JobHandler } from '../jobs/runner.ts'
import { derive } from './derive.ts'
import { rollJob } from './dirty-cells.ts'
import { deriveJob } from './observe.ts'
import { roll } from './roll.ts'
import { labelJob } from './label-job.ts'
import { runLabels } from './run-labels.ts'

/** From what was told to the numbers, each step a job. */
export const landingJobs = (edge: Edge): Readonly<Record<string, JobHandler>> => ({
  [deriveJob]: derive(edge),
  [rollJob]: roll(edge),
  [labelJob]: runLabels(edge),
})
