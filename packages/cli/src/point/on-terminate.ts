import type { Context } from '../framework/context.ts'

/** Runs work that Ctrl-C, SIGTERM and SIGHUP may end in an orderly way: the signal aborts, and the work returns. */
export async function untilTerminated<T>(
  context: Pick<Context, 'onInterrupt'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const abort = () => controller.abort()
  const release = context.onInterrupt(abort)
  process.on('SIGTERM', abort)
  process.on('SIGHUP', abort)
  try {
    return await work(controller.signal)
  } finally {
    release()
    process.off('SIGTERM', abort)
    process.off('SIGHUP', abort)
  }
}
