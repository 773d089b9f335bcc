export { missingInAnswer, type Question, type ReviewAnswer, reviewAnswer, reviewQuestions } from './answer.ts'
export { blameRemarks } from './blame.ts'
export { type ReviewEdge, type ReviewState, reviewCan, reviewEdges, reviewFinalStates, reviewStates } from './edges.ts'
export {
  type MaySign,
  mayAnswer,
  maySign,
  type ReviewFacts,
  type Signer,
  type SignRefusal,
  signOffsNeeded,
} from './may-sign.ts'
export { type FollowUp, followUp, type ReviewSignOff, reviewSignOff, signOffFaults } from './sign-off.ts'
export { type DueInput, isLate, isOverdue, reviewDue } from './time.ts'
export {
  type GateVerdict,
  gateVerdicts,
  type ReviewDecision,
  type ReviewForm,
  type ReviewSubject,
  reviewDecisions,
  reviewForms,
  reviewSubjects,
  type SecurityImpact,
  securityImpacts,
  type UnusableReason,
  unusableReasons,
} from './words.ts'
