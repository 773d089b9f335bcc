import type { Store } from '../store/store.ts'
import { type Outbox, outboxBatchMax, sendOutbox } from './outbox.ts'

/** Keeps the outbox empty, in a lane of its own: never behind other jobs (docs/decisions/0006). */
export interface OutboxLoop {
  /** Whether all of these statements stand in the ledger, at the latest when `deadlineMs` has come. */
  waitFor(sids: readonly string[], deadlineMs: number): Promise<boolean>
  /** Whether the last pass went well, and if not why. */
  state(): { reachable: boolean; failure?: string }
  /** Ends after the pass that runs. */
  stop(): Promise<void>
}

export interface OutboxLoopOptions extends Outbox {
  /** Told once when the ledger begins to fail and once when it answers again. */
  onChange?: (state: { reachable: boolean; cause?: unknown }) => void
  /** How long other servers' statements, or those of a crash, can stay unseen. */
  pollMs?: number
  setTimer?: (wake: () => void, ms: number) => () => void
}

const pollMsDefault = 2000
const backoffMsMin = 100
/** Short, because somebody's grant waits at most five seconds: a ledger that is back must be noticed well within them. */
const backoffMsMax = 1000

export function runOutbox(options: OutboxLoopOptions): OutboxLoop {
  const { store, nowMs, onChange, pollMs = pollMsDefault, setTimer = realTimer } = options
  const stopping = new AbortController()
  let failures = 0
  let failure: string | undefined
  let rung = false
  let wake: (() => void) | undefined
  const passed = new Set<() => void>()
  const ring = () => {
    rung = true
    wake?.()
  }
  const endListening = store.on('outbox', ring)

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      rung = false
      const pause = await pass()
      if (pause > 0) await sleep(pause)
    }
  })()

  /** One pass; says how long nothing more can come by itself. */
  async function pass(): Promise<number> {
    try {
      const sent = await sendOutbox(options)
      if (failures > 0) onChange?.({ reachable: true })
      failures = 0
      failure = undefined
      for (const tell of passed) tell()
      return sent === outboxBatchMax ? 0 : pollMs
    } catch (cause) {
      if (failures === 0) onChange?.({ reachable: false, cause })
      failures += 1
      failure = cause instanceof Error ? cause.message : String(cause)
      return Math.min(backoffMsMax, backoffMsMin * 2 ** Math.min(failures - 1, 10))
    }
  }

  /** A new statement wakes a loop that has nothing to do, never one that backs off. */
  async function sleep(ms: number): Promise<void> {
    if (stopping.signal.aborted || (rung && failures === 0)) return
    await new Promise<void>(resolve => {
      const cancel = setTimer(resolve, ms)
      wake = () => {
        if (failures > 0 && !stopping.signal.aborted) return
        cancel()
        resolve()
      }
    })
    wake = undefined
  }

  return {
    state: () => ({ reachable: failure === undefined, ...(failure !== undefined && { failure }) }),
    async waitFor(sids, deadlineMs) {
      for (;;) {
        const told = Promise.withResolvers<void>()
        passed.add(told.resolve)
        try {
          if (await areLogged(store, sids)) return true
          const left = deadlineMs - nowMs()
          if (left <= 0) return false
          const cancel = setTimer(told.resolve, left)
          await told.promise
          cancel()
        } finally {
          passed.delete(told.resolve)
        }
      }
    },
    async stop() {
      stopping.abort()
      endListening()
      wake?.()
      await loop
    },
  }
}

function areLogged(store: Store, sids: readonly string[]): Promise<boolean> {
  return store.read(async rx => {
    const row = await rx.db
      .selectFrom('statement')
      .select(eb => eb.fn.countAll<number>().as('count'))
      .where('sid', 'in', sids)
      .where('ledger_index', 'is', null)
      .executeTakeFirstOrThrow()
    return Number(row.count) === 0
  })
}

function realTimer(wake: () => void, ms: number): () => void {
  const timer = setTimeout(wake, ms)
  return () => clearTimeout(timer)
}
