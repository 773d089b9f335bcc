export { branchMatches, fullRef } from './branches.ts'
export { type Way, wayInto } from './context.ts'
export { decide } from './decide.ts'
export { gatesInForce, isInForce, isProgramSource, type Place } from './gates-in-force.ts'
export { type Members, resolveMembers } from './members.ts'
export { renderReasons } from './render.ts'
export { clockSkewMsMax } from './rules/clock.ts'
export { incidentNamed, isAtLeast } from './rules/incident.ts'
export { justificationLettersMin } from './rules/justification.ts'
export { freshRosterSeconds } from './rules/pre-authorised.ts'
export { possibleApprovers } from './rules/second-person.ts'
export { ttlSecondsMin } from './rules/ttl.ts'
export {
  type ChangeValue,
  change,
  commit,
  type Decision,
  type Facts,
  type GateResultFact,
  type GrantRequest,
  type GrantTerms,
  type IncidentFact,
  type Reason,
  type RefusalCode,
  type Role,
  type Roster,
  refusalCodes,
  roles,
  roster,
  type WaitingTerms,
} from './types.ts'
export { changeWords, durationWords } from './words.ts'
