import type { Fetch } from '../client/http.ts'

/** Where a command writes. A terminal says so and how wide it is. */
export interface Sink {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** What a command reads: a stream of text. */
export type Source = NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined }

/**
 * Everything that comes from outside. Only `main.ts` makes a real one; tests make their own and run commands in
 * process. Files and git are reached through `cwd` and `env`.
 */
export interface Context {
  /** Without the two words that start Node. */
  argv: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  stdin: Source
  stdout: Sink
  stderr: Sink
  now(): number
  fetch: Fetch
  /** Settles early, without error, when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** Takes Ctrl-C over until the returned function is called; before and after, it ends the process. */
  onInterrupt(handler: () => void): () => void
}
