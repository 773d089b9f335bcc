import { h } from './dom.js'
import { secondsUntil, span } from './words.js'

/**
 * Names and values; those without a value are left out.
 * @param {readonly [string, Node | string | undefined][]} rows
 */
export function facts(rows) {
  return h(
    'dl',
    {},
    ...rows.flatMap(([name, value]) =>
      value === undefined ? [] : [h('div', {}, h('dt', {}, name), h('dd', {}, value))],
    ),
  )
}

const local = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/**
 * An instant in the reader's own zone; the record's UTC stands behind it.
 * @param {string} instant
 */
export const when = instant => h('time', { datetime: instant, title: instant }, local.format(new Date(instant)))

/**
 * A time that runs. `role="timer"` is not announced second by second.
 * @param {string} until
 * @param {string} after what follows the time while it runs
 * @param {string} over what is said instead when it has run out
 */
export const countdown = (until, after, over) =>
  h('span', { role: 'timer', class: 'timer', 'data-until': until, 'data-after': after, 'data-over': over })

/**
 * Sets every running time of the page.
 * @param {number} nowMs the server's time: a device whose clock is wrong must not show a gate open longer than it is
 */
export function tick(nowMs) {
  for (const timer of document.querySelectorAll('[data-until]')) {
    const seconds = secondsUntil(timer.getAttribute('data-until') ?? '', nowMs)
    const words =
      seconds > 0 ? span(seconds) + (timer.getAttribute('data-after') ?? '') : timer.getAttribute('data-over')
    if (timer.textContent !== words) timer.textContent = words
    timer.classList.toggle('short', seconds < 60)
  }
}
