import type { Episode } from './episodes.ts'

const episodesMin = 8

/**
 * How many people, if they all did the same, would spread these episodes as they are spread. From the unbiased chance
 * that two episodes are one person's, because the plain sum of squares calls any few episodes concentrated.
 * Absent under eight episodes, and when no person has two.
 */
export function effectiveActors(episodes: readonly Episode[]): number | undefined {
  const counts = new Map<string, number>()
  for (const { actor } of episodes) if (actor !== undefined) counts.set(actor, (counts.get(actor) ?? 0) + 1)
  return effectiveOf([...counts.values()])
}

/** The same, of the episodes that each person has. */
export function effectiveOf(counts: readonly number[]): number | undefined {
  const all = counts.reduce((sum, x) => sum + x, 0)
  const pairs = counts.reduce((sum, x) => sum + x * (x - 1), 0)
  return all < episodesMin || pairs === 0 ? undefined : (all * (all - 1)) / pairs
}
