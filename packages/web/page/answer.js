import { act, ask, failureOf } from './api.js'
import { button, h, part } from './dom.js'
import { about } from './grants.js'
import { facts } from './pieces.js'

/**
 * Asks once more, with all that is at stake in view: a list that refreshes itself may have moved under the pointer. The
 * dialog shows the grant it was opened for, whatever the list says meanwhile.
 * @param {import('./api.js').Grant} grant
 * @param {'approve' | 'decline'} answer
 * @param {(grant: import('./api.js').Grant) => void} onAnswered
 */
export function askAnswer(grant, answer, onAnswered) {
  const dialog = /** @type {HTMLDialogElement} */ (part('answer'))
  const failure = h('div', { role: 'alert' })
  const reason = h('textarea', { id: 'reason', rows: '3', maxlength: '4000', 'aria-describedby': 'reason-why' })
  const go = button(
    answer === 'approve' ? 'Approve: let it open this gate' : 'Decline',
    async () => {
      if (answer === 'decline' && reason.value.trim() === '') {
        failure.replaceChildren(h('p', { class: 'box bad' }, 'Say in a few words why: the requester reads them.'))
        return reason.focus()
      }
      go.disabled = true
      try {
        const path = `glass/${encodeURIComponent(grant.id)}/${answer}`
        const answered = answer === 'approve' ? await act(path) : await ask(path, { reason: reason.value.trim() })
        dialog.close()
        onAnswered(answered)
      } catch (cause) {
        const { message, next } = failureOf(cause)
        failure.replaceChildren(h('p', { class: 'box bad' }, h('strong', {}, message), ' ', next))
        go.disabled = false
      }
      return undefined
    },
    { class: answer === 'approve' ? 'main' : 'main danger' },
  )
  dialog.replaceChildren(
    h('h2', { id: 'answer-title' }, answer === 'approve' ? `Approve ${grant.gate}?` : `Decline ${grant.gate}?`),
    h(
      'p',
      {},
      answer === 'approve'
        ? 'You become the second person, by name, on the record. The program decides again with what is true now; if it grants, the gate opens for this one change.'
        : 'Nothing is opened. The requester is told, with your words.',
    ),
    facts(about(grant)),
    ...(answer === 'decline'
      ? [
          h('label', { for: 'reason' }, 'Why not'),
          h('p', { id: 'reason-why', class: 'quiet' }, 'Kept with the request; the requester reads it.'),
          reason,
        ]
      : []),
    failure,
    h(
      'p',
      { class: 'buttons' },
      go,
      button('Cancel', () => dialog.close()),
    ),
  )
  dialog.showModal()
}
