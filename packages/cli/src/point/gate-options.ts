import { randomBytes } from 'node:crypto'
import { contract, gateName } from '@breakglass/core/contract'
import type { Commit } from '@breakglass/verify'
import { parseChangeRef } from '../change-ref.ts'
import { createClient } from '../client/client.ts'
import { serverUrl } from '../client/link.ts'
import type { CommandContext } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import type { Reporter } from './results.ts'

export interface GateChange {
  gate: string
  repository: string
  commit: Commit
}

/** A gate and a whole commit, as a job names them. Throws `usage`: what is judged is one commit, not what a name may mean later. */
export function readGateChange(gate: string | undefined, change: string | undefined): GateChange {
  if (gate === undefined || !gateName.safeParse(gate).success) {
    throw usageError(
      'Expected the name of a gate, such as payments/integration-tests.',
      'it is the name in the program',
    )
  }
  const parsed = change === undefined ? undefined : parseChangeRef(change)
  if (parsed?.kind !== 'commit') {
    throw usageError('Expected --change owner/name@<commit> with the whole commit of 40 or 64 hex digits.')
  }
  return { gate, repository: parsed.repository, commit: parsed.commit as Commit } // the parser checked its form
}

/** What CI systems call the run; the same for every attempt, so that attempts are one use. */
const runVariables = [
  'BREAKGLASS_RUN_ID',
  'GITHUB_RUN_ID',
  'CI_PIPELINE_ID',
  'BUILD_TAG',
  'CIRCLE_WORKFLOW_ID',
] as const

const runPattern = /^[\x21-\x7e]{1,200}$/

export function runIdOf(context: CommandContext, given: string | undefined): string {
  const named = given ?? runVariables.map(name => context.env[name]).find(value => value !== undefined && value !== '')
  if (named === undefined) return `local-${randomBytes(9).toString('hex')}`
  if (runPattern.test(named)) return named
  throw usageError('Expected --run to be 1 to 200 printable characters without spaces.')
}

const reportMsMax = 10_000

/** From `BREAKGLASS_REPORTER_TOKEN`; a token is never taken from the command line, where others can read it. */
export function reporterOf(context: CommandContext, server: string | undefined): Reporter | undefined {
  const token = context.env['BREAKGLASS_REPORTER_TOKEN']
  if (token === undefined || token === '') return undefined
  const address = context.globals.server ?? context.env['BREAKGLASS_SERVER'] ?? server
  if (address === undefined || address === '') {
    throw usageError(
      'A reporter’s credential is given, and no server.',
      'add --server, BREAKGLASS_SERVER or BREAKGLASS_POINT',
    )
  }
  const { fetch, now } = context
  const client = createClient({ server: serverUrl(address), token, fetch, now, timeoutMs: reportMsMax })
  return body => client.call(contract.reportResult, { body })
}
