import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeBase64url, signerFromSeed } from '@breakglass/verify'
import { openHome, writeHome } from '../home.ts'
import { openPoint, type Point } from '../point.ts'
import { refreshBundle } from '../sync.ts'
import { enrol } from './enrol.ts'
import { FakeServer } from './fake-server.ts'
import { repository, repositoryName, World } from './world.ts'

export interface PointKit {
  world: World
  server: FakeServer
  point: Point
  dir: string
  /** Another process at the same directory. */
  reopen(): Point
  close(): void
}

/** A point with its files on a real disk and its server in memory; the clock is the world's. */
export async function makePoint(
  options: { kind?: 'git_hook' | 'ci'; dir?: string; synced?: boolean; world?: World } = {},
): Promise<PointKit> {
  const world = options.world ?? new World()
  const server = new FakeServer(world)
  const root = mkdtempSync(join(tmpdir(), 'breakglass-point-'))
  const dir = options.dir ?? join(root, 'breakglass')
  const seed = new Uint8Array(32).fill(21)
  const kind = options.kind ?? 'git_hook'
  const { id, token, organization } = await enrol(server, encodeBase64url(signerFromSeed(seed).publicKey), kind)
  const enforcement = kind === 'ci' ? 'cooperative' : 'enforced'
  const place = { repository: { id: repository, name: repositoryName }, server: 'http://127.0.0.1:9' }
  writeHome(dir, {
    config: { v: 1, id, organization, kind, enforcement, ...place },
    seed,
    token,
    trustText: world.trustText,
  })
  const opened: Point[] = []
  const reopen = (): Point => {
    const serverOf = () => server.asPoint(() => openHome(dir).token)
    const point = openPoint({ dir, now: () => world.nowMs, serverOf })
    opened.push(point)
    return point
  }
  const point = reopen()
  if (options.synced !== false) await refreshBundle(point)
  return {
    world,
    server,
    point,
    dir,
    reopen,
    close: () => {
      for (const one of opened) one.journal.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}
