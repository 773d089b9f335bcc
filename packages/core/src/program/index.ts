export { type ParsedResolved, parseResolved, publishedProgram, resolvedBytesMax } from './parse-resolved.ts'
export {
  gateName,
  gateNamePattern,
  memberRef,
  type PublishedProgram,
  type RepositoryIdValue,
  type ResolvedGate,
  type ResolvedProgram,
  repositoryId,
  resolvedGate,
  resolvedProgram,
  type Severity,
  severities,
  severity,
} from './resolved.ts'
