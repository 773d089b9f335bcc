export { checkNameOf, gateOfCheck } from './name.ts'
export {
  type GrantFact,
  type OpenPull,
  type WaiverFact,
  whySharedHead,
} from './opening.ts'
export { isShut, type Patch, reconcile, type RunAsIs, type RunFields } from './reconcile.ts'
export { type MirroredRun, resultOfReviews, resultOfRuns, type Result } from './result.ts'
export { type CheckFacts, type CheckState, checkState } from './state.ts'
