export { type Acceleration, accelerationOf } from './acceleration.ts'
export { type Attention, attentionOf } from './attention.ts'
export { gLimit, laneySigma, pLimits } from './charts.ts'
export { effectiveActors, effectiveOf } from './concentration.ts'
export { type Cusum, type CusumRule, cusum, cusumRunLength } from './cusum.ts'
export { longerP, oneIn, type Quantile, quantileOf, type Span, spanOf, spanWords } from './durations.ts'
export { type Episode, episodesOf } from './episodes.ts'
export { clopperPearson, type Interval, jeffreys, type Share, wilson } from './exact.ts'
export { type Flake, flakeOf } from './flake.ts'
export { type Habit, type HabitInput, habitsOf } from './habits.ts'
export { followedMs, type Harm, type HarmOf, harmOf } from './harm.ts'
export {
  type BypassUse,
  bypassUse,
  type GateActor,
  type GateDay,
  type GateHour,
  type GateTeam,
  gateActor,
  gateDay,
  gateHour,
  gateTeam,
} from './input.ts'
export {
  type FollowUpRecord,
  followUpRecord,
  type GateWait,
  gateWait,
  type OpeningRecord,
  openingRecord,
  type ReviewRecord,
  reviewRecord,
  type WaiverRecord,
  waiverRecord,
} from './input-process.ts'
export {
  type CheckRun,
  checkEnds,
  checkRun,
  type LandingFate,
  landingFate,
  type ReviewWait,
  reviewWait,
} from './input-why.ts'
export { knownOutcomes, type Outcome, type OutcomeRule, outcomes, outcomeTable } from './outcomes.ts'
export {
  type DrillQuarter,
  disclosureShare,
  drillsOf,
  type FollowUpNumbers,
  followUpsOf,
  type PathTime,
  type Period,
  type ProcessInput,
  type ProcessNumbers,
  pathTimeOf,
  processOf,
  type ReviewNumbers,
  reviewsOf,
  type WaiverNumbers,
  waiversOf,
} from './process.ts'
export { type Rate, type Rates, rateOf, ratesOf } from './rates.ts'
export {
  type GateLabel,
  type Labelled,
  labelGates,
  type Level,
  minimumDetectable,
  type PersonSignal,
  passagesNeeded,
  settledLabel,
  type Thresholds,
} from './labels.ts'
export { type RepairEffect, repairEffect } from './repair-effect.ts'
export { type Funnel, funnelOf, type Prior, priorOf, type Shrunk, shrink } from './shrink.ts'
export { onPaperOnly, type Shift, shiftOf } from './shift.ts'
export { type TeamInput, type TeamSignal, teamSignals } from './teams.ts'
export {
  type Durations,
  durationsOf,
  type SlowWeekday,
  type WaitCell,
  type Waiting,
  waitingOf,
} from './waiting.ts'
export {
  type Later,
  laterOf,
  type ReasonTally,
  reasonsOf,
  type Why,
  type WhyInput,
  whyItHurts,
  whyOf,
} from './why.ts'
export type { GateHistory } from './signals.ts'
export { actions, type Label, labels, weekdays } from './words.ts'
export { betaCdf, betaQuantile, chiSquareUpper, logGamma, normalUpper, poissonUpper } from './special.ts'
