import { contract } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { style } from '@breakglass/report'
import type { Client } from '../client/client.ts'
import { connect, serverNow } from '../client/connect.ts'
import { type CommandContext, defineCommand } from '../framework/command.ts'
import { untilInterrupted } from '../framework/until-interrupted.ts'
import { type StatusView, statusLines } from '../views/status.ts'

const refreshMs = 1000

export const command = defineCommand({
  positionals: [],
  options: { once: { type: 'flag', summary: 'print once also on a terminal' } },
  notes: ['On a terminal this refreshes each second until Ctrl-C.'],
  examples: [
    { line: 'breakglass status', words: 'what is open now, what waits, what is wrong; live' },
    { line: 'breakglass status --once', words: 'once' },
    { line: 'breakglass status --json', words: 'for a script' },
  ],
  exits: [3, 6],
  async run(context, { options }) {
    const { client } = await connect(context)
    const first = await client.call(contract.status, {})
    if (context.out.json) context.out.document(first)
    if (!context.out.isLive || options.once) {
      context.out.lines(...statusLines(first, serverNow(context, client), context.out.width))
      return 0
    }
    await untilInterrupted(context, signal => live(context, client, first, signal))
    return 0
  },
})

async function live(context: CommandContext, client: Client, first: StatusView, signal: AbortSignal): Promise<void> {
  let status = first
  let trouble: string | undefined
  while (!signal.aborted) {
    const lines = statusLines(status, serverNow(context, client), context.out.width)
    const old = trouble === undefined ? [] : [style.red(`NOT CURRENT: ${trouble} This is as of ${status.now}.`)]
    context.out.redraw([...old, ...lines, '', style.dim('refreshes each second; Ctrl-C ends')])
    await context.sleep(refreshMs, signal)
    if (signal.aborted) return
    try {
      status = await client.call(contract.status, {})
      trouble = undefined
    } catch (error) {
      if (!(error instanceof BreakglassError) || error.meaning.exit !== 6) throw error
      trouble = error.message
    }
  }
}
