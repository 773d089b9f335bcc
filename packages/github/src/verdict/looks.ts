/** After a landing was first told: pull requests, rule suites and runs of a commit can be seen later than its webhook. */
export const looksAfterMs: readonly number[] = [10_000, 60_000, 600_000]

/** When to look again, after `looks` looks; undefined once nothing that is still missing will come. */
export function nextLookAt(firstToldAt: number, looks: number): number | undefined {
  const after = looksAfterMs[Math.max(0, Math.trunc(looks))]
  return after === undefined ? undefined : firstToldAt + after
}

/** Whether all looks were taken. Looks are counted, not timed: one that a late job took still counts once. */
export const isLookedOut = (looks: number): boolean => looks >= looksAfterMs.length
