import type { Store, Tx } from '../store/store.ts'
import { type ClaimedJob, claimJobs, completeJob, failJob, nextJobAt, repeatJob } from './queue.ts'

/** What a handler may do besides its work. */
export interface JobRun {
  job: ClaimedJob
  /** Aborted when the lease runs out or the server stops: what is not done by then goes to another. */
  signal: AbortSignal
  /**
   * Ends the job in the handler's own transaction, so that its effect happens once.
   *
   * @throws JobLost when the job is another worker's by now; the transaction then rolls back
   */
  complete(tx: Tx): Promise<void>
}

/** Safe to run twice. Returns when to run again for a job that repeats. Throwing asks for another try. */
export type JobHandler = (run: JobRun) => Promise<undefined | void | { againAt: number }>

/** Thrown through a handler's transaction: the lease ran out and another worker has the job. */
export class JobLost extends Error {
  override readonly name = 'JobLost'
}

export interface RunJobsOptions {
  store: Store
  /** By kind. Kinds that nobody here handles stay for those who do. */
  handlers: Readonly<Record<string, JobHandler>>
  /** Who claims, for people who look: host and process. */
  owner: string
  /** A number in [0, 1), for the jitter of retries. */
  random: () => number
  /** Told of each failed try and of a store that cannot be asked; must not throw. */
  onError: (error: unknown, job?: ClaimedJob) => void
  /** At once, in this process. */
  concurrency?: number
  /** A try that takes longer is somebody else's. */
  leaseMs?: number
  /** How long jobs of other servers on the same database can stay unseen. */
  pollMs?: number
  /** The timer; the clock that decides what is due is the database's. */
  setTimer?: (wake: () => void, ms: number) => () => void
}

export interface JobRunner {
  /** Looks now, for a clock that was moved. */
  wake(): void
  /** Claims no more, lets what runs end, and says when it has. */
  stop(): Promise<void>
}

const concurrencyDefault = 4
const leaseMsDefault = 60_000
const pollMsDefault = 5_000
const retryStoreMs = 1_000
/** A job that is due and yet was not claimed is another server's at this moment; asking without a pause would not hurry it. */
const sleepMsMin = 20
const backoffMsMin = 500
const backoffMsMax = 300_000

/** Doubling from half a second to five minutes, each between half and the whole of it. */
export function backoffMs(tries: number, random: number): number {
  return Math.round(Math.min(backoffMsMax, backoffMsMin * 2 ** (tries - 1)) * (0.5 + random / 2))
}

/** Runs due jobs until stopped: at once when one is asked for in this process, else when the next is due. */
export function runJobs(options: RunJobsOptions): JobRunner {
  const { store, handlers, onError, owner } = options
  const {
    concurrency = concurrencyDefault,
    leaseMs = leaseMsDefault,
    pollMs = pollMsDefault,
    setTimer = realTimer,
  } = options
  const kinds = Object.keys(handlers)
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  const alarm = createAlarm(setTimer)
  const endListening = store.on('jobs', alarm.ring)

  const loop = (async () => {
    while (!stopping.signal.aborted) await alarm.wait(await turn())
    await Promise.all(running)
  })()

  /** Claims what there is room for; says how long nothing more can come by itself. */
  async function turn(): Promise<number> {
    try {
      // Looked at first: most that is asked for is due later, and claiming holds the writer that a command may wait for.
      const { nextAt, now } = await store.read(rx => nextJobAt(rx, kinds))
      if (nextAt !== undefined && nextAt <= now && running.size < concurrency) {
        const claimed = await claimJobs(store, { kinds, limit: concurrency - running.size, leaseMs, owner })
        for (const job of claimed) begin(job)
        if (claimed.length > 0) return 0
      }
      if (running.size >= concurrency) return pollMs
      return nextAt === undefined ? pollMs : Math.min(pollMs, Math.max(sleepMsMin, nextAt - now))
    } catch (error) {
      onError(error)
      return retryStoreMs
    }
  }

  function begin(job: ClaimedJob): void {
    const run = runOne(options, job, leaseMs, stopping.signal).finally(() => {
      running.delete(run)
      alarm.ring()
    })
    running.add(run)
  }

  return {
    wake: alarm.ring,
    async stop() {
      endListening()
      stopping.abort()
      alarm.ring()
      await loop
    },
  }
}

/** One try. Never throws: what fails is told and, if the store lets us, written down; if not, the lease runs out. */
async function runOne(options: RunJobsOptions, job: ClaimedJob, leaseMs: number, stopping: AbortSignal): Promise<void> {
  const { store, handlers, onError, random } = options
  let completed = false
  const lease = AbortSignal.timeout(leaseMs)
  const run: JobRun = {
    job,
    signal: AbortSignal.any([stopping, lease]),
    async complete(tx) {
      if (!(await completeJob(tx, job))) throw new JobLost(`job ${job.id} (${job.kind}) is no longer ours`)
      completed = true
    },
  }
  try {
    const handler = handlers[job.kind]
    if (!handler) throw new Error(`invariant: claimed a job of kind ${job.kind} without a handler`)
    const next = await withinLease(handler(run), lease)
    const settle = next ? (tx: Tx) => repeatJob(tx, job, next.againAt) : (tx: Tx) => completeJob(tx, job)
    if (!completed) await store.transact(settle)
  } catch (error) {
    onError(error, job)
    if (error instanceof JobLost) return
    const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    const retryIn = backoffMs(job.tries, random())
    await store.transact(tx => failJob(tx, job, words, retryIn)).catch(failure => onError(failure, job))
  }
}

/** A handler that hangs must not keep its place for ever; what it still does is fenced off. */
async function withinLease<T>(work: Promise<T>, lease: AbortSignal): Promise<T> {
  const over = Promise.withResolvers<never>()
  const end = () => over.reject(new Error('the try did not end within its lease'))
  lease.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([work, over.promise])
  } finally {
    lease.removeEventListener('abort', end)
  }
}

/** A sleep that can be rung awake; ringing while nobody sleeps makes the next sleep short. */
function createAlarm(setTimer: NonNullable<RunJobsOptions['setTimer']>) {
  let rung = false
  let awake: (() => void) | undefined
  return {
    ring: () => {
      rung = true
      awake?.()
    },
    async wait(ms: number): Promise<void> {
      if (!rung) {
        await new Promise<void>(resolve => {
          const cancel = setTimer(resolve, ms)
          awake = () => {
            cancel()
            resolve()
          }
        })
      }
      awake = undefined
      rung = false
    },
  }
}

function realTimer(wake: () => void, ms: number): () => void {
  const timer = setTimeout(wake, ms)
  return () => clearTimeout(timer)
}
