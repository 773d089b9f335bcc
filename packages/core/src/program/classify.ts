import type { ProgramVersionView } from '../contract/shapes.ts'
import { type Difference, inDoubt, type Judge, type Judgement } from './classify-judges.ts'
import { classifyRules, sameSpelling } from './classify-rules.ts'
import { isRecord, valueWords, writtenPath } from './classify-words.ts'
import type { ResolvedProgram } from './resolved.ts'

export type Change = ProgramVersionView['changes'][number]

export interface ProgramChange {
  class: ProgramVersionView['class']
  /** One for each place, by path. */
  changes: Change[]
  /** For each widening, who gains by it: accounts, and groups that only a schedule or an incident can tell. */
  gains: { path: string; refs: readonly string[] | 'everybody' }[]
}

/**
 * What publishing `next` over `previous` means. A widening anywhere makes the whole a widening; what no rule knows is one.
 * docs/program.md "Widening and narrowing".
 */
export function classifyChange(previous: ResolvedProgram | undefined, next: ResolvedProgram): ProgramChange {
  if (!previous) return { class: 'first', changes: [], gains: [] }
  const judged = compare({ path: [], was: previous, is: next, previous, next })
  const changes = judged.map(({ path, judgement }) => changeOf(path, judgement))
  const gains = judged.flatMap(({ path, judgement }) =>
    judgement.class === 'widening' ? [{ path: writtenPath(path), refs: gainedBy(path, judgement, next) }] : [],
  )
  return { class: worst(changes), changes, gains }
}

/** Accounts, and groups nothing here can tell, that gain by any widening of the change; sorted. */
export function beneficiaries(change: ProgramChange): string[] | 'everybody' {
  const all = change.gains.map(({ refs }) => refs)
  if (all.includes('everybody')) return 'everybody'
  return [...new Set(all.flat())].sort()
}

/**
 * Whether one of the widenings is for the person with these accounts alone: then they may propose it, and two others sign.
 * Judged by each widening, so that one for everybody cannot hide one for oneself.
 */
export function isOnlyBeneficiary(change: ProgramChange, accounts: readonly string[]): boolean {
  return change.gains.some(
    ({ refs }) => refs !== 'everybody' && refs.length > 0 && refs.every(ref => accounts.includes(ref)),
  )
}

/** The change for people, one paragraph a place, widenings first. It is logged by digest beside the program. */
export function formatChange({ class: whole, changes }: ProgramChange): string {
  const order = ['widening', 'narrowing', 'neutral'] as const
  const parts = order.flatMap(one => changes.filter(change => change.class === one)).map(changeText)
  return `${[`This is a ${whole === 'first' ? 'first program' : `${whole} change`}.`, ...parts].join('\n\n')}\n`
}

/** What publishing one program over the other changes, as text. */
export const diffPrograms = (previous: ResolvedProgram | undefined, next: ResolvedProgram): string =>
  formatChange(classifyChange(previous, next))

const changeText = ({ path, class: one, was, is, why }: Change): string =>
  [`${one.toUpperCase()} ${path}`, `  was: ${was}`, `  is:  ${is}`, `  why: ${why}`].join('\n')

interface Judged {
  path: readonly string[]
  judgement: Judgement
}

function compare(difference: Difference): Judged[] {
  const { path, was, is } = difference
  if (sameSpelling(was, is)) return []
  const judgements = judgeFor(path)?.(difference) ?? 'inside'
  if (judgements !== 'inside') return judgements.map(judgement => ({ path, judgement }))
  if (!isRecord(was) || !isRecord(is)) {
    const [meaning, why] = inDoubt
    return [{ path, judgement: { class: meaning, why, was, is } }]
  }
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort()
  return keys.flatMap(key =>
    compare({ ...difference, path: [...path, key], was: memberOf(was, key), is: memberOf(is, key) }),
  )
}

const memberOf = (value: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined

const rules = classifyRules.map(([place, judge]) => ({ place: place.split('.'), judge }))

const judgeFor = (path: readonly string[]): Judge | undefined =>
  rules.find(({ place }) => place.length === path.length && place.every((step, i) => step === '*' || step === path[i]))
    ?.judge

function changeOf(path: readonly string[], { class: one, why, was, is }: Judgement): Change {
  const key = path.at(-1) ?? ''
  return { path: writtenPath(path), class: one, was: valueWords(key, was), is: valueWords(key, is), why }
}

function worst(changes: readonly Change[]): 'narrowing' | 'widening' | 'neutral' {
  const classes = changes.map(change => change.class)
  return classes.includes('widening') ? 'widening' : classes.includes('narrowing') ? 'narrowing' : 'neutral'
}

/** By the judge's word; for the terms of a gate, those who may open it; else everybody. */
function gainedBy(path: readonly string[], { gains }: Judgement, next: ResolvedProgram): string[] | 'everybody' {
  const refs = gains && gains.length > 0 ? gains : openersOf(path, next)
  return refs === 'everybody' ? refs : [...new Set(refs.flatMap(ref => peopleBehind(ref, next)))].sort()
}

function openersOf([section, name, part]: readonly string[], next: ResolvedProgram): readonly string[] | 'everybody' {
  const gate =
    section === 'gates' && name !== undefined && Object.hasOwn(next.gates, name) ? next.gates[name] : undefined
  if (part === 'breakGlass' && gate?.breakGlass.kind === 'allowed')
    return [...gate.breakGlass.who, ...gate.breakGlass.bots]
  if (part === 'whenItCannotRun' && gate?.whenItCannotRun) return gate.whenItCannotRun.who
  return 'everybody'
}

function peopleBehind(ref: string, program: ResolvedProgram): readonly string[] {
  if (ref === 'owners') return program.owners
  const group = Object.hasOwn(program.groups, ref) ? program.groups[ref] : undefined
  return group?.kind === 'members' ? group.members : [ref]
}
