import type { Path } from './position.ts'
import type { ProgramFile } from './source.ts'

export interface Reference {
  path: Path
  /** A group of the program, `owners`, an e-mail address, or an account. */
  ref: string
}

/** Every place where the program means somebody. */
export function referencesOf(program: ProgramFile): Reference[] {
  const { owners, groups = {}, teams = {}, gates = {}, templates = {}, preapproved = {}, reviews, forum } = program
  return [
    ...each(owners, ['owners']),
    ...Object.entries(groups).flatMap(([name, group]) => each(group.members, ['groups', name, 'members'])),
    ...Object.entries(teams).flatMap(([name, team]) => each(team.people, ['teams', name, 'people'])),
    ...Object.entries(gates).flatMap(([name, gate]) => ofGate(gate, ['gates', name])),
    ...Object.entries(templates).flatMap(([name, template]) => ofGate(template, ['templates', name])),
    ...Object.entries(preapproved).flatMap(([name, { who }]) => each(who, ['preapproved', name, 'who'])),
    ...each(reviews?.reviewers, ['reviews', 'reviewers']),
    ...each(reviews?.escalate, ['reviews', 'escalate']),
    ...one(forum?.chair, ['forum', 'chair']),
  ]
}

type Template = NonNullable<ProgramFile['templates']>[string]

function ofGate({ owner, break_glass, when_it_cannot_run }: Template, path: Path): Reference[] {
  const breakable = break_glass === 'never' ? undefined : break_glass
  const fallback = when_it_cannot_run === 'never' ? undefined : when_it_cannot_run
  return [
    ...one(owner, [...path, 'owner']),
    ...(['who', 'approvers', 'bots'] as const).flatMap(key => each(breakable?.[key], [...path, 'break_glass', key])),
    ...(['who', 'approvers'] as const).flatMap(key => each(fallback?.[key], [...path, 'when_it_cannot_run', key])),
  ]
}

const each = (refs: readonly string[] | undefined, path: Path): Reference[] =>
  (refs ?? []).map((ref, i) => ({ path: [...path, i], ref }))

const one = (ref: string | undefined, path: Path): Reference[] => (ref === undefined ? [] : [{ path, ref }])

/** What a reference means by its form alone: the three never overlap. */
export function kindOf(ref: string): 'group' | 'email' | 'account' {
  if (ref.includes(':')) return 'account'
  return ref.includes('@') ? 'email' : 'group'
}

const emailPattern = /^[^\s@:]+@[^\s@:.]+(\.[^\s@:.]+)+$/
const accountPattern = /^[a-z][a-z0-9.+-]{0,63}:\S{1,189}$/

export const isEmail = (ref: string): boolean => emailPattern.test(ref)
export const isAccount = (ref: string): boolean => accountPattern.test(ref)
