/** How long a command waits for the ledger's proof before the grant is void: "commit, then log, or void". */
export const logWaitSecondsMax = 5

/** How long a request waits for a required second person. The program's own `wait` is at most this. */
export const requestWaitSecondsMax = 3600

/** Shutting that the enforcement point has not confirmed by then is an alarm. */
export const shutConfirmSecondsMax = 300

/** Refusals logged one by one per person and hour; the rest of that hour is one statement with a count. */
export const refusalsPerPersonHourMax = 20

/** docs/formats/grant.md "Scope": an offline grant cannot be called back, so it lives no longer, whatever the program says. */
export const offlineTtlSecondsMax = 1800

/** docs/formats/grant.md "How an enforcement point judges a grant", 7: clocks may differ by this before `grantedAt`. */
export const earlySecondsMax = 60
