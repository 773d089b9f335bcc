import { setTimeout as delay } from 'node:timers/promises'
import { BreakglassError } from '@breakglass/core/errors'
import { type ControlledTransaction, sql } from 'kysely'
import { type Access, type Engine, transactionMsMax } from './engine.ts'
import { isWorthRetrying, presentFailure, unknownOutcome } from './failure.ts'
import { migrateWith } from './migrate.ts'
import type { Database } from './schema.ts'
import { refuseInside, runInScope, type Scope } from './scope.ts'
import type { Rx, Signal, Store, TransactOptions, Tx } from './store.ts'

/** How often a transaction is run again whole. */
export const retriesMax = 5
const retryDelayMs = 3

export interface SharedOptions {
  /** A number in [0, 1), for the jitter between retries. */
  random: () => number
  /** Stands in for the database's clock; for simulations and tests only. */
  clock?: () => number
  /** How long a transaction may last; `transactionMsMax` unless said. */
  transactionMsMax?: number
}

/** The store over one engine: scopes, retries, signals. What the engines do differently is behind `Engine`. */
export function createStore(engine: Engine, options: SharedOptions): Store {
  const listeners = new Map<Signal, Set<() => void>>()
  const { clock, transactionMsMax: msMax = transactionMsMax } = options
  let closing: Promise<void> | undefined
  const handle = (db: ControlledTransaction<Database>): Rx => ({
    db,
    engine: engine.name,
    now: clock ? sql<number>`cast(${Math.trunc(clock())} as bigint)` : engine.clock,
  })

  const listenersOf = (signal: Signal) => {
    const known = listeners.get(signal) ?? new Set()
    listeners.set(signal, known)
    return known
  }

  async function transactOnce<T>(work: (tx: Tx) => Promise<T>, access: Access): Promise<T> {
    const signals = new Set<Signal>()
    const value = await runOnce(engine, 'transact', access, msMax, db =>
      work({ ...handle(db), signal: signal => void signals.add(signal) }),
    )
    for (const signal of signals) for (const listener of listenersOf(signal)) listener()
    return value
  }

  const read = <T>(work: (rx: Rx) => Promise<T>) => runOnce(engine, 'read', 'read', msMax, db => work(handle(db)))

  return {
    engine: engine.name,
    async transact<T>(work: (tx: Tx) => Promise<T>, { access = 'write' }: TransactOptions = {}) {
      refuseInside('transact')
      return presented(engine, () => retried(engine, options.random, () => transactOnce(work, access)))
    },
    async read<T>(work: (rx: Rx) => Promise<T>) {
      refuseInside('read')
      return presented(engine, () => read(work))
    },
    async clockMs() {
      refuseInside('clockMs')
      return presented(engine, () =>
        read(async rx => (await sql<{ ms: number }>`select ${rx.now} as ms`.execute(rx.db)).rows[0]?.ms ?? Number.NaN),
      )
    },
    async migrate() {
      refuseInside('migrate')
      return presented(engine, () => migrateWith(engine))
    },
    on(signal, listener) {
      listenersOf(signal).add(listener)
      return () => void listenersOf(signal).delete(listener)
    },
    async close() {
      refuseInside('close')
      closing ??= engine.close()
      await closing
    },
  }
}

/** Begin, work, commit; or rollback. A crash anywhere before the commit's answer leaves nothing of it behind. */
async function runOnce<T>(
  engine: Engine,
  kind: Scope['kind'],
  access: Access,
  msMax: number,
  work: (db: ControlledTransaction<Database>) => Promise<T>,
): Promise<T> {
  const db = await engine.begin(access)
  const scope: Scope = { kind, over: false }
  let value: T
  try {
    value = await withinTime(
      runInScope(scope, () => work(db)),
      msMax,
    )
    // A statement that failed is a failure of the whole, also where the work went on as if nothing had happened.
    if (scope.failure !== undefined) throw scope.failure
  } catch (error) {
    scope.over = true
    await rollback(db)
    throw scope.failure ?? error
  }
  scope.over = true
  await commit(engine, db)
  return value
}

/** A transaction that hangs must not hold the writer for ever; after this its handle no longer works. */
async function withinTime<T>(work: Promise<T>, msMax: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `A transaction lasted longer than ${msMax} ms and was given up. Nothing was changed.`
      reject(new BreakglassError('store_unavailable', { message, data: { kind: 'timeout' } }))
    }, msMax)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

async function commit(engine: Engine, db: ControlledTransaction<Database>): Promise<void> {
  try {
    await db.commit().execute()
  } catch (error) {
    await rollback(db)
    const kind = engine.failureOf(error)?.kind
    throw kind === 'unavailable' || kind === 'timeout' ? unknownOutcome(error) : error
  }
}

/** The work's own error is the one to tell; a rollback that fails too means a lost connection, and that undoes it as well. */
async function rollback(db: ControlledTransaction<Database>): Promise<void> {
  await db
    .rollback()
    .execute()
    .catch(() => {})
}

/**
 * A unique violation is run again once: on PostgreSQL it can be how a race shows itself, and run again the work sees the
 * other's row and answers properly. One that is no race fails the same way the second time.
 */
async function retried<T>(engine: Engine, random: () => number, once: () => Promise<T>): Promise<T> {
  let uniqueSeen = false
  for (let retry = 0; ; retry++) {
    try {
      return await once()
    } catch (error) {
      const failure = engine.failureOf(error)
      const again =
        isWorthRetrying(failure) || (failure?.kind === 'unique' && engine.name === 'postgres' && !uniqueSeen)
      if (!again || retry >= retriesMax) throw error
      uniqueSeen ||= failure?.kind === 'unique'
      await delay(retryDelayMs * 2 ** retry * (0.5 + random()))
    }
  }
}

async function presented<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw presentFailure(error, engine.failureOf(error))
  }
}
