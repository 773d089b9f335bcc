import {
  type Question,
  type ReviewAnswer,
  reviewAnswer,
  type ReviewForm,
  reviewQuestions,
  unusableReasons,
} from '@breakglass/core/review'
import type { CommandContext } from '../framework/command.ts'
import { askChoice, askText, askYesNo } from '../framework/prompt.ts'

/** Asks every question of the form that has no answer yet; what may be left out may be left empty. */
export async function askAnswer(context: CommandContext, form: ReviewForm, given: ReviewAnswer): Promise<ReviewAnswer> {
  let answer = given
  for (const question of reviewQuestions[form]) {
    if (answer[question.field] !== undefined) continue
    if (question.field === 'harmText' && answer.harm === 'none') continue
    const value = await ask(context, question)
    if (value !== undefined) answer = reviewAnswer.parse({ ...answer, [question.field]: value })
  }
  return answer
}

const harms = ['none', 'some', 'unknown'] as const

async function ask(context: CommandContext, { field, words, need }: Question): Promise<unknown> {
  if (field === 'unusable')
    return askChoice(
      context,
      words,
      unusableReasons.map(name => ({ name })),
    )
  if (field === 'harm')
    return askChoice(
      context,
      words,
      harms.map(name => ({ name })),
    )
  if (field === 'rolledBack' || field === 'pathEasy') return askYesNo(context, words)
  const isNumber = field === 'minutesLost'
  const text = await askText(context, need === 'must' ? words : `${words} (empty: nothing to say)`, typed => {
    if (typed === '') return need === 'must' ? 'expected some words' : undefined
    return isNumber && !/^\d{1,6}$/.test(typed) ? 'expected a whole number of minutes' : undefined
  })
  if (text === '') return undefined
  return isNumber ? Number(text) : text
}
