import type { Outcome } from '../metrics/index.ts'
import type { Opened } from './observed.ts'

/** What is known of one landing at one gate in force. */
export interface PassageFacts {
  /** Somebody told of going around this gate before it was found. */
  disclosed: boolean
  /** Nobody told of it; that the ref moved is all there is. */
  inferred: boolean
  /** A watcher saw it, and the hook had not allowed it. */
  unallowed: boolean
  /** The hook is known to have been off then. */
  off: boolean
  /** A grant of this gate that was live then, in this repository. */
  liveGrant: 'this_change' | 'another_change' | 'none'
  /** What opened the gate, as the point told it. */
  opened?: Opened['opens'] | undefined
  /** Of a gate that a grant opened: whether this server knows that grant, for this gate and change, and in its time. */
  grant: 'fits' | 'late' | 'none'
}

/** docs/landings.md "Passages": the first row that fits. */
export function outcomeOf(facts: PassageFacts): Outcome {
  // What something sanctioned is no bypass, whoever tells of it.
  if (facts.disclosed && !isSanctioned(facts)) return 'disclosed'
  if (facts.inferred) return 'unknown'
  if (facts.unallowed) return bypassOf(facts)
  switch (facts.opened) {
    case 'grant':
      return byGrant[facts.grant]
    case 'waiver':
      return 'waived'
    case 'pass_when_unavailable':
      return 'failed_open'
    case 'pass':
      return 'passed'
    case undefined:
      return 'unknown'
    default:
      return facts.opened satisfies never
  }
}

const isSanctioned = ({ unallowed, opened, grant }: PassageFacts): boolean =>
  !unallowed && (opened === 'waiver' || opened === 'pass_when_unavailable' || (opened === 'grant' && grant === 'fits'))

const byGrant = { fits: 'opened_by_grant', late: 'late_use', none: 'grant_mismatch' } as const

function bypassOf({ off, liveGrant }: PassageFacts): Outcome {
  if (off) return 'landed_while_off'
  if (liveGrant === 'this_change') return 'bypassed_while_grant_open'
  return liveGrant === 'another_change' ? 'grant_mismatch' : 'bypassed_unsanctioned'
}
