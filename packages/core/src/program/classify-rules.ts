import { always, amount, type Difference, type Judge, type Judgement, members, rank, set } from './classify-judges.ts'
import { spell } from './resolved-text.ts'
import { severities } from './names.ts'
import type { ResolvedGate, ResolvedProgram } from './resolved.ts'

/**
 * What a difference at each place means, `*` standing for any name. A place that is not here, at or below, is a widening.
 * docs/program.md "Widening and narrowing" says the same in words.
 */
export const classifyRules: readonly (readonly [place: string, judge: Judge])[] = [
  ['organization', always('widening', 'it becomes the program of another organisation')],
  ['timezone', always('neutral', 'due dates move within a day')],
  [
    'calendar.weekend',
    set({ added: ['widening', 'reviews fall due later'], removed: ['narrowing', 'reviews fall due sooner'] }),
  ],
  [
    'calendar.holidays',
    set({ added: ['widening', 'reviews fall due later'], removed: ['narrowing', 'reviews fall due sooner'] }),
  ],
  ['source', always('widening', 'the program comes from another place, and another place is guarded from grants')],
  [
    'owners',
    set({
      added: ['widening', 'more people can sign a widening'],
      removed: ['widening', 'fewer people can refuse a widening, so those who are left decide it'],
    }),
  ],
  ['groups.*', group],
  ['teams', always('neutral', 'reports name teams; nobody’s permission hangs on them')],
  ['gates.*', members({ added: ['narrowing', 'a new gate'], removed: ['widening', 'the gate is gone'] })],
  ['gates.*.boundary', always('widening', 'it leaves the boundary it stood at')],
  [
    'gates.*.class',
    rank(['control', 'quality', 'advisory'], { stricter: 'its class guards more', laxer: 'its class guards less' }),
  ],
  ['gates.*.protects', always('neutral', 'words only')],
  ['gates.*.timezone', always('neutral', 'due dates move within a day')],
  [
    'gates.*.on.repositories',
    set({
      added: ['narrowing', 'it guards more repositories'],
      removed: ['widening', 'it guards these no more'],
      renamed: ['neutral', 'the same repositories under other names'],
    }),
  ],
  [
    'gates.*.on.branches',
    set({ added: ['narrowing', 'it guards more branches'], removed: ['widening', 'it guards these no more'] }),
  ],
  ['gates.*.passes', passes],
  ['gates.*.owner', owner],
  ['gates.*.whenUnavailable', unavailable],
  ['gates.*.breakGlass', breakGlass],
  ['gates.*.breakGlass.who', people('may break it')],
  ['gates.*.breakGlass.approvers', people('may be the second person')],
  ['gates.*.breakGlass.bots', people('may break it by themselves')],
  [
    'gates.*.breakGlass.incidentAtLeast',
    rank([...severities, 'optional'], {
      stricter: 'it takes a graver incident',
      laxer: 'a lesser incident will do, or none',
      absent: 'optional',
    }),
  ],
  ['gates.*.breakGlass.secondPerson', secondPerson],
  ['gates.*.breakGlass.ttlSeconds', lasts('the gate may stay open')],
  [
    'gates.*.breakGlass.uses',
    amount({
      more: ['widening', 'one grant covers more landings'],
      less: ['narrowing', 'one grant covers fewer landings'],
    }),
  ],
  [
    'gates.*.breakGlass.offline',
    (difference: Difference) =>
      judge(difference, difference.is === true, 'a grant that cannot be called back', 'each use asks first'),
  ],
  ['gates.*.whenItCannotRun', fallback],
  [
    'gates.*.whenItCannotRun.afterSeconds',
    amount({
      more: ['narrowing', 'it must be down for longer first'],
      less: ['widening', 'it may be opened sooner when it cannot run'],
    }),
  ],
  ['gates.*.whenItCannotRun.who', people('may open it when it cannot run')],
  ['gates.*.whenItCannotRun.approvers', people('may be the second person')],
  ['gates.*.whenItCannotRun.ttlSeconds', lasts('it may stay open')],
  [
    'reviews.dueBusinessDays',
    amount({ more: ['widening', 'reviews fall due later'], less: ['narrowing', 'reviews fall due sooner'] }),
  ],
  ['reviews.reviewers', people('may sign reviews')],
  [
    'reviews.escalate',
    set({
      added: ['narrowing', 'more people hear of an overdue review'],
      removed: ['widening', 'fewer people hear of an overdue review'],
    }),
  ],
  ['waivers.longestSeconds', lasts('a waiver may last')],
  [
    'waivers.renewals',
    amount({
      more: ['widening', 'a waiver is renewed more often'],
      less: ['narrowing', 'a waiver is renewed less often'],
    }),
  ],
  [
    'wideningDelaySeconds',
    amount({ more: ['narrowing', 'a widening waits longer'], less: ['widening', 'a widening waits shorter'] }),
  ],
  ['offlineTtlSecondsMax', lasts('an offline grant may last')],
  ['drills', always('neutral', 'how it is practised; nobody’s permission hangs on it')],
  ['forum', always('neutral', 'where it is read; nobody’s permission hangs on it')],
  ['rosterReview', always('neutral', 'how it is practised; nobody’s permission hangs on it')],
  ['thresholds', always('neutral', 'how numbers are labelled; nobody’s permission hangs on it')],
]

function people(may: string): Judge {
  return set({ added: ['widening', `more people ${may}`], removed: ['narrowing', `fewer people ${may}`] })
}

function lasts(what: string): Judge {
  return amount({ more: ['widening', `${what} longer`], less: ['narrowing', `${what} shorter`] })
}

function judge({ was, is }: Difference, widens: boolean, wider: string, narrower: string): Judgement[] {
  return [{ class: widens ? 'widening' : 'narrowing', why: widens ? wider : narrower, was, is }]
}

const gateOf = (program: ResolvedProgram, name: string | undefined): ResolvedGate | undefined =>
  name !== undefined && Object.hasOwn(program.gates, name) ? program.gates[name] : undefined

const gatesOf = ({ path, previous, next }: Difference) => [gateOf(previous, path[1]), gateOf(next, path[1])] as const

function passes(difference: Difference): Judgement[] {
  const [was, is] = gatesOf(difference).map(gate => gate?.passes)
  if (was?.kind === 'reviews' && is?.kind === 'reviews') {
    return judge(difference, is.count < was.count, 'fewer reviews pass it', 'more reviews are asked for')
  }
  return judge(difference, true, 'something else passes it, which may be less', '')
}

/** The owner is asked, told, and the default for who may open a gate. */
function owner(difference: Difference): Judgement[] {
  const gains = typeof difference.is === 'string' ? [difference.is] : []
  return judge(difference, true, 'somebody else answers for the gate', '').map(one => ({ ...one, gains }))
}

function unavailable(difference: Difference): Judgement[] {
  const [was, is] = gatesOf(difference).map(gate => gate?.whenUnavailable)
  const seconds = (value: ResolvedGate['whenUnavailable'] | undefined) =>
    value?.kind === 'pass' ? value.forSeconds : 0
  return judge(
    difference,
    seconds(is) > seconds(was),
    'it passes for longer when it cannot run',
    'it passes for less when it cannot run',
  )
}

function breakGlass(difference: Difference): Judgement[] | 'inside' {
  const [was, is] = gatesOf(difference)
  if (was?.breakGlass.kind === is?.breakGlass.kind) return 'inside'
  return judge(difference, is?.breakGlass.kind !== 'never', 'a safety net becomes breakable', 'it becomes a safety net')
}

function secondPerson(difference: Difference): Judgement[] {
  const [was, is] = gatesOf(difference).map(gate =>
    gate?.breakGlass.kind === 'allowed' ? gate.breakGlass.secondPerson : undefined,
  )
  /** How long until somebody may go alone: at once, after the wait, never. */
  const alone = (value: typeof was) =>
    value?.kind === 'required' ? Number.POSITIVE_INFINITY : value?.kind === 'wait' ? value.waitSeconds : 0
  return judge(difference, alone(is) < alone(was), 'a second person is needed less', 'a second person is needed more')
}

/** A way in that a breakable gate already had is no new one when the gate becomes a safety net. */
function fallback(difference: Difference): Judgement[] | 'inside' {
  const [was, is] = gatesOf(difference)
  if (was?.whenItCannotRun && is?.whenItCannotRun) return 'inside'
  if (!is?.whenItCannotRun) return judge(difference, false, '', 'nobody may open it when it cannot run')
  if (was && wasWithin(is.whenItCannotRun, was.breakGlass)) {
    return judge(difference, false, '', 'what is left of who could break it')
  }
  return judge(difference, true, 'it may be opened when it cannot run', '')
}

function wasWithin(way: NonNullable<ResolvedGate['whenItCannotRun']>, terms: ResolvedGate['breakGlass']): boolean {
  if (terms.kind === 'never' || terms.incidentAtLeast !== undefined) return false
  const within = (refs: readonly string[], others: readonly string[]) => refs.every(ref => others.includes(ref))
  const approved = terms.secondPerson.kind === 'none' || within(way.approvers, terms.approvers)
  return approved && within(way.who, terms.who) && way.ttlSeconds <= terms.ttlSeconds
}

/** A group matters as far as somebody's permission is written by its name. */
function group(difference: Difference): readonly Judgement[] | 'inside' {
  const { path, was, is, previous, next } = difference
  const name = path[1] ?? ''
  const used = [previous, next].some(program => namesWithPower(program).has(name))
  if (!used)
    return judge(difference, false, '', '').map(one => ({
      ...one,
      class: 'neutral',
      why: 'nobody’s permission hangs on it',
    }))
  if (was === undefined) {
    const known = namesWithPower(previous).has(name)
    return judge(difference, known, 'a name that stood for nobody becomes a group', '').map(one =>
      known ? one : { ...one, class: 'neutral', why: 'what it may is said where it is named' },
    )
  }
  if (is === undefined) return judge(difference, false, '', 'the group is gone')
  const [before, after] = [previous.groups[name], next.groups[name]]
  if (before?.kind === 'members' && after?.kind === 'members') {
    return people(`are in ${name}`)({ ...difference, was: before.members, is: after.members })
  }
  return judge(difference, true, 'the group is filled in another way', '')
}

/** Names of groups that open, approve, own, review or publish, directly or within another group. */
function namesWithPower(program: ResolvedProgram): Set<string> {
  const names = new Set([
    ...program.owners,
    ...program.reviews.reviewers,
    ...Object.values(program.gates).flatMap(namedBy),
  ])
  for (const name of names) {
    const group = Object.hasOwn(program.groups, name) ? program.groups[name] : undefined
    if (group?.kind === 'members') for (const member of group.members) names.add(member)
  }
  return names
}

function namedBy({ owner, breakGlass, whenItCannotRun }: ResolvedGate): string[] {
  const terms = breakGlass.kind === 'allowed' ? [...breakGlass.who, ...breakGlass.approvers, ...breakGlass.bots] : []
  return [owner, ...terms, ...(whenItCannotRun?.who ?? []), ...(whenItCannotRun?.approvers ?? [])]
}

export const sameSpelling = (a: unknown, b: unknown): boolean =>
  a === undefined || b === undefined ? a === b : spell(a) === spell(b)
