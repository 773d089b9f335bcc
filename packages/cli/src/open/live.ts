import type { GrantView } from '@breakglass/core/contract'
import { showGrant } from '@breakglass/core/contract/glass'
import { BreakglassError } from '@breakglass/core/errors'
import type { GrantState } from '@breakglass/core/grant'
import type { Client } from '../client/client.ts'
import { serverNow } from '../client/connect.ts'
import type { CommandContext } from '../framework/command.ts'
import { untilInterrupted } from '../framework/until-interrupted.ts'
import { grantLines } from '../views/grant.ts'

const pollMs = 1000
const unsettled: ReadonlySet<GrantState> = new Set(['requested', 'waiting', 'granted'])

/** Whether the answer stands: open, or never to be. */
export const isSettled = ({ state }: GrantView): boolean => !unsettled.has(state)

/** Polls each second until every grant is settled. Ctrl-C leaves the requests waiting and says so. */
export async function waitUntilSettled(
  context: CommandContext,
  client: Client,
  grants: readonly GrantView[],
): Promise<GrantView[]> {
  return watch(context, client, grants, {
    isDone: isSettled,
    onStop: context => context.out.note('Stopped watching; the request still waits. breakglass status shows it.'),
  })
}

/** A countdown until every gate is confirmed shut. Ctrl-C leaves them open and says so. */
export async function followUntilShut(
  context: CommandContext,
  client: Client,
  grants: readonly GrantView[],
): Promise<GrantView[]> {
  const live = grants.filter(({ state }) => state === 'live')
  return watch(context, client, live, {
    isDone: ({ state }) => state === 'shut' || state === 'void',
    onStop: context => context.out.note('Stopped watching; what is open stays open until it shuts by itself.'),
  })
}

interface Watch {
  isDone(grant: GrantView): boolean
  onStop(context: CommandContext): void
}

async function watch(
  context: CommandContext,
  client: Client,
  from: readonly GrantView[],
  how: Watch,
): Promise<GrantView[]> {
  return untilInterrupted(context, async signal => {
    let grants = [...from]
    let lastDrawn = ''
    while (!grants.every(how.isDone)) {
      lastDrawn = draw(context, client, grants, lastDrawn)
      await context.sleep(pollMs, signal)
      if (signal.aborted) {
        how.onStop(context)
        return grants
      }
      grants = await Promise.all(grants.map(grant => (how.isDone(grant) ? grant : refresh(context, client, grant))))
    }
    return grants
  })
}

/** One lost poll is no reason to stop watching: what was known stays on the screen, and the next second asks again. */
async function refresh(context: CommandContext, client: Client, grant: GrantView): Promise<GrantView> {
  try {
    return await client.call(showGrant, { params: { id: grant.id } })
  } catch (error) {
    if (!(error instanceof BreakglassError) || error.meaning.exit !== 6) throw error
    context.out.note(`note: no answer just now: ${error.message}`)
    return grant
  }
}

/** Redraws on a terminal; elsewhere says each change of state once. */
function draw(context: CommandContext, client: Client, grants: readonly GrantView[], lastDrawn: string): string {
  const lines = grants.flatMap(grant => grantLines(grant, serverNow(context, client)))
  if (context.out.isLive) context.out.redraw([...lines, '', 'Ctrl-C stops watching; it changes nothing.'])
  const states = grants.map(({ id, state }) => `${id} ${state}`).join(', ')
  if (!context.out.isLive && states !== lastDrawn) context.out.note(states)
  return states
}
