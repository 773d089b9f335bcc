import type { Reason, RefusalCode } from './types.ts'

/** What one rule says: its reason, and on a refusal the code. Every rule leaves one, also when it does not apply. */
export interface Ruling {
  reason: Reason
  /** Present exactly when the rule refuses. */
  code?: RefusalCode
}

/** What a rule looked at, what it wanted and what it found, in words a person reads at three in the morning. */
export interface Look {
  rule: string
  lookedAt: string
  wanted: string
  found: string
  children?: Reason[]
}

export const met = (look: Look): Ruling => ({ reason: reasonOf('met', look) })
export const skipped = (look: Look): Ruling => ({ reason: reasonOf('skipped', look) })
export const noted = (look: Look): Ruling => ({ reason: reasonOf('noted', look) })

/** Not met, with what would make it pass. */
export const refused = (code: RefusalCode, look: Look & { remedy: string }): Ruling => ({ code, reason: unmet(look) })

/** Not met yet: the only such answer that is no refusal. */
export const awaited = (look: Look & { remedy: string }): Ruling => ({ reason: unmet(look) })

/** A remark under a rule: it never decides anything. */
export const remark = (look: Look): Reason => reasonOf('noted', look)

function unmet({ remedy, ...look }: Look & { remedy: string }): Reason {
  const { children, ...rest } = reasonOf('not_met', look)
  return { ...rest, remedy, ...(children && { children }) }
}

function reasonOf(verdict: Reason['verdict'], look: Look): Reason {
  const { rule, lookedAt, wanted, found, children } = look
  return { rule, verdict, lookedAt, wanted, found, ...(children && children.length > 0 && { children }) }
}
