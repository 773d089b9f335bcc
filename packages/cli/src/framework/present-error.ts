import { BreakglassError, type ErrorCode, errorTable } from '@breakglass/core/errors'
import { cleanText } from '@breakglass/report'
import type { ExitCode } from './command.ts'

export interface PresentedError {
  exit: ExitCode
  /** For standard error: lines for a person, or one JSON document. */
  text: string
}

/** The one place that turns what was thrown into words and an exit status. */
export function presentError(thrown: unknown, options: { json: boolean }): PresentedError {
  const error = thrown instanceof BreakglassError ? thrown : defect(thrown)
  const exit = errorTable[error.code].exit
  if (!options.json) return { exit, text: `${linesOf(error).join('\n')}\n` }
  const { code, message, data } = error
  return { exit, text: `${JSON.stringify({ error: { ...data, code, message } })}\n` }
}

function linesOf(error: BreakglassError): string[] {
  const { expected, found, next, stack } = error.data
  const detail = (name: string, value: unknown) =>
    typeof value === 'string' && value !== '' ? [`  ${name.padEnd(8)} ${oneIndented(value)}`] : []
  return [
    `breakglass: ${cleanText(error.message)}`,
    ...detail('expected', expected),
    ...detail('found', found),
    ...detail('next', next ?? nextFor[error.code]),
    ...detail('', stack),
  ]
}

const oneIndented = (text: string) => cleanText(text).split('\n').join('\n           ')

/** What to do about the codes whose remedy is the same wherever they come from. */
const nextFor: Partial<Record<ErrorCode, string>> = {
  not_signed_in: 'breakglass login <link> with the invitation you were sent',
  token_expired: 'ask an administrator for a new link: breakglass person reinvite <you>',
  admin_may_not: 'ask somebody whom the program names; an administrator account stays out of it',
  no_program: 'a program owner runs breakglass program publish breakglass.yaml',
  too_many: 'wait a minute',
  stopping: 'try again in a few seconds',
}

/** Anything else that was thrown is a defect of ours: its trace is what a report needs, and it holds no secret. */
function defect(thrown: unknown): BreakglassError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  return new BreakglassError('internal', {
    message: `A defect in Breakglass: ${error.message}`,
    data: { next: 'please report this with the lines below', stack: error.stack ?? '' },
    cause: thrown,
  })
}
