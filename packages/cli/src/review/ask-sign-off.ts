import {
  gateVerdicts,
  type ReviewForm,
  type ReviewSignOff,
  reviewDecisions,
  securityImpacts,
} from '@breakglass/core/review'
import type { CommandContext } from '../framework/command.ts'
import { askChoice, askText, askYesNo } from '../framework/prompt.ts'
import { BreakglassError } from '@breakglass/core/errors'
import { parseFollowUp } from './follow-up.ts'

export type PartialSignOff = { [Field in keyof ReviewSignOff]?: ReviewSignOff[Field] | undefined }

/** Asks what a sign-off must have and has not yet. */
export async function askSignOff(
  context: CommandContext,
  form: ReviewForm,
  given: PartialSignOff,
): Promise<PartialSignOff> {
  const decision = given.decision ?? (await choose(context, 'What is your decision?', reviewDecisions))
  const gateVerdict = given.gateVerdict ?? (await choose(context, 'What about the gate?', gateVerdicts))
  const securityImpact =
    given.securityImpact ?? (await choose(context, 'Was there a security impact?', securityImpacts))
  const securityText =
    given.securityText ?? (securityImpact === 'none' ? undefined : await askText(context, 'Which?', someWords))
  const diffReviewed =
    given.diffReviewed ?? (form === 'full' ? await askYesNo(context, 'Have you read the diff?') : false)
  const followUps = given.followUps ?? (await askFollowUps(context))
  const hasReason = followUps.length > 0 || given.noFollowUpReason !== undefined
  const noFollowUpReason = hasReason
    ? given.noFollowUpReason
    : await askText(context, 'Why does nothing follow?', someWords)
  return { ...given, decision, gateVerdict, securityImpact, securityText, diffReviewed, followUps, noFollowUpReason }
}

async function askFollowUps(context: CommandContext): Promise<ReviewSignOff['followUps']> {
  const found: ReviewSignOff['followUps'] = []
  for (;;) {
    const typed = await askText(context, 'A follow-up: owner, date, what (empty: no more)', faultOf)
    if (typed === '') return found
    found.push(parseFollowUp(typed))
  }
}

function faultOf(typed: string): string | undefined {
  if (typed === '') return undefined
  try {
    parseFollowUp(typed)
    return undefined
  } catch (error) {
    if (error instanceof BreakglassError) return error.message
    throw error
  }
}

async function choose<const Choice extends string>(
  context: CommandContext,
  question: string,
  choices: readonly Choice[],
): Promise<Choice | undefined> {
  const name = await askChoice(
    context,
    question,
    choices.map(choice => ({ name: choice })),
  )
  return choices.find(choice => choice === name)
}

const someWords = (typed: string) => (typed === '' ? 'expected some words' : undefined)
