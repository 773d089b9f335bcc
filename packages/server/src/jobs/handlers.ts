import { alarmUnconfirmed, expireGrant } from '../commands/glass/end-glass.ts'
import { shutAlarmJob } from '../commands/glass/end-grant.ts'
import { announceVoid, announceVoidJob, voidLate } from '../commands/glass/go-live.ts'
import { expireJob, voidJob } from '../commands/glass/grant-now.ts'
import { waitOverJob } from '../commands/glass/open-glass.ts'
import { tellRefusals, tellRefusalsJob } from '../commands/glass/refuse.ts'
import { waitOver } from '../commands/glass/second-person.ts'
import { forumJobs } from '../commands/forum/deliver.ts'
import { pointJobs } from '../commands/points/point-jobs.ts'
import { effectJob, programEffect } from '../commands/program/take-effect.ts'
import { followUpJobs } from '../commands/reviews/follow-up-list.ts'
import { reviewJobs } from '../commands/reviews/overdue.ts'
import { waiverJobs } from '../commands/waivers/end-waiver.ts'
import type { Edge } from '../edge/edge.ts'
import { deliveryJobs } from '../intake/delivery-jobs.ts'
import type { Reader } from '@breakglass/github/events'
import { landingJobs } from '../landings/landing-jobs.ts'
import { reprove, reproveJob } from '../trust/follow-policy.ts'
import type { JobHandler } from './runner.ts'

/** Every kind of job that this server runs. */
export function jobHandlers(
  edge: Edge,
  /** Whether the ledger stands on another machine, as far as its address shows; a report says so. */
  { ledgerOutOfBand, github }: { ledgerOutOfBand: boolean; github?: Reader } = { ledgerOutOfBand: false },
): Readonly<Record<string, JobHandler>> {
  return {
    [voidJob]: voidLate(edge),
    [announceVoidJob]: announceVoid(edge),
    [expireJob]: expireGrant(edge),
    [shutAlarmJob]: alarmUnconfirmed(edge),
    [waitOverJob]: waitOver(edge),
    [tellRefusalsJob]: tellRefusals(edge),
    [effectJob]: programEffect(edge),
    [reproveJob]: reprove(edge),
    ...pointJobs(edge),
    ...reviewJobs(edge),
    ...followUpJobs(edge),
    ...waiverJobs(edge),
    ...landingJobs(edge),
    ...forumJobs(edge, { ledgerOutOfBand }),
    ...(github && deliveryJobs(edge, github)),
  }
}
