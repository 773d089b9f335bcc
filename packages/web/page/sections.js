import { h } from './dom.js'
import { openGrant, waitingGrant } from './grants.js'
import { facts, when } from './pieces.js'
import { branch, driftWords, findingWords, namesOf, reviewWords, shortCommit } from './words.js'

/**
 * @typedef {import('./api.js').Status} Status
 * @typedef {import('./api.js').Reviews['reviews']} Reviews
 * @typedef {object} Section
 * @property {string} id what the number at the head links to
 * @property {string} title
 * @property {number | undefined} count `undefined` where a number would say nothing
 * @property {boolean} bad a count above zero asks for somebody now
 * @property {() => Node[]} body
 * @property {unknown} of what it shows, to see whether it changed
 */

/**
 * The page in its order: what is open, what waits, what is wrong, what is owed, and what is not known.
 * @param {Status} status
 * @param {Reviews} reviews
 * @param {{ me: string, onAnswer: import('./grants.js').OnAnswer }} reader
 * @returns {Section[]}
 */
export function sectionsOf(status, reviews, { me, onAnswer }) {
  const { open, waiting, alarms, incidents, drift, findings, notices } = status
  return [
    section('open', 'Open glass', open, openGrant, 'No glass is open. To open one: breakglass open, in a terminal.'),
    section(
      'waiting',
      'Waiting for a second person',
      waiting,
      grant => waitingGrant(grant, me, onAnswer),
      'Nothing waits for a second person.',
    ),
    { ...section('alarms', 'Alarms', alarms, alarm, 'No alarm.'), bad: alarms.length > 0 },
    section('incidents', 'Incidents', incidents, incident, 'No incident is open.'),
    {
      ...section('drift', 'Protection that is off', drift, driftItem, noneSeen('No protection is known to be off.')),
      bad: drift.length > 0,
    },
    {
      ...section('findings', 'Findings', findings, finding, noneSeen('No bypass is known.')),
      bad: findings.length > 0,
    },
    ...reviewSections(status, reviews),
    ledgerSection(status),
    section(
      'cannot-see',
      'What cannot be seen',
      status.cannotSee,
      words => h('li', {}, words),
      'Nothing that the server knows of.',
    ),
    section('notices', 'Told to you', notices, notice, 'Nothing was told to you lately.'),
  ]
}

/**
 * @template Row
 * @param {string} id
 * @param {string} title
 * @param {readonly Row[]} rows
 * @param {(row: Row) => HTMLLIElement} item
 * @param {string | (() => Node)} empty
 * @returns {Section}
 */
function section(id, title, rows, item, empty) {
  const body = () =>
    rows.length > 0
      ? [h('ul', { role: 'list' }, ...rows.map(item))]
      : [typeof empty === 'string' ? h('p', { class: 'quiet' }, empty) : empty()]
  return { id, title, count: rows.length, bad: false, body, of: rows }
}

/** @param {string} words */
const noneSeen = words => () =>
  h(
    'p',
    { class: 'quiet' },
    words,
    ' That is not the same as none: see ',
    h('a', { href: '#cannot-see' }, 'what cannot be seen'),
    '.',
  )

/**
 * @param {Status} status
 * @param {Reviews} reviews
 * @returns {Section[]}
 */
function reviewSections({ reviews: counts }, reviews) {
  const overdue = reviews.filter(review => review.overdue)
  // Those of glass that is still open are due once it is shut; the glass itself says so until then.
  const others = reviews.filter(({ overdue, state }) => !overdue && state !== 'awaiting_shut')
  return [
    {
      ...section('overdue', 'Reviews overdue', overdue, reviewItem, 'No review is overdue.'),
      count: counts.overdue,
      bad: counts.overdue > 0,
    },
    {
      ...section('reviews', 'Reviews to do', others, reviewItem, 'No review is due.'),
      count: counts.due - counts.overdue,
    },
  ]
}

/**
 * @param {Status} status
 * @returns {Section}
 */
function ledgerSection({ ledger, program, now }) {
  const uses = `breakglass evidence --period ${now.slice(0, 4)}`
  const { reachable, outOfBand, size, pending, origin } = ledger
  const body = () => [
    ...(reachable
      ? []
      : [h('p', { class: 'box bad' }, 'The ledger does not answer: no glass can be opened until it does.')]),
    ...(outOfBand
      ? []
      : [
          h(
            'p',
            { class: 'box warn' },
            'The ledger is not out-of-band: it runs on the same machine as the server, so whoever rules that machine could rewrite both.',
          ),
        ]),
    facts([
      ['Answers', reachable ? 'yes' : 'no'],
      ['Out-of-band', outOfBand ? 'yes, on another machine' : 'no'],
      [
        'Entries',
        size === undefined ? 'not known' : h('span', {}, `${size}; what they say of this year: `, h('code', {}, uses)),
      ],
      ['On their way', String(pending)],
      ['Origin', h('code', {}, origin)],
      [
        'Program in force',
        program === undefined ? 'none: no gate is known' : `version ${program.version}: ${program.gates.join(', ')}`,
      ],
    ]),
  ]
  return {
    id: 'ledger',
    title: 'Ledger and program',
    count: undefined,
    bad: !reachable,
    body,
    of: [ledger, program, uses],
  }
}

/** @param {Status['alarms'][number]} alarm */
const alarm = ({ id, words, since }) =>
  h('li', { class: 'card bad', id }, h('p', {}, words), h('p', { class: 'quiet' }, 'Since ', when(since)))

/** @param {Status['incidents'][number]} incident */
const incident = ({ id, title, severity, commander, openedAt, openedBy }) =>
  h(
    'li',
    { class: 'card', id },
    h('h3', {}, `${severity}: ${title ?? 'title erased'}`),
    facts([
      ['Commander', commander?.name ?? 'nobody'],
      ['Opened', h('span', {}, when(openedAt), ` by ${openedBy.name}`)],
      ['Incident', h('code', {}, id)],
    ]),
  )

/** @param {Status['drift'][number]} drift */
const driftItem = ({ point, repository, what, gates, since, owner, landingsWhileOff }) =>
  h(
    'li',
    { class: 'card bad' },
    h('h3', {}, `${repository.name} at ${point.name}`),
    h('p', {}, `${driftWords(what)}.`),
    facts([
      ...(gates === undefined ? [] : [/** @type {[string, string]} */ (['Gates', gates.join(', ')])]),
      ['Since', when(since)],
      ['Owner', namesOf(owner) || 'nobody known here'],
      ['Landed meanwhile', String(landingsWhileOff)],
    ]),
  )

/** @param {Status['findings'][number]} found */
const finding = found =>
  h(
    'li',
    { class: 'card', id: found.id },
    h('h3', {}, findingWords(found)),
    facts([
      [
        'Where',
        `${found.repository.name}, ${branch(found.ref)}${found.new === undefined ? '' : `, commit ${shortCommit(found.new)}`}`,
      ],
      ['Gates', found.gates.join(', ')],
      ['Found', when(found.detectedAt)],
      ['Explain it by', h('code', {}, `breakglass finding resolve ${found.id} --explanation "…"`)],
    ]),
  )

/** @param {Reviews[number]} review */
const reviewItem = review =>
  h(
    'li',
    { class: review.overdue ? 'card bad' : 'card', id: review.id },
    h('h3', {}, review.gate),
    h('p', {}, `${reviewWords(review)}.`),
    facts([
      ['By', review.actor?.name],
      ['Due', review.dueAt && h('span', {}, when(review.dueAt), review.provisional ? ' (provisional)' : '')],
      ['Do it by', h('code', {}, `breakglass review show ${review.id}`)],
    ]),
  )

/** @param {Status['notices'][number]} notice */
const notice = ({ id, at, words, subject }) =>
  h('li', { id }, when(at), ` · ${words} `, h('code', { class: 'quiet' }, subject))
