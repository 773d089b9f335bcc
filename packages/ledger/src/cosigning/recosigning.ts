import type { Committer } from '../committer.ts'

/** How old the cosignatures of a log to which nothing comes become before newer ones are asked for; at most half as much more. */
export const recosignMs = 120_000

export interface RecosigningParts {
  committer: Pick<Committer, 'published' | 'cosignAgain'>
  /** Default `recosignMs`. */
  everyMs?: number | undefined
  /** What `cosignAgain` throws. */
  onFatal: (error: unknown) => void
}

/**
 * Has a checkpoint that does not grow cosigned again: docs/formats/ledger.md "Write path". One question at a time, and
 * nobody waits for it. Answers with what stops it; a question under way then ends with the witnesses' connections.
 */
export function keepCosigned({ committer, everyMs = recosignMs, onFatal }: RecosigningParts): () => void {
  let { size } = committer.published
  let looks = 0
  let isAsking = false
  const timer = setInterval(() => {
    const hasGrown = committer.published.size !== size
    size = committer.published.size
    looks = hasGrown ? 0 : looks + 1
    if (looks < 2 || isAsking) return
    looks = 0
    isAsking = true
    void committer
      .cosignAgain()
      .catch(onFatal)
      .finally(() => {
        isAsking = false
      })
  }, everyMs / 2)
  // It is no reason for a process to go on.
  timer.unref()
  return () => clearInterval(timer)
}
