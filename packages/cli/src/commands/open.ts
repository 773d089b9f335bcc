import type { GrantView } from '@breakglass/core/contract'
import { blockedChange, type GlassRequest, grantProof, openGlass } from '@breakglass/core/contract/glass'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Client } from '../client/client.ts'
import { connect, serverNow } from '../client/connect.ts'
import { whichChange } from '../client/which-change.ts'
import { whichIncident } from '../client/which-incident.ts'
import { type CommandContext, defineCommand, type ExitCode } from '../framework/command.ts'
import { mayAsk } from '../framework/prompt.ts'
import { askForGates, askForIncident, askForReason } from '../open/questions.ts'
import { followUntilShut, isSettled, waitUntilSettled } from '../open/live.ts'
import { standingWords } from '../views/standing.ts'
import { type GateState, grantLines } from '../views/grant.ts'

export const command = defineCommand({
  positionals: [
    {
      name: 'change',
      summary: 'owner/name@commit or a commit’s address; absent: what is checked out here',
      optional: true,
    },
  ],
  options: {
    gate: { type: 'list', value: 'GATE', summary: 'the gate to open; one grant and one review each' },
    reason: { type: 'text', summary: 'why: what you see, and why it cannot wait' },
    incident: {
      type: 'text',
      value: 'in_…',
      summary: 'the incident this is for; absent: the only one that is open; none: none',
    },
    ref: { type: 'text', value: 'BRANCH', summary: 'the branch it lands on; absent: the one checked out' },
    ttl: { type: 'duration', summary: 'shut sooner than the program would' },
    at: { type: 'text', value: 'pt_…', summary: 'the enforcement point, where a repository has several' },
    offline: { type: 'flag', summary: 'a grant that opens without asking the server; cannot be called back' },
    out: { type: 'text', value: 'FILE', summary: 'with --offline: write the grant to carry there' },
    wait: { type: 'flag', summary: 'wait for the second person also when this is no terminal' },
    'no-wait': { type: 'flag', summary: 'do not wait for the second person' },
    follow: { type: 'flag', summary: 'show the time left until the gate is shut' },
  },
  notes: [
    'With the gate and the reason given nothing is asked. A grant opens one gate, for one change, at one enforcement point, and shuts by itself.',
    'Ends with 0 only when every gate asked for is open.',
  ],
  examples: [
    { line: 'breakglass open', words: 'in a checkout, at a terminal: shows what blocks HEAD and asks' },
    {
      line: 'breakglass open acme/payments@4f2a91c05e6d7b8091a2b3c4d5e6f708192a3b4c --ref main --gate payments/integration-tests --reason "Checkout down; the test hangs on a dead runner" --incident in_01hz3v8k2m4n6p8q0r2s4t6v8w',
      words: 'everything given: one line, no question',
    },
    {
      line: 'breakglass open --gate payments/lint --reason "Hotfix for the outage" --ttl 15m --follow',
      words: 'shorter than allowed, with a countdown',
    },
    {
      line: 'breakglass open --gate payments/lint --reason "Server is moving" --offline --out grant.bg && git push -o "$(cat grant.bg)"',
      words: 'a grant that is carried to the gate',
    },
  ],
  exits: [1, 3, 4, 5, 6, 7],
  async run(context, { positionals: [change], options }) {
    const { client } = await connect(context)
    const which = await whichChange(context, client, { change, ref: options.ref })
    const { repository, ref, commit } = which
    const asksAnything = options.gate.length === 0 || options.reason === undefined
    const gates = options.gate.length > 0 ? options.gate : await askForGates(context, client, which)
    if (gates.length === 0) return nothingBlocks(context, which)
    const justification = options.reason ?? (await askForReason(context))
    const incident =
      (await whichIncident(context, client, options.incident)) ??
      (asksAnything && options.incident === undefined ? await askForIncident(context, client) : undefined)
    const request: GlassRequest = {
      gates: [...gates],
      repository,
      ref,
      change: { commit },
      mode: options.offline ? 'offline' : 'online',
      justification,
      ...(options.at === undefined ? {} : { at: options.at }),
      ...(incident === undefined ? {} : { incident }),
      ...(options.ttl === undefined ? {} : { ttlSeconds: options.ttl }),
      ...(which.authors.length === 0 ? {} : { authors: which.authors }),
    }
    const opened = await client.call(openGlass, { body: request })
    const grants = await settle(context, client, opened.grants, options)
    const carried = options.offline ? await carry(context, client, grants, options.out) : []
    await present(context, client, { request: opened.request, grants, carried })
    if (options.follow && context.out.isLive) await followUntilShut(context, client, grants)
    return exitOf(grants)
  },
})

function nothingBlocks(context: CommandContext, which: { repository: string; commit: string; ref: string }): ExitCode {
  if (context.out.json) context.out.document({ grants: [], ...which })
  context.out.lines(`Nothing blocks ${which.repository}@${which.commit} on ${which.ref}; nothing was opened.`)
  return 0
}

/** Waits for second persons where somebody is there to watch, or asked for it. */
async function settle(
  context: CommandContext,
  client: Client,
  grants: readonly GrantView[],
  options: { wait: boolean; 'no-wait': boolean },
): Promise<GrantView[]> {
  const waits = options.wait || (!options['no-wait'] && mayAsk(context) && context.out.isLive)
  return waits && !grants.every(isSettled) ? waitUntilSettled(context, client, grants) : [...grants]
}

interface Carried {
  grant: string
  carried: string
}

/** An offline grant is of use only in somebody's hands: the bytes that the enforcement point will verify. */
async function carry(
  context: CommandContext,
  client: Client,
  grants: readonly GrantView[],
  out: string | undefined,
): Promise<Carried[]> {
  const live = grants.filter(({ state }) => state === 'live')
  const carried = await Promise.all(
    live.map(async ({ id }) => ({
      grant: id,
      carried: (await client.call(grantProof, { params: { id } })).carried,
    })),
  )
  if (out !== undefined && carried.length > 0) {
    const text = carried.map(one => `${one.carried}\n`).join('')
    await writeFile(path.resolve(context.cwd, out), text, { mode: 0o600 })
  }
  return carried
}

async function present(
  context: CommandContext,
  client: Client,
  opened: { request: string; grants: readonly GrantView[]; carried: readonly Carried[] },
): Promise<void> {
  const { out } = context
  if (out.json) return out.document(opened)
  const now = serverNow(context, client)
  for (const grant of opened.grants) {
    const keeps = grant.state === 'live' ? await keptGates(client, grant) : undefined
    out.lines(...grantLines(grant, now, keeps))
    if (grant.state === 'waiting') {
      out.lines(
        `  next        they run: breakglass approve ${grant.id}; you take it back with: breakglass withdraw ${grant.id}`,
      )
    }
  }
  for (const { grant, carried } of opened.carried) {
    out.lines(`Carry this for ${grant}, as a push option or in a file; whoever holds it can show it:`)
    out.raw(`${carried}\n`)
  }
}

/** What stays shut and its state now. An answer that does not come must not hide that the gate is open. */
async function keptGates(client: Client, grant: GrantView): Promise<GateState[] | undefined> {
  if (grant.keeps.length === 0 || grant.ref === undefined || !('commit' in grant.change)) return undefined
  const query = { repository: grant.repository.name, ref: grant.ref, commit: grant.change.commit }
  const blocked = await client.call(blockedChange, { query }).catch(() => undefined)
  return grant.keeps.map(gate => {
    const found = blocked?.gates.find(candidate => candidate.gate === gate)
    return found === undefined ? { gate } : { gate, standing: standingWords(found) }
  })
}

/** A gate that is asked for and not open is a no, whatever the reason; a use that was made already was open. */
function exitOf(grants: readonly GrantView[]): ExitCode {
  return grants.every(({ state, used }) => state === 'live' || (state === 'exhausted' && used > 0)) ? 0 : 1
}
