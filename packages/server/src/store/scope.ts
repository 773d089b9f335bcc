import { AsyncLocalStorage } from 'node:async_hooks'

/** One run of a transaction's or a read's work. Whatever it awaits sees it; what it leaves behind sees that it is over. */
export interface Scope {
  readonly kind: 'transact' | 'read'
  over: boolean
  /** The first database error inside. A transaction with one never commits, whoever caught it. */
  failure?: unknown
}

const scopes = new AsyncLocalStorage<Scope>()

export function runInScope<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
  return scopes.run(scope, work)
}

/** Called by both drivers when a statement fails. */
export function noteFailure(error: unknown): void {
  const scope = scopes.getStore()
  if (scope && !scope.over) scope.failure ??= error
}

/**
 * Throws when the store's outer handle is used inside a transaction: on SQLite that would wait for itself for ever, on
 * PostgreSQL it would read another snapshot and escape the rollback.
 */
export function refuseInside(what: string): void {
  const scope = scopes.getStore()
  if (!scope || scope.over) return
  throw new Error(`invariant: store.${what} was called inside store.${scope.kind}; use the handle given to the work`)
}
