import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import { stall } from '../../../../tests/support/stall.ts'
import type { Store } from '../store/store.ts'
import { enqueue, type JobRequest, listFailedJobs } from './queue.ts'
import { type JobHandler, type JobRunner, runJobs, type RunJobsOptions } from './runner.ts'

let ids = 0

eachEngine('running jobs', makeStore => {
  let store: Store
  const runners: JobRunner[] = []
  beforeAll(async () => {
    store = await makeStore()
  })
  beforeEach(async () => store.transact(async tx => void (await tx.db.deleteFrom('job').execute())))
  afterEach(async () => {
    for (const runner of runners.splice(0)) await runner.stop()
  })

  const errors: string[] = []
  const run = (handlers: Record<string, JobHandler>, options: Partial<RunJobsOptions> = {}) => {
    errors.length = 0
    const onError = (error: unknown) => void errors.push(error instanceof Error ? error.message : String(error))
    // A poll that would time the test out: nothing here may depend on it.
    const runner = runJobs({ store, handlers, owner: 'test', random: () => 0, onError, pollMs: 600_000, ...options })
    runners.push(runner)
    return runner
  }
  const ask = (request: Partial<JobRequest> = {}) =>
    store.transact(async tx => {
      const { now } = await tx.db.selectNoFrom(tx.now.as('now')).executeTakeFirstOrThrow()
      const runAt = now + (request.runAt ?? 0)
      await enqueue(tx, { id: `jb_${ids++}`, kind: 'work', key: 'k', ...request, runAt })
    })
  const openJobs = () =>
    store.read(rx => rx.db.selectFrom('job').select(['key', 'attempt']).where('done_at', 'is', null).execute())

  /** Resolves once the handler was called `count` times. */
  function counted(count: number, work: (call: number) => ReturnType<JobHandler> = async () => {}) {
    const reached = Promise.withResolvers<number[]>()
    const at: number[] = []
    const handler: JobHandler = async () => {
      at.push(performance.now())
      try {
        return await work(at.length)
      } finally {
        if (at.length === count) reached.resolve(at)
      }
    }
    return { handler, reached: reached.promise, at }
  }

  it('begins at once what is asked for in this process', async () => {
    const { handler, reached } = counted(1)
    run({ work: handler })
    await ask()
    await reached
  })

  it('begins what was asked for before it started', async () => {
    await ask()
    const { handler, reached } = counted(1)
    run({ work: handler })
    await reached
  })

  it('begins a later job when it is due, not before and not much after', async () => {
    const { handler, reached } = counted(1)
    run({ work: handler })
    const from = performance.now()
    await ask({ runAt: 300 })
    const [at] = await reached
    expect(at! - from).toBeGreaterThan(290)
    // The bar is 100 ms on a quiet machine; this one may be busy.
    expect(at! - from).toBeLessThan(2_000)
  })

  it('wakes for a job that is due sooner than the one it sleeps for', async () => {
    await ask({ key: 'far', runAt: 500_000 })
    const { handler, reached } = counted(1)
    run({ work: handler })
    await ask({ key: 'near', runAt: 50 })
    await reached
    expect(await openJobs()).toContainEqual({ key: 'far', attempt: 0 })
  })

  it('tries again after a failure and tells of it', async () => {
    const { handler, reached } = counted(2, async call => {
      if (call === 1) throw new Error('not yet')
    })
    const runner = run({ work: handler })
    await ask()
    await reached
    await runner.stop()
    expect(errors).toEqual(['not yet'])
    expect(await openJobs()).toEqual([])
  })

  it('gives up after the last try, and the job stays to be seen', async () => {
    const { handler, reached } = counted(1, async () => {
      throw new TypeError('never')
    })
    const runner = run({ work: handler })
    await ask({ attemptsMax: 1 })
    await reached
    await runner.stop()
    expect(await store.read(rx => listFailedJobs(rx))).toMatchObject([{ kind: 'work', error: 'TypeError: never' }])
  })

  it('repeats as the handler says', async () => {
    const { handler, reached } = counted(3, async () => ({ againAt: (await store.clockMs()) + 20 }))
    run({ work: handler })
    await ask()
    await reached
  })

  it('writes effect and completion in one transaction, and rolls both back when the job is no longer its own', async () => {
    const held = stall()
    const lost = Promise.withResolvers<void>()
    const mark =
      (value: string): JobHandler =>
      async ({ job, complete }) => {
        if (value === 'slow') await held.here()
        await store.transact(async tx => {
          await tx.db
            .insertInto('meta')
            .values({ key: `effect:${job.id}:${value}`, value })
            .execute()
          await complete(tx)
        })
      }
    // One at a time: with a hand free, it might be the one that takes the job again.
    run({ work: mark('slow') }, { concurrency: 1, onError: () => lost.resolve() })
    await ask({ key: 'fenced' })
    await held.reached
    // The lease ends as the clock would end it; another worker takes the job and does it.
    await store.transact(tx => tx.db.updateTable('job').set({ leased_until: 1 }).where('key', '=', 'fenced').execute())
    const quick = counted(1)
    const second = run({ work: async job => (await mark('quick')(job), quick.handler(job)) })
    await quick.reached
    await second.stop()
    held.go()
    await lost.promise
    const effects = await store.read(rx =>
      rx.db.selectFrom('meta').select('value').where('key', 'like', 'effect:%').execute(),
    )
    expect(effects).toEqual([{ value: 'quick' }])
  })

  it('gives up waiting for a handler that outlives its lease', async () => {
    const hung = stall()
    const { handler, reached } = counted(1)
    run({ hang: () => hung.here(), work: handler }, { leaseMs: 100, concurrency: 1 })
    await ask({ kind: 'hang', key: 'h' })
    await hung.reached
    await ask()
    await reached
    expect(errors[0]).toContain('lease')
    hung.go()
  })

  it('runs no more at once than it may', async () => {
    let [now, most] = [0, 0]
    const { handler, reached } = counted(6, async () => {
      most = Math.max(most, ++now)
      await store.clockMs()
      now--
    })
    run({ work: handler }, { concurrency: 2 })
    for (let key = 0; key < 6; key++) await ask({ key: `${key}` })
    await reached
    expect(most).toBeLessThanOrEqual(2)
  })

  it('leaves kinds it has no handler for, and claims nothing after it was stopped', async () => {
    const { handler, reached } = counted(1)
    const runner = run({ work: handler })
    await ask({ kind: 'unknown', key: 'u' })
    await ask()
    await reached
    await runner.stop()
    await ask({ key: 'after' })
    expect((await openJobs()).map(job => job.key).sort()).toEqual(['after', 'u'])
  })

  it('waits for what runs when it is stopped, and tells it to hurry', async () => {
    const held = stall()
    let told = false
    const runner = run({
      work: async ({ signal }) => {
        signal.addEventListener('abort', () => {
          told = true
          held.go()
        })
        await held.here()
      },
    })
    await ask()
    await held.reached
    await runner.stop()
    expect(told).toBe(true)
    expect(await openJobs()).toEqual([])
  })

  it('goes on when the store could not be asked', async () => {
    const { handler, reached } = counted(1)
    let failures = 1
    const flaky: Store = {
      ...store,
      transact: (work, options) =>
        failures-- > 0 ? Promise.reject(new Error('store away')) : store.transact(work, options),
    }
    const runner = run({ work: handler }, { store: flaky, setTimer: wake => (setImmediate(wake), () => {}) })
    await ask()
    await reached
    await runner.stop()
    expect(errors).toEqual(['store away'])
  })
})
