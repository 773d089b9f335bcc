import { z } from 'zod'
import { count, digest, gates, instant, people, repository } from './parts.ts'

const what = z.enum(['hook_missing', 'hook_changed', 'watcher_silent', 'rule_off', 'rule_weaker'])

/** The protection at an enforcement point is not what it should be. Told to the gates' owners until it is restored. */
export const protectionWeakened = z.strictObject({
  what,
  repository,
  /** Where the forge's rules tell them apart; absent: whatever stands there. */
  gates: gates.exactOptional(),
  since: instant,
  expected: digest.exactOptional(),
  found: digest.exactOptional(),
  told: people,
})

/** Seen to be as it should be again; a promise does not restore it. */
export const protectionRestored = z.strictObject({
  what,
  repository,
  since: instant,
  until: instant,
  landingsWhileOff: count,
})
