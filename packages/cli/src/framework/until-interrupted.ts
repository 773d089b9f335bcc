import type { Context } from './context.ts'

/** Runs work that Ctrl-C may end in an orderly way: the signal aborts, the work says what that means, and returns. */
export async function untilInterrupted<T>(
  context: Pick<Context, 'onInterrupt'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const release = context.onInterrupt(() => controller.abort())
  try {
    return await work(controller.signal)
  } finally {
    release()
  }
}
