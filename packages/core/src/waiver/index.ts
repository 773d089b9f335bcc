export { chainOf, type PastWaiver, type WaiverChain } from './chain.ts'
export { approvalsNeeded, refusalsOf, type WaiverAsk, type WaiverRefusal } from './rules.ts'
export { type WaiverStanding, type WaiverState, waiverStanding, waiverStates } from './standing.ts'
