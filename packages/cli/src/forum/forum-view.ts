import type { ForumView } from '@breakglass/core/contract'
import { facts, shortInstant, style } from '@breakglass/report'

/** What a forum decided, for a terminal. A text that was erased says so. */
export function forumLines({ id, heldAt, chair, report, decisions, undecided }: ForumView): string[] {
  return [
    ...facts([
      ['forum', id],
      ['held', `${shortInstant(heldAt)}, chaired by ${chair.name}`],
      ['it read', `${report.digest}, ${shortInstant(report.from)} to ${shortInstant(report.to)}`],
      ['undecided', undecided.length === 0 ? undefined : undecided.join(', ')],
    ]),
    ...decisions.flatMap(({ gate, question, decision, owner, due }) => [
      `  ${style.bold(gate)}: ${decision ?? '(erased)'}`,
      `    ${owner.name}, by ${due}. Asked: ${question ?? '(erased)'}`,
    ]),
  ]
}
