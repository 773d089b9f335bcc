import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A commit to be made, oldest first. */
export interface MadeCommit {
  /** As bytes where it is to be no UTF-8. */
  message: string | Uint8Array
  /** Seconds since 1970, and what stands behind them. */
  committedAt: number
  zone?: string
  /** What stands before the `@` of author and committer. */
  author?: string
  /** What the one file of the tree holds; absent: the tree stays as it was. */
  content?: string
  /** How many commits on other lines it merges. */
  merges?: number
  /** The name of the message's encoding, written into the commit. */
  encoding?: string
}

/** What a test's git may read: nothing of the machine's. */
export const plainGit = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  LC_ALL: 'C',
}

/** Runs git there, with what it reads; its output without the last newline. Throws what it says when it says no. */
export function gitIn(directory: string, ...args: readonly string[]): string {
  const answer = execFileSync('git', args, {
    cwd: directory,
    env: plainGit,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  })
  return answer.replace(/\n$/, '')
}

/** Makes a bare repository in `directory` whose `main` is these commits: fast-import takes tens of thousands a second. */
export async function importHistory(
  directory: string,
  commits: Iterable<MadeCommit>,
  { objects = 'sha1' }: { objects?: 'sha1' | 'sha256' } = {},
): Promise<void> {
  gitIn('/', 'init', '-q', '--bare', '-b', 'main', `--object-format=${objects}`, directory)
  const child = spawn('git', ['fast-import', '--quiet', '--date-format=raw-permissive'], {
    cwd: directory,
    env: plainGit,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = once(child, 'close')
  let mark = 0
  const write = async (parts: readonly (string | Uint8Array)[]) => {
    const bytes = Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : part)))
    if (!child.stdin.write(bytes)) await once(child.stdin, 'drain')
  }
  let last = 0
  for (const commit of commits) {
    const others: number[] = []
    for (let side = 0; side < (commit.merges ?? 0); side++) {
      others.push(++mark)
      await write(commitParts({ ...commit, message: `side ${side}` }, `refs/heads/side-${mark}`, mark, last, []))
    }
    await write(commitParts(commit, 'refs/heads/main', ++mark, last, others))
    last = mark
  }
  child.stdin.end()
  const [code] = (await ended) as [number | null]
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`)
}

function commitParts(
  { message, committedAt, zone = '+0000', author = 'ada', content, encoding }: MadeCommit,
  ref: string,
  mark: number,
  from: number,
  others: readonly number[],
): (string | Uint8Array)[] {
  const body = Buffer.from(message)
  const who = `${author} <${author}@example.org> ${committedAt} ${zone}`
  const file = content === undefined ? '' : `M 100644 inline file\ndata ${Buffer.byteLength(content)}\n${content}\n`
  return [
    `commit ${ref}\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n`,
    encoding === undefined ? '' : `encoding ${encoding}\n`,
    `data ${body.length}\n`,
    body,
    '\n',
    from > 0 ? `from :${from}\n` : '',
    others.map(other => `merge :${other}\n`).join(''),
    `${file}\n`,
  ]
}
