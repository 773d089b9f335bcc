/*
 * The token is kept in sessionStorage and nowhere else: it dies with the tab, no other tab or origin reads it, and it is not
 * sent by the browser on its own as a cookie is, so no other site can act with it.
 */
const key = 'breakglass-token'

/** The token of this tab, or `null`. */
export const token = () => sessionStorage.getItem(key)

/** @param {string} secret */
export const keepToken = secret => sessionStorage.setItem(key, secret)

export const forgetToken = () => sessionStorage.removeItem(key)
