import { BreakglassError } from '@breakglass/core/errors'
import { refuseForgetful } from '../commands/founding/found.ts'
import type { Edge } from '../edge/edge.ts'
import type { Host } from '../host.ts'

const memoryCheckMs = 2000

/**
 * The check for a database older than its ledger (`refuseForgetful`), now or as soon as the ledger answers: a server whose
 * ledger is down still serves, and `lost` fails when it turns out that it must not.
 */
export async function watchMemory(
  edge: Edge,
  host: Host,
): Promise<{ lost: Promise<never>; stop: () => Promise<void> }> {
  const lost = Promise.withResolvers<never>()
  lost.promise.catch(() => undefined) // whoever waits for the end sees it
  const isChecked = async () => {
    try {
      await refuseForgetful(edge)
      return true
    } catch (failure) {
      if (failure instanceof BreakglassError && failure.code === 'ledger_unavailable') return false
      throw failure
    }
  }
  let timer: NodeJS.Timeout | undefined
  if (!(await isChecked())) {
    host.log({ event: 'memory_unchecked', why: 'the ledger does not answer; checked as soon as it does' })
    timer = setInterval(async () => {
      try {
        if (await isChecked()) clearInterval(timer)
      } catch (failure) {
        lost.reject(failure)
      }
    }, memoryCheckMs)
  }
  return { lost: lost.promise, stop: async () => clearInterval(timer) }
}
