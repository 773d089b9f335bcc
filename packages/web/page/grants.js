import { button, h } from './dom.js'
import { branch, changeWords, namesOf } from './words.js'
import { countdown, facts, when } from './pieces.js'

/** @typedef {import('./api.js').Grant} Grant */
/** @typedef {(grant: Grant, answer: 'approve' | 'decline') => void} OnAnswer */

/** @param {Grant} grant */
export function openGrant(grant) {
  return h(
    'li',
    { class: grant.shutOverdue ? 'card bad' : 'card open', id: grant.id },
    h('h3', {}, grant.gate),
    h('p', { class: 'state' }, ...standing(grant)),
    facts([...about(grant), ['Reviewed', reviewed(grant)]]),
  )
}

/**
 * @param {Grant} grant
 * @param {string} me
 * @param {OnAnswer} onAnswer
 */
export function waitingGrant(grant, me, onAnswer) {
  return h(
    'li',
    { class: 'card', id: grant.id },
    h('h3', {}, grant.gate),
    h('p', { class: 'state' }, ...waitWords(grant)),
    facts(about(grant)),
    answers(grant, me, onAnswer),
  )
}

/**
 * Who, what and why: the same for a row and for the question whether to approve it.
 * @param {Grant} grant
 * @returns {[string, Node | string | undefined][]}
 */
export function about(grant) {
  const { repository, ref, change, actor, justification, incident, at, mode, secondPerson, approvers } = grant
  return [
    ['For', `${repository.name}${ref === undefined ? '' : `, ${branch(ref)}`}, ${changeWords(change)}`],
    ['By', actor.name],
    ['Why', justification ?? 'erased'],
    ['Incident', incident && `${incident.severity}, ${incident.verified ? 'verified' : 'not verified'}`],
    ['At', `${at.name} (${mode})`],
    [
      'Second person',
      secondPerson === 'approved'
        ? namesOf(approvers)
        : secondPerson === 'went_solo'
          ? 'nobody answered in time; it went on alone, and the record says so'
          : undefined,
    ],
    ['Grant', h('code', {}, grant.id)],
  ]
}

/**
 * @param {Grant} grant
 * @returns {(Node | string)[]}
 */
function standing(grant) {
  const { state, expiresAt, uses, used, shutOverdue } = grant
  if (shutOverdue)
    return [h('strong', {}, 'Not confirmed shut.'), ' The enforcement point has not said so in time; look there.']
  if (state === 'granted') return ['Granted, and not open yet: its entry is on its way to the ledger.']
  if (state !== 'live') return [`${ended(state)}; waiting for the enforcement point to confirm that it is shut.`]
  const left = `${uses - used} of ${uses} ${uses === 1 ? 'use' : 'uses'} left`
  if (expiresAt === undefined) return [`Open, ${left}.`]
  return [
    'Open. ',
    countdown(expiresAt, ' left', 'Its time is up; waiting for the confirmation that it is shut'),
    ` · ${left}`,
  ]
}

/** @param {Grant['state']} state */
const ended = state => (state === 'revoked' ? 'Revoked' : state === 'exhausted' ? 'Used up' : 'Its time is up')

/**
 * @param {Grant} grant
 * @returns {(Node | string)[]}
 */
function waitWords({ waitsUntil, mayApprove }) {
  const who = mayApprove.length === 0 ? 'nobody here may approve it' : `may be approved by ${namesOf(mayApprove)}`
  if (waitsUntil === undefined) return [`Waits for a second person; ${who}.`]
  return ['Waits for a second person, ', countdown(waitsUntil, ' left', 'the wait is over'), `; ${who}.`]
}

/** @param {Grant} grant */
function reviewed({ review }) {
  if (review === undefined) return undefined
  if (review.dueAt === undefined) return 'once it is shut'
  return h('span', {}, 'by ', when(review.dueAt), review.provisional ? ' (provisional until it is shut)' : '')
}

/**
 * @param {Grant} grant
 * @param {string} me
 * @param {OnAnswer} onAnswer
 */
function answers(grant, me, onAnswer) {
  if (grant.actor.id === me)
    return h('p', { class: 'quiet' }, 'This is your own request: somebody else must answer it.')
  if (!grant.mayApprove.some(({ id }) => id === me)) {
    return h('p', { class: 'quiet' }, 'You may not answer this: the program does not name you as its second person.')
  }
  const of = `${grant.gate}, asked for by ${grant.actor.name}`
  return h(
    'p',
    { class: 'buttons' },
    button('Approve', () => onAnswer(grant, 'approve'), {
      id: `approve-${grant.id}`,
      class: 'main',
      'aria-label': `Approve ${of}`,
    }),
    button('Decline', () => onAnswer(grant, 'decline'), { id: `decline-${grant.id}`, 'aria-label': `Decline ${of}` }),
  )
}
