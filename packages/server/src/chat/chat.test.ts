import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseChannels } from './channels.ts'
import { chatCharactersMax, createChat, shortened } from './chat.ts'

const secret = 'T0/B0/s3cr3t'
const channels = parseChannels(`\n#ops  https://chat.example/${secret}\n#local http://127.0.0.1:9/x\n`)

describe('the file of channels', () => {
  it('names each channel with its address', () => {
    expect([...channels].map(([name, url]) => [name, url.href])).toEqual([
      ['#ops', `https://chat.example/${secret}`],
      ['#local', 'http://127.0.0.1:9/x'],
    ])
  })

  it.each([
    ['#ops', 'a channel and an address'],
    [`#ops https://a.example/${secret} more`, 'a channel and an address'],
    [`#ops http://chat.example/${secret}`, 'an https address'],
    [`#ops file:///${secret}`, 'an https address'],
    [`#ops https://a.example/${secret}\n#ops https://b.example/`, 'once'],
  ])('is refused when it says %j, without a word of the address', (text, expected) => {
    const failure = (() => {
      try {
        return parseChannels(text)
      } catch (error) {
        return error
      }
    })()
    expect(failure).toMatchObject({ code: 'usage' })
    expect(String(failure)).toContain(expected)
    expect(String(failure)).not.toContain('s3cr3t')
  })

  it('is read or refused whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        try {
          parseChannels(text)
        } catch (error) {
          expect(error).toMatchObject({ code: 'usage' })
        }
      }),
    )
  })
})

describe('a post', () => {
  const answering = (reply: () => Promise<Response>) => createChat(channels, reply)

  it('is taken by any 2xx, and follows no redirect', async () => {
    const asked: RequestInit[] = []
    const chat = createChat(channels, async (_, init) => {
      asked.push(init ?? {})
      return new Response('ok', { status: 201 })
    })
    await chat.post('#ops', 'hello')
    expect(asked).toMatchObject([{ method: 'POST', redirect: 'manual', body: '{"text":"hello"}' }])
  })

  it.each([302, 400, 403, 404, 500])('is refused by %i', async status => {
    const chat = answering(async () => new Response(secret, { status }))
    await expect(chat.post('#ops', 'hello')).rejects.toThrow(`the chat answered ${status}`)
  })

  it('says nothing of the address when it cannot be reached', async () => {
    const chat = answering(() => Promise.reject(new TypeError(`fetch failed for https://chat.example/${secret}`)))
    const failure = await chat.post('#ops', 'hello').catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'ChatRefused', message: 'the chat could not be reached' })
    expect(JSON.stringify(failure)).not.toContain('s3cr3t')
  })

  it('is cut at a line when it is longer than chats take', () => {
    const text = 'a line of forty characters, more or less\n'.repeat(1000)
    const cut = shortened(text)
    expect(cut.length).toBeLessThanOrEqual(chatCharactersMax)
    expect(cut.split('\n').slice(0, -1)).toEqual(text.split('\n').slice(0, cut.split('\n').length - 1))
    expect(cut.endsWith('… and more.')).toBe(true)
  })
})
