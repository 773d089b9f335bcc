import { askAnswer } from './answer.js'
import { ask, failureOf } from './api.js'
import { h, part, replaceKeepingFocus, showFailure } from './dom.js'
import { tick } from './pieces.js'
import { sectionsOf } from './sections.js'
import { forgetToken, token } from './session.js'
import { headline } from './words.js'

/** @typedef {import('./sections.js').Section} Section */

const refreshMs = 5000
const tickMs = 1000

/** @type {import('./api.js').Me | undefined} */
let me
/** The server's clock minus this device's. */
let aheadMs = 0
/** @type {ReturnType<typeof setTimeout> | undefined} */
let next
let refreshing = false
/** What each section showed last, so that only what changed is drawn again. */
const shown = /** @type {Map<string, string>} */ (new Map())

part('sign-out').addEventListener('click', signOut)
document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(next) : refresh()))
setInterval(() => document.hidden || tick(Date.now() + aheadMs), tickMs)
start()

function start() {
  const isSignedIn = token() !== null
  part('signed-out').hidden = isSignedIn
  part('signed-in').hidden = !isSignedIn
  part('sign-out').hidden = !isSignedIn
  if (isSignedIn) refresh()
}

/** The token is forgotten by this tab; it ends by itself, or when an administrator ends it. */
function signOut() {
  forgetToken()
  me = undefined
  shown.clear()
  clearTimeout(next)
  for (const id of ['counts', 'sections', 'news', 'fresh', 'who', 'failure', 'answer']) part(id).replaceChildren()
  part('who').hidden = true
  document.title = 'Breakglass'
  start()
  part('content').focus()
}

async function refresh() {
  if (refreshing || token() === null) return
  refreshing = true
  clearTimeout(next)
  try {
    me ??= /** @type {import('./api.js').Me} */ (await ask('whoami'))
    const [status, reviews] = await Promise.all([ask('status'), ask('reviews?state=open')])
    // Signed out while the server was thinking: what it says is nobody's to see any more.
    if (token() === null) return
    aheadMs = Date.parse(status.now) - Date.now()
    showFailure(undefined)
    show(status, reviews.reviews, me)
  } catch (cause) {
    fail(cause)
  } finally {
    refreshing = false
    if (!document.hidden && token() !== null) next = setTimeout(refresh, refreshMs)
  }
}

/** @param {unknown} cause */
function fail(cause) {
  if (token() === null) return
  const failure = failureOf(cause)
  if (failure.signsOut) {
    signOut()
    showFailure(failure)
    return
  }
  const stale = shown.size === 0 ? '' : ' What you see below is from before that.'
  if (part('failure').childElementCount === 0) {
    showFailure({ message: failure.message, next: `${failure.next}${stale} This page tries again by itself.` }, refresh)
  }
}

/**
 * @param {import('./api.js').Status} status
 * @param {import('./api.js').Reviews['reviews']} reviews
 * @param {import('./api.js').Me} reader
 */
function show(status, reviews, { person }) {
  const sections = sectionsOf(status, reviews, { me: person.id, onAnswer: answer })
  const words = headline(status)
  showChanged('who', person.name, () => [`Signed in as ${person.name}`])
  part('who').hidden = false
  showChanged('headline', words, () => [words])
  showChanged('news', words, () => [words])
  showChanged(
    'counts',
    sections.map(({ title, count, bad }) => [title, count, bad]),
    () => sections.flatMap(countLink),
  )
  if (shown.get('sections') === undefined) {
    part('sections').replaceChildren(...sections.map(({ id, title }) => frame(id, title)))
    shown.set('sections', 'framed')
    followFragment()
  }
  for (const { id, of, count, body } of sections) showChanged(`${id}-body`, [of, count], body)
  showFresh(status.now)
  document.title = status.open.length === 0 ? 'Breakglass' : `${status.open.length} open · Breakglass`
  tick(Date.now() + aheadMs)
}

/**
 * @param {string} id
 * @param {unknown} of
 * @param {() => (Node | string)[]} body
 */
function showChanged(id, of, body) {
  const key = JSON.stringify(of)
  if (shown.get(id) === key) return
  shown.set(id, key)
  replaceKeepingFocus(
    part(id),
    body().map(child => (typeof child === 'string' ? new Text(child) : child)),
  )
}

/** @param {Section} section */
function countLink({ id, title, count, bad }) {
  if (count === undefined) return []
  const isBad = bad && count > 0
  return [
    h(
      'a',
      { id: `count-${id}`, href: `#${id}`, class: isBad ? 'count bad' : count > 0 ? 'count some' : 'count' },
      h('span', { class: 'number' }, String(count)),
      ' ',
      h('span', {}, title),
    ),
  ]
}

/**
 * @param {string} id
 * @param {string} title
 */
const frame = (id, title) =>
  h(
    'section',
    { id, 'aria-labelledby': `${id}-title`, tabindex: '-1' },
    h('h2', { id: `${id}-title` }, title),
    h('div', { id: `${id}-body` }),
  )

/** A link to a section that was not there yet when the browser looked for it. */
function followFragment() {
  if (globalThis.location.hash.length > 1) document.getElementById(globalThis.location.hash.slice(1))?.scrollIntoView()
}

/** @param {string} now */
function showFresh(now) {
  const at = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' }).format(new Date(now))
  part('fresh').textContent = `As of ${at}; asked again every 5 seconds while this page is in view.`
}

/** @type {import('./grants.js').OnAnswer} */
function answer(grant, kind) {
  askAnswer(grant, kind, () => {
    part('waiting').focus()
    refresh()
  })
}
