import type { Channels } from './channels.ts'

/** What the server can say in a chat: one way, into channels that its operator named. */
export interface Chat {
  has(channel: string): boolean
  /** Resolves when the chat has taken it. Throws `ChatRefused`, whose words hold neither the address nor the answer. */
  post(channel: string, text: string): Promise<void>
}

export class ChatRefused extends Error {
  override readonly name = 'ChatRefused'
}

/** Slack cuts at 40 000 characters, Mattermost refuses more than 16 383. */
export const chatCharactersMax = 15_000
const timeoutMs = 10_000

/** Incoming webhooks of Slack, Mattermost, Rocket.Chat and Google Chat: each takes `{"text": …}` by POST. */
export function createChat(channels: Channels, fetch: typeof globalThis.fetch): Chat {
  return {
    has: channel => channels.has(channel),
    async post(channel, text) {
      const url = channels.get(channel)
      if (url === undefined) throw new ChatRefused(`no address is known for ${channel}`)
      const status = await send(url, text, fetch)
      if (status < 200 || status > 299) throw new ChatRefused(`the chat answered ${status}`)
    },
  }
}

async function send(url: URL, text: string, fetch: typeof globalThis.fetch): Promise<number> {
  const body = JSON.stringify({ text: shortened(text) })
  const headers = { 'Content-Type': 'application/json' }
  try {
    // A redirect is another address than the one its operator named.
    const signal = AbortSignal.timeout(timeoutMs)
    const reply = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
    await reply.body?.cancel()
    return reply.status
  } catch (cause) {
    const isLate = cause instanceof Error && cause.name === 'TimeoutError'
    throw new ChatRefused(
      isLate ? `the chat did not answer within ${timeoutMs / 1000} s` : 'the chat could not be reached',
    )
  }
}

/** Whole lines, and what is missing is said. */
export function shortened(text: string): string {
  if (text.length <= chatCharactersMax) return text
  const note = '\n… and more.'
  const cut = text.slice(0, chatCharactersMax - note.length)
  return `${cut.slice(0, Math.max(0, cut.lastIndexOf('\n')))}${note}`
}
