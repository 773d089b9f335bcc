/**
 * A change as people write it: `acme/payments@4f2a91c`, `acme/payments@main`, a commit's page at a forge, or
 * `acme/payments` alone. Pure; nothing is looked up. Pull requests are recognised so that the answer can be clear.
 */
export type ChangeRef =
  | { kind: 'repository'; repository: string }
  | { kind: 'commit'; repository: string; commit: `sha1:${string}` | `sha256:${string}` }
  /** An abbreviation or a name, which only a clone can turn into a commit. */
  | { kind: 'revision'; repository: string; revision: string }
  | { kind: 'pull_request'; repository: string; number: number }
  | { kind: 'unreadable'; expected: string }

const repositoryPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*){0,7}$/
const revisionPattern = /^[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$/
const textLengthMax = 500

const expected = 'owner/name@commit, owner/name, or the address of a commit'

export function parseChangeRef(text: string): ChangeRef {
  if (text.length > textLengthMax) return unreadable()
  if (/^https?:\/\//i.test(text)) return parseAddress(text)
  const pull = /^([^#@]+)#(\d{1,9})$/.exec(text)
  if (pull !== null)
    return named(pull[1] ?? '', repository => ({ kind: 'pull_request', repository, number: Number(pull[2]) }))
  const at = text.indexOf('@')
  if (at === -1) return named(text, repository => ({ kind: 'repository', repository }))
  return named(text.slice(0, at), repository => revisionOf(repository, text.slice(at + 1)))
}

function parseAddress(text: string): ChangeRef {
  const url = URL.canParse(text) ? new URL(text) : undefined
  // GitHub and Gitea say /commit/ and /pull(s)/; GitLab puts /-/ before and says merge_requests.
  const match = /^\/(.+?)(?:\/-)?\/(commit|pull|pulls|merge_requests)\/([^/]+)(?:\/.*)?$/.exec(url?.pathname ?? '')
  const [, name = '', noun, which = ''] = match ?? []
  if (noun === undefined) return unreadable()
  if (noun === 'commit') return named(name, repository => revisionOf(repository, which))
  if (!/^\d{1,9}$/.test(which)) return unreadable()
  return named(name, repository => ({ kind: 'pull_request', repository, number: Number(which) }))
}

function named(name: string, make: (repository: string) => ChangeRef): ChangeRef {
  return repositoryPattern.test(name) && !name.endsWith('.git') ? make(name) : unreadable()
}

function revisionOf(repository: string, revision: string): ChangeRef {
  if (/^[0-9a-f]{40}$/i.test(revision)) return { kind: 'commit', repository, commit: `sha1:${revision.toLowerCase()}` }
  if (/^[0-9a-f]{64}$/i.test(revision))
    return { kind: 'commit', repository, commit: `sha256:${revision.toLowerCase()}` }
  const spelled = /^(sha1:[0-9a-f]{40}|sha256:[0-9a-f]{64})$/.exec(revision)
  if (spelled !== null) return { kind: 'commit', repository, commit: revision as `sha1:${string}` } // the pattern says so
  return revisionPattern.test(revision) && !revision.includes('..')
    ? { kind: 'revision', repository, revision }
    : unreadable()
}

const unreadable = (): ChangeRef => ({ kind: 'unreadable', expected })

/** `refs/heads/main` from `main`; a full name stays. */
export const fullRef = (ref: string): string => (ref.startsWith('refs/') ? ref : `refs/heads/${ref}`)

/**
 * Names a remote's address may stand for. A host's path is the name; of a path on a disk every ending may be, longest
 * first, because nothing says where the forge's root is.
 */
export function repositoryNamesOf(remote: string): string[] {
  const trimmed = remote
    .trim()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) && !/^file:/i.test(trimmed)
  if (isUrl) return [URL.canParse(trimmed) ? new URL(trimmed).pathname.replace(/^\/+/, '') : ''].filter(isName)
  const scp = /^(?:[^@/:]+@)?[^/:]{2,}:(?!\/\/)\/?(.+)$/.exec(trimmed)
  if (scp !== null && !/^file$/i.test(trimmed.split(':')[0] ?? '')) return [scp[1] ?? ''].filter(isName)
  const parts = trimmed
    .replace(/^file:\/\//i, '')
    .split(/[\\/]+/)
    .filter(part => part !== '' && part !== '.')
  return parts.map((_, index) => parts.slice(index).join('/')).filter(isName)
}

const isName = (name: string) => repositoryPattern.test(name)
