import type { Remark } from '../contract/shapes.ts'
import { type Path, type Place, pathWords } from './position.ts'
import { checkRules, type RuleId } from './rules.ts'

/** What a rule found, before it is known where that stands in the file. */
export interface Finding {
  rule: RuleId
  path: Path
  /** What is so. */
  reason: string
  /** What to do about it. */
  remedy: string
}

export function remarkAt(place: Place, { rule, path, reason, remedy }: Finding): Remark {
  const [level] = checkRules[rule]
  return {
    rule,
    level,
    file: place.file,
    line: place.line,
    column: place.column,
    path: pathWords(path),
    reason,
    remedy,
  }
}

/** In the order of the files, errors before advice at one place; the same remark once. */
export function inOrder(remarks: readonly Remark[]): Remark[] {
  const unique = new Map(remarks.map(remark => [JSON.stringify(remark), remark]))
  const files = [...new Set(remarks.map(({ file }) => file))]
  return [...unique.values()].sort(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      (a.level === b.level ? 0 : a.level === 'error' ? -1 : 1),
  )
}

export const hasErrors = (remarks: readonly Remark[]): boolean => remarks.some(({ level }) => level === 'error')
