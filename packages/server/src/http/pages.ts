import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import { Hono } from 'hono'
import { z } from 'zod'

/** One file that is served as it is. */
export interface Page {
  /** The address, from the server's root. */
  path: string
  type: string
  bytes: Uint8Array<ArrayBuffer>
}

/** What `pages.json` says: a name and no path, so nothing outside its directory can be meant. */
const manifest = z
  .array(
    z.strictObject({
      path: z.string().regex(/^\/[\w./-]*$/),
      file: z.string().regex(/^\w[\w.-]*$/),
      type: z.string().regex(/^[ -~]+$/),
    }),
  )
  .min(1)
  .max(100)

/** Reads, once, the pages that `directory` lists in its `pages.json`. Throws `usage` where it is not such a directory. */
export async function loadPages(directory: string): Promise<Page[]> {
  try {
    const listed = manifest.parse(JSON.parse(await readFile(path.join(directory, 'pages.json'), 'utf8')))
    return await Promise.all(
      listed.map(async ({ file, ...page }) => ({
        ...page,
        bytes: new Uint8Array(await readFile(path.join(directory, file))),
      })),
    )
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new BreakglassError('usage', {
      message: `${directory} does not hold the pages: ${why}. Expected the directory of @breakglass/web, with its pages.json.`,
      cause,
    })
  }
}

/**
 * The API with the pages before it. An app around the API and not routes inside it, because the API gives each of its answers
 * a policy under which no page could run.
 */
export function servePages(api: Hono, pages: readonly Page[]): Hono {
  const app = new Hono()
  for (const { path, type, bytes } of pages) {
    app.get(path, () => new Response(bytes, { headers: { 'Content-Type': type, ...pageHeaders } }))
  }
  app.all('*', async context => {
    const { method, path, raw } = context.req
    const answer = await api.fetch(raw)
    const isForPerson = method === 'GET' && !path.startsWith('/api/') && wantsHtml(context.req.header('accept'))
    return answer.status === 404 && isForPerson ? nothingHere(pages.length > 0) : answer
  })
  return app
}

const wantsHtml = (accept: string | undefined) => accept?.includes('text/html') === true

/**
 * Only our own files run, nothing is sent elsewhere, nobody frames it, and text cannot become markup. Nothing is stored: the
 * files are small, and an old script must not meet a new API.
 */
const pageHeaders = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
} as const

function nothingHere(hasPages: boolean): Response {
  const words = hasPages
    ? 'There is no page at this address. The first page is at the root of this server.'
    : 'This server runs without pages: @breakglass/web is not installed beside it. The API and the command line work; breakglass login takes the link you were sent.'
  return new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Not found · Breakglass</title><h1>Nothing here</h1><p>${words}</p></html>`,
    { status: 404, headers: { 'Content-Type': 'text/html; charset=utf-8', ...pageHeaders } },
  )
}
