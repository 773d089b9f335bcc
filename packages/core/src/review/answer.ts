import { z } from 'zod'
import { sentence, text } from '../contract/shapes.ts'
import { type ReviewForm, unusableReasons } from './words.ts'

const wordsMax = 4000

/**
 * What the actor tells. Every member is optional here, because two forms share it; `missingInAnswer` says what a form
 * still asks for. There is no member for fault, and none may be added.
 */
export const reviewAnswer = z.strictObject({
  /** What made the safe path unusable, and in words. */
  unusable: z.enum(unusableReasons).optional(),
  unusableText: sentence.optional(),
  seen: sentence.optional(),
  expected: sentence.optional(),
  considered: sentence.optional(),
  /** What became of the change. */
  result: sentence.optional(),
  harm: z.enum(['none', 'some', 'unknown']).optional(),
  harmText: text(wordsMax).optional(),
  rolledBack: z.boolean().optional(),
  /** The incident or ticket, or why there is none. */
  incident: sentence.optional(),
  /** The short form, for a grant that nobody used. */
  whyRequested: sentence.optional(),
  whyNotNeeded: sentence.optional(),
  /** Of the break-glass path itself. */
  pathEasy: z.boolean().optional(),
  minutesLost: z.int().min(0).max(100_000).optional(),
  wentWell: text(wordsMax).optional(),
  /** The justification stays as it was typed; a correction is added. */
  justificationCorrection: text(wordsMax).optional(),
})
export type ReviewAnswer = z.infer<typeof reviewAnswer>

export interface Question {
  field: keyof ReviewAnswer
  /** Asked of the system, never of the person. */
  words: string
  need: 'must' | 'should' | 'may'
}

/** What each form asks, in order; pages and command line print these words. */
export const reviewQuestions: Record<ReviewForm, readonly Question[]> = {
  full: [
    { field: 'unusable', words: 'What made the safe path unusable?', need: 'must' },
    { field: 'unusableText', words: 'How did that show?', need: 'must' },
    { field: 'seen', words: 'What were you seeing at the time?', need: 'must' },
    { field: 'expected', words: 'What did you expect to happen?', need: 'must' },
    { field: 'considered', words: 'What else did you consider?', need: 'must' },
    { field: 'result', words: 'What became of the change?', need: 'must' },
    { field: 'harm', words: 'Was there harm to users, data or other systems?', need: 'must' },
    { field: 'harmText', words: 'Which harm, and is it over?', need: 'may' },
    { field: 'rolledBack', words: 'Was the change rolled back?', need: 'must' },
    { field: 'incident', words: 'Which incident or ticket; if none, why none?', need: 'must' },
    { field: 'pathEasy', words: 'Was breaking glass itself easy?', need: 'should' },
    { field: 'minutesLost', words: 'How many minutes did it cost?', need: 'should' },
    { field: 'wentWell', words: 'What went well, or was lucky?', need: 'may' },
    { field: 'justificationCorrection', words: 'Is there something to add to the justification?', need: 'may' },
  ],
  short: [
    { field: 'whyRequested', words: 'Why was it asked for?', need: 'must' },
    { field: 'whyNotNeeded', words: 'Why was it not needed in the end?', need: 'must' },
    { field: 'pathEasy', words: 'Was breaking glass itself easy?', need: 'should' },
    { field: 'minutesLost', words: 'How many minutes did it cost?', need: 'should' },
  ],
}

/** The questions that the form must have answered and are not; harm that happened is described. */
export function missingInAnswer(form: ReviewForm, answer: ReviewAnswer): Question[] {
  return reviewQuestions[form].filter(question => {
    const isAsked = question.need === 'must' || (question.field === 'harmText' && answer.harm === 'some')
    return isAsked && isEmpty(answer[question.field])
  })
}

const isEmpty = (value: unknown) => value === undefined || (typeof value === 'string' && value.trim() === '')
