import type { Reason } from './types.ts'

const marks: Record<Reason['verdict'], string> = { met: 'yes', not_met: 'NO', skipped: '-', noted: 'note' }
const markWidth = 4

/** The tree as plain lines, two spaces a level, for terminals, pages and letters alike. */
export function renderReasons(reason: Reason): string[] {
  return lines(reason, 0)
}

function lines(reason: Reason, depth: number): string[] {
  const indent = '  '.repeat(depth)
  const under = `${indent}${' '.repeat(markWidth + 1)}`
  return [
    `${indent}${marks[reason.verdict].padEnd(markWidth)} ${reason.rule}: ${reason.found}`,
    ...(reason.verdict === 'met' ? [] : [`${under}wanted ${reason.wanted}; looked at ${reason.lookedAt}`]),
    ...(reason.remedy === undefined ? [] : [`${under}→ ${reason.remedy}`]),
    ...(reason.children ?? []).flatMap(child => lines(child, depth + 1)),
  ]
}
