export { type Landed, landingsFrom, lookMsMax, type Node } from './departures.ts'
export type { Observed, Opened } from './observed.ts'
export { outcomeOf, type PassageFacts } from './outcome.ts'
