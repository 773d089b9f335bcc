/**
 * The id of the run that a deployment waits in, out of the callback URL, or undefined where that URL does not lie under the
 * configured API base. The URL came from outside: it is never called, and nothing but digits is taken from it.
 */
export function runOfCallback(callback: string, apiBase: string): string | undefined {
  const [url, base] = [parsed(callback), parsed(apiBase)]
  if (!url || !base || url.origin !== base.origin || url.origin === 'null') return undefined
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined
  const prefix = base.pathname.replace(/\/+$/, '')
  if (!url.pathname.startsWith(`${prefix}/`)) return undefined
  return pattern.exec(url.pathname.slice(prefix.length))?.[1]
}

const pattern = /^\/repos\/[\w.-]+\/[\w.-]+\/actions\/runs\/([1-9]\d{0,19})\/deployment_protection_rule$/

const parsed = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined)
