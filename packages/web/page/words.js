/*
 * Everything said about a row is a function of the row and the time. Nothing here touches the page or a clock.
 */

/**
 * A span of time in two units at most: `4 min 05 s`, `2 h 10 min`, `3 days`.
 * @param {number} seconds
 */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0')
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  if (whole < 2 * 86_400) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
  return `${Math.floor(whole / 86_400)} days`
}

/**
 * @param {string} instant
 * @param {number} nowMs
 */
export const secondsUntil = (instant, nowMs) => (Date.parse(instant) - nowMs) / 1000

/**
 * `1 gate`, `2 gates`.
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

/** @param {string} ref */
export const branch = ref => ref.replace(/^refs\/heads\//, '')

/**
 * Ten digits of a commit, without its algorithm.
 * @param {string} commit
 */
export const shortCommit = commit => commit.slice(commit.indexOf(':') + 1).slice(0, 10)

/** @param {import('./api.js').Grant['change']} change */
export function changeWords(change) {
  if ('commit' in change) return `commit ${shortCommit(change.commit)}`
  return 'deployment' in change ? `deployment ${change.deployment}` : `operation ${change.operation.slice(0, 19)}`
}

/** @param {readonly { name: string }[]} people */
export const namesOf = people => people.map(({ name }) => name).join(', ')

/**
 * The one sentence at the head of the page, and what a screen reader is told when it changes.
 * @param {import('./api.js').Status} status
 */
export function headline({ open, waiting, alarms }) {
  const live = open.filter(({ state }) => state === 'live').length
  const ending = open.length - live
  const parts = [
    live === 0 ? 'No glass is open' : `${counted(live, 'gate')} ${live === 1 ? 'is' : 'are'} open`,
    ...(ending === 0 ? [] : [`${counted(ending, 'gate')} not confirmed shut`]),
    ...(waiting.length === 0
      ? []
      : [`${counted(waiting.length, 'request')} ${waiting.length === 1 ? 'waits' : 'wait'}`]),
    ...(alarms.length === 0 ? [] : [counted(alarms.length, 'alarm')]),
  ]
  return `${parts.join(', ')}.`
}

/** @param {import('./api.js').Status['findings'][number]} finding */
export function findingWords({ kind, confidence, whileOff }) {
  const what = {
    landed_without_hook: 'Landed without the gate',
    unreported_use: 'Used, and never reported',
    late_use: 'Used after its time',
  }[kind]
  return `${what}${whileOff ? ' while the protection was off' : ''} (${confidence})`
}

/** @param {import('./api.js').Status['drift'][number]['what']} what */
export const driftWords = what =>
  ({
    hook_missing: 'The hook is missing: nothing guards the repository there',
    hook_changed: 'The hook was changed: what guards the repository is not ours',
    rule_off: 'The forge does not require the gate: whoever likes goes around it',
    rule_weaker: 'The forge requires the gate, and somebody may go around it',
    watcher_silent: 'The watcher is silent: what happens there is not seen',
  })[what]

/** @param {import('./api.js').Reviews['reviews'][number]} review */
export function reviewWords({ state, overdue, of, subject }) {
  const what = {
    use: 'a use of',
    unused_grant: 'a grant that was not used,',
    finding: 'a finding,',
    passed_unavailable: 'a pass while unavailable,',
    late_use: 'a late use of',
    waiver_renewal: 'a renewal of',
    disclosure: 'what somebody told of at',
  }[of]
  const standing = state === 'answered' ? 'waits for a reviewer' : 'waits for an answer'
  return `Of ${what} ${subject}; ${standing}${overdue ? ', and is overdue' : ''}`
}
