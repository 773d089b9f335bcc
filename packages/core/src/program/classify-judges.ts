import { isRecord } from './classify-words.ts'
import { spell } from './resolved-text.ts'
import type { ResolvedProgram } from './resolved.ts'

export type ChangeClass = 'narrowing' | 'widening' | 'neutral'

/** One place at which two resolved programs differ. */
export interface Difference {
  path: readonly string[]
  was: unknown
  is: unknown
  previous: ResolvedProgram
  next: ResolvedProgram
}

export interface Judgement {
  class: ChangeClass
  why: string
  was: unknown
  is: unknown
  /** References to those who gain by a widening, where it is known; everybody otherwise. */
  gains?: readonly string[]
}

/** What a difference means; `inside`: look at each member of it by itself. */
export type Judge = (difference: Difference) => readonly Judgement[] | 'inside'

type Meaning = readonly [ChangeClass, why: string]

const judged = ({ was, is }: Pick<Difference, 'was' | 'is'>, [meaning, why]: Meaning): Judgement[] => [
  { class: meaning, why, was, is },
]

/** What no rule knows may open something. */
export const inDoubt: Meaning = ['widening', 'what this means is not known, so it counts as a widening']

export const always =
  (meaning: ChangeClass, why: string): Judge =>
  difference =>
    judged(difference, [meaning, why])

export const members =
  (when: { added: Meaning; removed: Meaning }): Judge =>
  difference => {
    if (difference.was === undefined) return judged(difference, when.added)
    return difference.is === undefined ? judged(difference, when.removed) : 'inside'
  }

/** A whole number: what it means when there is more of it, and when there is less. */
export const amount =
  (when: { more: Meaning; less: Meaning }): Judge =>
  difference => {
    const { was, is } = difference
    if (typeof was !== 'number' || typeof is !== 'number') return judged(difference, inDoubt)
    return judged(difference, is > was ? when.more : when.less)
  }

/** Words from the strictest to the laxest; absent is the word `absent`. */
export const rank =
  (order: readonly string[], when: { stricter: string; laxer: string; absent?: string }): Judge =>
  difference => {
    const place = (value: unknown) => order.indexOf(typeof value === 'string' ? value : (when.absent ?? ''))
    const [was, is] = [place(difference.was), place(difference.is)]
    if (was === -1 || is === -1 || was === is) return judged(difference, inDoubt)
    return judged(difference, is > was ? ['widening', when.laxer] : ['narrowing', when.stricter])
  }

/** A list whose order means nothing: what came and what went are two changes. */
export const set =
  (when: { added: Meaning; removed: Meaning; renamed?: Meaning }): Judge =>
  difference => {
    const { was, is } = difference
    if (!Array.isArray(was) || !Array.isArray(is)) return judged(difference, inDoubt)
    const [before, after] = [new Set(was.map(keyOf)), new Set(is.map(keyOf))]
    const added: unknown[] = is.filter(item => !before.has(keyOf(item)))
    const removed: unknown[] = was.filter(item => !after.has(keyOf(item)))
    if (added.length === 0 && removed.length === 0) {
      return judged(difference, when.renamed ?? ['neutral', 'the same in another order'])
    }
    const gains = added.filter(item => typeof item === 'string')
    return [
      ...(added.length > 0 ? judged({ was: undefined, is: added }, when.added).map(one => ({ ...one, gains })) : []),
      ...(removed.length > 0 ? judged({ was: removed, is: undefined }, when.removed) : []),
    ]
  }

/** A repository is its id; what it is called does not matter. */
const keyOf = (item: unknown): string => spell(isRecord(item) && item['id'] !== undefined ? item['id'] : item)
