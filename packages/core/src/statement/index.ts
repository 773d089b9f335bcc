export { type OpeningKind, type StatementBody, statementBodies } from './bodies.ts'
export { type StatementKind, statementKinds } from './kinds.ts'
export { statementSubjects } from './subjects.ts'
