import { basename, dirname } from 'node:path'
import type { Files, OpenDir, OpenFile } from '../files.ts'

/**
 * A file system in memory that knows what a power cut may leave of it. What is synced stays. Of what is not, any part may:
 * each change of a directory by itself, in any order, and of each file's unsynced bytes any beginning, with zeros where
 * the length reached the disk and the bytes did not. That is weaker than what any one Linux file system does.
 *
 * A rename is one change, also across directories, as it is in every journalling file system.
 */
export class SimulatedFiles implements Files {
  readonly #nodes: Map<number, SimulatedNode>
  #nextId: number
  /** Changes to directories that no sync has made durable, oldest first. */
  #pending: readonly DirChange[]
  readonly #onChange: (snapshot: Snapshot) => void

  /** `onChange` is handed what the disk may hold after each change. */
  constructor(from: Snapshot = emptyDisk(), onChange: (snapshot: Snapshot) => void = () => undefined) {
    this.#nodes = new Map(from.nodes)
    this.#nextId = from.nextId
    this.#pending = from.pending
    this.#onChange = onChange
  }

  /** Nodes are never changed in place, so a copy of the map is a copy of everything. */
  snapshot(): Snapshot {
    return { nodes: new Map(this.#nodes), nextId: this.#nextId, pending: this.#pending }
  }

  read(path: string): Uint8Array | undefined {
    const node = this.#find(path)
    return node?.kind === 'file' ? node.bytes : undefined
  }

  list(path: string): string[] {
    const node = this.#find(path)
    return node?.kind === 'dir' ? [...node.entries.keys()].sort() : []
  }

  isDir(path: string): boolean {
    return this.#find(path)?.kind === 'dir'
  }

  identify(path: string): string | undefined {
    const id = this.#idOf(path)
    return id === undefined ? undefined : String(id)
  }

  makeDir(path: string): boolean {
    if (this.#idOf(path) !== undefined) return false
    const id = this.#add({ kind: 'dir', entries: new Map(), durable: new Map() })
    this.#change([{ dir: this.#dirOf(path), name: basename(path), id }])
    return true
  }

  open(path: string, how: 'create' | 'append'): OpenFile {
    const found = this.#idOf(path)
    if ((found === undefined) !== (how === 'create')) throw new Error(`cannot ${how} ${path}`)
    if (found !== undefined) return this.#openFile(found)
    const id = this.#add({ kind: 'file', bytes: none, durable: none })
    this.#change([{ dir: this.#dirOf(path), name: basename(path), id }])
    return this.#openFile(id)
  }

  async create(path: string): Promise<OpenFile> {
    return this.open(path, 'create')
  }

  openDir(path: string): OpenDir {
    const id = this.#idOf(path)
    if (id === undefined) throw new Error(`no directory ${path}`)
    return { sync: async () => this.#syncDir(id), close: () => undefined }
  }

  link(from: string, to: string): boolean {
    const id = this.#idOf(from)
    if (id === undefined) throw new Error(`no file ${from}`)
    if (this.#idOf(to) !== undefined) return false
    this.#change([{ dir: this.#dirOf(to), name: basename(to), id }])
    return true
  }

  rename(from: string, to: string): void {
    const id = this.#idOf(from)
    if (id === undefined) throw new Error(`no file ${from}`)
    const gone = { dir: this.#dirOf(from), name: basename(from), id: undefined }
    this.#change([gone, { dir: this.#dirOf(to), name: basename(to), id }])
  }

  remove(path: string): void {
    if (this.#idOf(path) === undefined) throw new Error(`no file ${path}`)
    this.#change([{ dir: this.#dirOf(path), name: basename(path), id: undefined }])
  }

  #openFile(id: number): OpenFile {
    const put = (change: Partial<SimulatedFile>): void => {
      this.#nodes.set(id, { ...this.#file(id), ...change })
      this.#onChange(this.snapshot())
    }
    return {
      write: bytes => put({ bytes: Buffer.concat([this.#file(id).bytes, bytes]) }),
      truncate: length => put({ bytes: this.#file(id).bytes.slice(0, length) }),
      readBack: (at, length) => this.#file(id).bytes.slice(at, at + length),
      sync: async () => put({ durable: this.#file(id).bytes }),
      close: () => undefined,
    }
  }

  #file(id: number): SimulatedFile {
    const node = this.#nodes.get(id)
    if (node?.kind !== 'file') throw new Error(`no file ${id}`)
    return node
  }

  #add(node: SimulatedNode): number {
    const id = this.#nextId++
    this.#nodes.set(id, node)
    return id
  }

  #change(parts: readonly DirEntry[]): void {
    for (const part of parts) applyTo(this.#nodes, part, 'entries')
    this.#pending = [...this.#pending, parts]
    this.#onChange(this.snapshot())
  }

  #syncDir(dir: number): void {
    const touches = (change: DirChange): boolean => change.some(part => part.dir === dir)
    for (const change of this.#pending.filter(touches)) {
      for (const part of change) applyTo(this.#nodes, part, 'durable')
    }
    this.#pending = this.#pending.filter(change => !touches(change))
    this.#onChange(this.snapshot())
  }

  #dirOf(path: string): number {
    const id = this.#idOf(dirname(path))
    if (id === undefined) throw new Error(`no directory ${dirname(path)}`)
    return id
  }

  #find(path: string): SimulatedNode | undefined {
    const id = this.#idOf(path)
    return id === undefined ? undefined : this.#nodes.get(id)
  }

  #idOf(path: string): number | undefined {
    let id: number | undefined = rootId
    for (const name of path.split('/').filter(part => part !== '')) {
      const node: SimulatedNode | undefined = id === undefined ? undefined : this.#nodes.get(id)
      id = node?.kind === 'dir' ? node.entries.get(name) : undefined
    }
    return id
  }
}

/** What a power cut at one moment may leave: the durable part, and all that may or may not have reached the disk. */
export interface Snapshot {
  nodes: ReadonlyMap<number, SimulatedNode>
  nextId: number
  pending: readonly DirChange[]
}

interface SimulatedFile {
  kind: 'file'
  bytes: Uint8Array
  /** As of the last sync. */
  durable: Uint8Array
}

interface SimulatedDir {
  kind: 'dir'
  entries: ReadonlyMap<string, number>
  durable: ReadonlyMap<string, number>
}

type SimulatedNode = SimulatedFile | SimulatedDir

/** A name that begins (or, without an id, ceases) to mean a node. */
interface DirEntry {
  dir: number
  name: string
  id: number | undefined
}

type DirChange = readonly DirEntry[]

const rootId = 0
const none = new Uint8Array(0)

function emptyDisk(): Snapshot {
  return { nodes: new Map([[rootId, { kind: 'dir', entries: new Map(), durable: new Map() }]]), nextId: 1, pending: [] }
}

function applyTo(nodes: Map<number, SimulatedNode>, { dir, name, id }: DirEntry, side: 'entries' | 'durable'): void {
  const node = nodes.get(dir)
  if (node?.kind !== 'dir') throw new Error(`no directory ${dir}`)
  const names = new Map(node[side])
  if (id === undefined) names.delete(name)
  else names.set(name, id)
  nodes.set(dir, { ...node, [side]: names })
}

/** How much of what was not synced survives: `pick(n)` answers with a number from 0 to n − 1. */
export type Pick = (choices: number) => number

/** One disk as a power cut may leave it. */
export function crashed(snapshot: Snapshot, pick: Pick): Snapshot {
  const nodes = new Map(snapshot.nodes)
  for (const change of snapshot.pending) {
    if (pick(2) === 0) continue
    for (const part of change) applyTo(nodes, part, 'durable')
  }
  for (const [id, node] of nodes) {
    if (node.kind === 'dir') nodes.set(id, { ...node, entries: node.durable })
    else if (node.bytes !== node.durable) {
      const bytes = survivorOf(node, pick)
      nodes.set(id, { kind: 'file', bytes, durable: bytes })
    }
  }
  return { nodes, nextId: snapshot.nextId, pending: [] }
}

/** Beyond what was durable: nothing, all, a torn beginning, or the length with zeros for some of the bytes. */
function survivorOf({ bytes, durable }: SimulatedFile, pick: Pick): Uint8Array {
  const kept = Math.min(bytes.length, durable.length)
  const added = bytes.length - kept
  const how = pick(4)
  if (how === 0) return durable
  if (how === 1 || added <= 0) return bytes
  const torn = kept + pick(added)
  if (how === 2) return bytes.slice(0, torn)
  const zeroed = Uint8Array.from(bytes)
  zeroed.fill(0, torn)
  return zeroed
}

/** What a disk holds, as one text: for telling states apart. */
export function contentOf(snapshot: Snapshot): string {
  const lines: string[] = []
  const walk = (id: number, path: string): void => {
    const node = snapshot.nodes.get(id)
    if (node?.kind === 'file') lines.push(`${path} ${Buffer.from(node.bytes).toString('base64')}`)
    else for (const [name, child] of node?.entries ?? []) walk(child, `${path}/${name}`)
  }
  walk(rootId, '')
  return lines.sort().join('\n')
}
