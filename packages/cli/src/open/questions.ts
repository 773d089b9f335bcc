import { blockedChange } from '@breakglass/core/contract/glass'
import { listIncidents } from '@breakglass/core/contract/incidents'
import type { Client } from '../client/client.ts'
import type { CommandContext } from '../framework/command.ts'
import { askChoice, askChoices, askText, mayAsk } from '../framework/prompt.ts'
import { usageError } from '../framework/usage-error.ts'
import { standingWords } from '../views/standing.ts'

/** Which of the gates that block this change. Empty: none does. Without a terminal: says which there are and stops. */
export async function askForGates(
  context: CommandContext,
  client: Client,
  query: { repository: string; ref: string; commit: string },
): Promise<string[]> {
  const { repository, ref, commit } = query
  const { gates } = await client.call(blockedChange, { query: { repository, ref, commit } })
  const blocked = gates.filter(({ standing }) => standing === 'blocked')
  if (blocked.length === 0) return []
  const choices = blocked.map(gate => ({
    name: gate.gate,
    words: `${standingWords(gate)}${gate.breakable ? '' : '; a safety net: no grant opens it once it ran and failed'}`,
  }))
  if (!mayAsk(context)) {
    throw usageError(
      `Which gate? These block ${repository} on ${ref}: ${choices.map(({ name }) => name).join(', ')}.`,
      `add --gate ${choices[0]?.name ?? 'GATE'}`,
    )
  }
  return askChoices(context, `These gates block ${repository}@${commit} on ${ref}. Open which?`, choices)
}

export async function askForReason(context: CommandContext): Promise<string> {
  if (!mayAsk(context)) throw usageError('Why? A reason is part of every grant.', 'add --reason "…"')
  const question = 'Why can it not wait? (what you see, what you are doing)'
  return askText(context, question, answer => (answer === '' ? 'expected some words' : undefined))
}

/** Only where somebody is being asked anyway; the program says whether an incident is needed. */
export async function askForIncident(context: CommandContext, client: Client): Promise<string | undefined> {
  if (!mayAsk(context)) return undefined
  const { incidents } = await client.call(listIncidents, {})
  const open = incidents.filter(({ state }) => state === 'open')
  if (open.length === 0) return undefined
  const choices = open.map(({ id, severity, title }) => ({
    name: id,
    words: `${severity} ${title ?? '(title erased)'}`,
  }))
  return askChoice(context, 'For which incident?', choices, { none: 'none' })
}
