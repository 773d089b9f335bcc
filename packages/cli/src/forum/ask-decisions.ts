import type { CommandContext } from '../framework/command.ts'
import { askText } from '../framework/prompt.ts'

interface Decision {
  gate: string
  question: string
  decision: string
  owner: string
  due: string
}

/** Each question of the report, one by one; an empty answer leaves it undecided. */
export async function askDecisions(
  context: CommandContext,
  questions: readonly { gate: string; question: string }[],
): Promise<Decision[]> {
  const decisions: Decision[] = []
  for (const { gate, question } of questions) {
    const decision = await askText(context, `${question}\n  what was decided? (empty: nothing)`)
    if (decision === '') continue
    const owner = await askText(context, '  who took it on?', typed => (typed === '' ? 'expected somebody' : undefined))
    const due = await askText(context, '  by when? (2026-12-15)', typed =>
      /^\d{4}-\d\d-\d\d$/.test(typed) ? undefined : 'expected a day such as 2026-12-15',
    )
    decisions.push({ gate, question, decision, owner, due })
  }
  return decisions
}
