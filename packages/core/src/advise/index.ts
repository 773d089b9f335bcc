export { type AdviceRuleId, adviceRules, type Evidence } from './advice.ts'
export { advise, type Advising, type ReadyAdvice } from './advise.ts'
export { factsOfBaseline, type GateFacts, gateFacts } from './facts.ts'
