import { join } from 'node:path'

/** Where things lie in a ledger's directory: docs/formats/ledger.md "On disk". */
export interface Layout {
  dir: string
  config: string
  key: string
  credentials: string
  /** The plain secrets `init` hands out; the ledger itself never reads them. */
  secrets: string
  lock: string
  journal: string
  state: string
  /** The witnesses; optional. */
  policy: string
  index: string
  /** Unfinished files. On the same file system as all else, and never under `tree`, which anyone may serve. */
  temporary: string
  tree: string
  checkpoint: string
}

export function layoutOf(dir: string): Layout {
  return {
    dir,
    config: join(dir, 'ledger.json'),
    key: join(dir, 'ledger.key'),
    credentials: join(dir, 'credentials.json'),
    secrets: join(dir, 'credentials'),
    lock: join(dir, 'lock.db'),
    journal: join(dir, 'journal'),
    state: join(dir, 'state.json'),
    policy: join(dir, 'policy'),
    index: join(dir, 'index.db'),
    temporary: join(dir, 'tmp'),
    tree: join(dir, 'tree'),
    checkpoint: join(dir, 'tree', 'checkpoint'),
  }
}
