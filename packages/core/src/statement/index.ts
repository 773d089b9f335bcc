export { type StatementKind, statementKinds } from './kinds.ts'
