import { createHash } from 'node:crypto'

/*
 * A small git: real object ids (SHA-1 over git's own encoding of blobs, trees and commits), so that the same history has the
 * same shas in every run and a clone of it would agree.
 */
export interface Commit {
  sha: string
  tree: string
  parents: string[]
  author: Person
  message: string
  /** RFC 3339 with whole seconds, as git keeps it. */
  date: string
  /** What each path holds. */
  files: Record<string, string>
}

export interface Person {
  name: string
  email: string
}

export type Objects = Map<string, Commit>

export const zeroSha = '0'.repeat(40)

export interface NewCommit {
  parents: string[]
  files: Record<string, string>
  message: string
  author: Person
  at: number
}

export function addCommit(objects: Objects, { parents, files, message, author, at }: NewCommit): Commit {
  const seconds = Math.floor(at / 1000)
  const tree = treeSha(files)
  const signature = `${author.name} <${author.email}> ${seconds} +0000`
  const lines = [
    `tree ${tree}`,
    ...parents.map(sha => `parent ${sha}`),
    `author ${signature}`,
    `committer ${signature}`,
  ]
  const sha = objectSha('commit', Buffer.from(`${lines.join('\n')}\n\n${message}\n`))
  const commit = {
    sha,
    tree,
    parents,
    files,
    message,
    author,
    date: new Date(seconds * 1000).toISOString().replace('.000Z', 'Z'),
  }
  objects.set(sha, commit)
  return commit
}

export function blobSha(content: string): string {
  return objectSha('blob', Buffer.from(content))
}

function treeSha(files: Record<string, string>): string {
  const folders = new Map<string, Record<string, string>>()
  const entries: { name: string; mode: string; sha: string; key: string }[] = []
  for (const [path, content] of Object.entries(files)) {
    const [head = '', ...rest] = path.split('/')
    if (rest.length === 0) entries.push({ name: head, mode: '100644', sha: blobSha(content), key: head })
    else folders.set(head, { ...folders.get(head), [rest.join('/')]: content })
  }
  for (const [name, inner] of folders) entries.push({ name, mode: '40000', sha: treeSha(inner), key: `${name}/` })
  const sorted = entries.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
  const parts = sorted.map(({ name, mode, sha }) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(sha, 'hex')]),
  )
  return objectSha('tree', Buffer.concat(parts))
}

const objectSha = (type: string, body: Buffer): string =>
  createHash('sha1').update(`${type} ${body.length}\0`).update(body).digest('hex')

export function commitOf(objects: Objects, sha: string): Commit {
  const commit = objects.get(sha)
  if (!commit) throw new Error(`expected a commit of this repository, found ${sha}`)
  return commit
}

/** A commit and everything before it. */
export function ancestors(objects: Objects, sha: string): Set<string> {
  const found = new Set<string>()
  const waiting = [sha]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const commit = objects.get(next)
    if (!commit || found.has(next)) continue
    found.add(next)
    waiting.push(...commit.parents)
  }
  return found
}

export const isAncestor = (objects: Objects, old: string, young: string): boolean => ancestors(objects, young).has(old)

/** Commits of `head` that `base` lacks, oldest first. */
export function between(objects: Objects, base: string, head: string): Commit[] {
  const had = ancestors(objects, base)
  const found: Commit[] = []
  const seen = new Set<string>(had)
  const visit = (sha: string): void => {
    const commit = objects.get(sha)
    if (!commit || seen.has(sha)) return
    seen.add(sha)
    commit.parents.forEach(visit)
    found.push(commit)
  }
  visit(head)
  return found
}

export interface Change {
  path: string
  status: 'added' | 'modified' | 'removed'
}

export function changesBetween(old: Record<string, string>, young: Record<string, string>): Change[] {
  const paths = [...new Set([...Object.keys(old), ...Object.keys(young)])].sort()
  return paths.flatMap((path): Change[] => {
    const [was, is] = [old[path], young[path]]
    if (was === is) return []
    return [{ path, status: was === undefined ? 'added' : is === undefined ? 'removed' : 'modified' }]
  })
}

/** The files of `base` with what `head` did since they parted. Every change of the fake merges; none conflicts. */
export function mergedFiles(objects: Objects, base: string, head: string): Record<string, string> {
  const fork = mergeBase(objects, base, head)
  const [ours, theirs] = [commitOf(objects, base).files, commitOf(objects, head).files]
  const changes = changesBetween(fork ? commitOf(objects, fork).files : {}, theirs)
  const merged = { ...ours }
  for (const { path, status } of changes) {
    if (status === 'removed') delete merged[path]
    else merged[path] = theirs[path] ?? ''
  }
  return merged
}

export function mergeBase(objects: Objects, base: string, head: string): string | undefined {
  const had = ancestors(objects, base)
  const waiting = [head]
  const seen = new Set<string>()
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (had.has(next)) return next
    if (seen.has(next)) continue
    seen.add(next)
    waiting.push(...(objects.get(next)?.parents ?? []))
  }
  return undefined
}
