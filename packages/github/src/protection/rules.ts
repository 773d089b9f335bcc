/** One answer of the REST API, as it came. */
export interface Answer {
  status: number
  body?: unknown
}

/** Who may go around a rule. An absent list is `unknown`, never empty. */
export type Exempt = { who: 'known'; bypass: Bypass[] } | { who: 'unknown' }

export interface Bypass {
  /** `Admins` stands for everybody with the admin role where a classic rule does not hold them; the rest are GitHub's words. */
  type: string
  id?: string
  name?: string
  /** `exempt` leaves no trace in rule suites. */
  mode: 'always' | 'pull_request' | 'exempt' | 'other'
}

export interface RequiredCheck {
  context: string
  /** The app that must set it; anybody may where there is none. */
  app?: string
}

export interface RequiredReviews {
  count: number
  codeOwners: boolean
  dismissStale: boolean
  lastPush: boolean
  /** Beyond who is exempt from the whole rule. */
  exempt: Exempt
}

/** What one classic rule or one ruleset says of one branch. */
export interface Rule {
  /** `classic`, or `ruleset:<id>`. */
  source: string
  name: string
  state: 'active' | 'evaluate' | 'disabled'
  exempt: Exempt
  checks: RequiredCheck[]
  reviews?: RequiredReviews
  holdsForcePush: boolean
  holdsDeletion: boolean
  queue: boolean
}

/** docs/github.md "Normal form", of one branch. */
export interface BranchProtection {
  /** By source. */
  rules: Rule[]
  /** What could not be read, in words. Nothing that is missing from `rules` is known to be absent then. */
  unread: string[]
}
