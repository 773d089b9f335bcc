export { blindSpots } from './blind-spots.ts'
export { type Disturbance, never } from './gate.ts'
export type { Evidence } from './evidence.ts'
export { emptyTally, type Judged, judge, type Tally, tally, whyOfSimulated } from './judge.ts'
export {
  calibrationGates,
  type Organisation,
  type OrganisationPlan,
  type SimulatedGate,
  simulateOrganisation,
} from './organisation.ts'
export { seeded } from './random.ts'
export { type Planted, planted, type Truth, truths } from './truths.ts'
