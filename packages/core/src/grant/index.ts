export {
  earlySecondsMax,
  logWaitSecondsMax,
  offlineTtlSecondsMax,
  refusalsPerPersonHourMax,
  requestWaitSecondsMax,
  shutConfirmSecondsMax,
} from './bounds.ts'
export { grantCan } from './can.ts'
export {
  edgeNamed,
  edgesFrom,
  finalStates,
  type GrantEdge,
  type GrantEdgeName,
  type GrantState,
  grantEdges,
  grantStates,
  isFinal,
} from './edges.ts'
export {
  type GrantTimes,
  isExpiredAt,
  isShutDue,
  isShutOverdue,
  isWithinTime,
  shutDueSinceMs,
} from './time.ts'
export { type Use, useKeyLengthMax, useKeyOf } from './use-key.ts'
