import { type ComponentChild, h } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { cleanText } from '../plain-text.ts'
import { style } from './style.ts'

export interface Page {
  title: string
  body: readonly ComponentChild[]
  /** How it was made and when, at its end. */
  footer: readonly ComponentChild[]
}

/**
 * One file that shows itself: no script, nothing loaded from anywhere, and a policy that forbids both, so that a page which
 * was mailed around cannot call home. Everything that is not ours goes through Preact, which escapes it; characters that turn
 * the reading direction or hide words are replaced in all of it at once.
 */
export function page({ title, body, footer }: Page): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
  const head = h(
    'head',
    {},
    h('meta', { charSet: 'utf-8' }),
    h('meta', { httpEquiv: 'Content-Security-Policy', content: policy }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('meta', { name: 'referrer', content: 'no-referrer' }),
    h('title', {}, title),
    h('style', { dangerouslySetInnerHTML: { __html: style } }),
  )
  const main = h('body', {}, h('main', {}, ...body, h('footer', {}, ...footer)))
  const html = renderToString(h('html', { lang: 'en' }, head, main))
  // A number keeps its percent sign beside it at the end of a line.
  return cleanText(`<!doctype html>\n${html.replaceAll(/(\d) %/g, '$1\u00a0%')}\n`)
}
