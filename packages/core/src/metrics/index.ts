export { effectiveActors, effectiveOf } from './concentration.ts'
export { type Episode, episodesOf } from './episodes.ts'
export { clopperPearson, type Interval, jeffreys, type Share, wilson } from './exact.ts'
export { type BypassUse, bypassUse, type GateActor, type GateDay, gateActor, gateDay } from './input.ts'
export { type Outcome, type OutcomeRule, outcomes, outcomeTable } from './outcomes.ts'
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
export { onPaperOnly, type Shift, shiftOf } from './shift.ts'
export type { GateHistory } from './signals.ts'
export { actions, type Label, labels } from './words.ts'
export { betaCdf, betaQuantile, chiSquareUpper, logGamma, normalUpper, poissonUpper } from './special.ts'
