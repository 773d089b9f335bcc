import { BreakglassError, errorTable } from '@breakglass/core/errors'

/** What the operator's log is told of a failure that is a defect of ours. Never a secret: a body or a header is not part of it. */
export type ReportDefect = (defect: { route: string; cause: unknown }) => void

/** The one place where a failure becomes an answer. What is not a `BreakglassError` is a defect, and shows nothing of itself. */
export function presentFailure(route: string, failure: unknown, reportDefect: ReportDefect): Response {
  if (!(failure instanceof BreakglassError)) {
    reportDefect({ route, cause: failure })
    return answer('internal', errorTable.internal.words, {})
  }
  if (failure.code === 'internal') reportDefect({ route, cause: failure })
  return answer(failure.code, failure.message, failure.data)
}

function answer(code: keyof typeof errorTable, message: string, data: Record<string, unknown>): Response {
  const headers = new Headers()
  // RFC 9110 §11.6.1: a 401 names the scheme.
  if (errorTable[code].status === 401) headers.set('WWW-Authenticate', 'Bearer')
  if (errorTable[code].status === 503) headers.set('Retry-After', '2')
  return Response.json(
    { error: { code, message, ...(Object.keys(data).length > 0 && { data }) } },
    { status: errorTable[code].status, headers },
  )
}
