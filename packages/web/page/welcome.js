import { code } from './take-code.js'
import { ask, failureOf } from './api.js'
import { part, showFailure } from './dom.js'
import { keepToken } from './session.js'

const signIn = /** @type {HTMLButtonElement} */ (part('sign-in'))
const device = /** @type {HTMLInputElement} */ (part('device'))

if (code === '') {
  showFailure({
    message: 'There is no invitation code in this address.',
    next: 'Open the link again exactly as it was sent to you; it still works if it was not used.',
  })
} else {
  part('here').hidden = false
  signIn.addEventListener('click', redeem)
  device.addEventListener('keydown', ({ key }) => key === 'Enter' && signIn.click())
}

async function redeem() {
  signIn.disabled = true
  showFailure(undefined)
  try {
    const name = device.value.trim()
    /** @type {import('./api.js').Issued} */
    const issued = await ask('invitations/redeem', { code, ...(name !== '' && { device: name }) })
    keepToken(issued.token)
    globalThis.location.assign('./')
  } catch (cause) {
    showFailure(failureOf(cause))
    signIn.disabled = false
  }
}
