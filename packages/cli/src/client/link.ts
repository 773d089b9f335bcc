import { usageError } from '../framework/usage-error.ts'

export interface Invitation {
  /** Absent when only a code was given. */
  server?: string
  code: string
}

const codePattern = /^[A-Za-z0-9_-]{8,200}$/

/**
 * An invitation as people paste it: `https://host/welcome#<code>` or the code alone. The code stands behind `#` so that
 * no server or proxy ever sees it in an address. Throws `usage`; the message never repeats the code.
 */
export function parseInvitation(text: string): Invitation {
  const trimmed = text.trim()
  if (codePattern.test(trimmed)) return { code: trimmed }
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined
  const code = url?.hash.slice(1) ?? ''
  const isWelcome = url !== undefined && /^https?:$/.test(url.protocol) && url.pathname.endsWith('/welcome')
  if (!isWelcome || url.username !== '' || url.password !== '' || url.search !== '' || !codePattern.test(code)) {
    throw usageError(
      'That is not an invitation; expected a link such as https://breakglass.example/welcome#<code>, or the code.',
      'put the link in quotes: # begins a comment in some shells',
    )
  }
  return { server: serverUrl(url.origin + url.pathname.slice(0, -'/welcome'.length)), code }
}

/** A server's address in one spelling: http or https, no trailing slash, nothing secret in it. Throws `usage`. */
export function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (url === undefined || !/^https?:$/.test(url.protocol) || !isPlain) {
    throw usageError('A server is an address such as https://breakglass.example or http://127.0.0.1:7117.')
  }
  return (url.origin + url.pathname).replace(/\/+$/, '')
}

/** Whether what is sent there can be read on the way. */
export function isReadableOnTheWay(server: string): boolean {
  const { protocol, hostname } = new URL(server)
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}
