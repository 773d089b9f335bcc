export { type RepairCause, repairCauses, type RepairState, repairStates } from './words.ts'
