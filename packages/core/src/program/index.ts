export {
  gateName,
  gateNamePattern,
  repositoryId,
  type RepositoryIdValue,
  severities,
  severity,
  type Severity,
} from './names.ts'
export {
  memberRef,
  type PublishedProgram,
  type ResolvedGate,
  resolvedGate,
  type ResolvedProgram,
  resolvedProgram,
} from './resolved.ts'
export { formatResolved, parseResolvedProgram, resolvedBytesMax } from './resolved-text.ts'
export { type JsonSchema, programJsonSchema } from './json-schema.ts'
export type { ProgramFile } from './source.ts'
export {
  filesNamedIn,
  parseProgram,
  type ProgramFiles,
  programLengthMax,
  type ProgramReading,
  type ProgramSource,
} from './parse.ts'
export type { Path, Place } from './position.ts'
export { type Resolution, resolveProgram } from './resolve.ts'
export type { RegisteredRepository, Registry } from './resolve-repositories.ts'
export { checkRules, type RuleId } from './rules.ts'
export { gatesInForce, isInForce, isProgramSource, type Place as ProgramPlace } from '../decide/gates-in-force.ts'
export {
  beneficiaries,
  type Change,
  classifyChange,
  diffPrograms,
  formatChange,
  isOnlyBeneficiary,
  type ProgramChange,
} from './classify.ts'
export { type CheckOptions, checkProgram, type Compilation, compileProgram } from './check/check.ts'
