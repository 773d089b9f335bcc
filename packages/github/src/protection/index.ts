export type { BranchAnswers } from './branch.ts'
export { lookAtBranch, type Looked } from './look.ts'
export type { Answer } from './rules.ts'
export type { GateProtection } from './strength.ts'
