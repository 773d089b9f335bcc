/*
 * The first module of the welcome page, evaluated before every other: the code leaves the address at once, so that it stays
 * neither in the history, nor in a screenshot of the address bar, nor in an address that is copied on.
 */
const { hash, pathname, search } = globalThis.location

/** The one-time code of the link that was opened; empty when there is none. */
export const code = readCode(hash)
if (hash !== '') globalThis.history.replaceState(null, '', pathname + search)

/** @param {string} fragment */
function readCode(fragment) {
  try {
    return decodeURIComponent(fragment.slice(1)).trim()
  } catch {
    // Not percent-encoding: taken as it is, and the server says that it knows no such code.
    return fragment.slice(1)
  }
}
