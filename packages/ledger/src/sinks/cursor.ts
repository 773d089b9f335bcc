import { dirname, join } from 'node:path'
import { formatChecked, readObject } from '../checked-json.ts'
import type { MirrorFiles } from './mirror-files.ts'
import type { SinkPosition } from './sink.ts'

const cursorBytesMax = 4096
const cursorMode = 0o600

/** Where a sink had got to, in `sinks/<name>.json`: docs/formats/mirror.md "sinks.json". */
export interface Cursor {
  /** `undefined` when there is none, or one that cannot be relied on. */
  read(): Promise<SinkPosition | undefined>
  /** Durable when it resolves. */
  write(position: SinkPosition): Promise<void>
}

export function cursorAt(files: MirrorFiles, path: string, origin: string): Cursor {
  return {
    async read() {
      const bytes = await files.read(path, cursorBytesMax)
      return bytes === undefined ? undefined : parseCursor(Buffer.from(bytes).toString('utf8'), origin)
    },
    async write(position) {
      const dir = dirname(path)
      const temporary = `${path}.new`
      await files.syncDir(dirname(dir), async () => await files.makeDir(dir))
      if ((await files.list(dir)).some(name => join(dir, name) === temporary)) await files.remove(temporary)
      await files.syncDir(dir, async () => {
        await files.create(temporary, Buffer.from(formatCursor(position, origin)), cursorMode)
        await files.rename(temporary, path)
      })
    },
  }
}

export function formatCursor({ held, checkpoint }: SinkPosition, origin: string): string {
  return formatChecked({ checkpoint, held, origin, v: 1 })
}

/** `undefined` on anything `formatCursor` does not write for this origin. */
export function parseCursor(text: string, origin: string): SinkPosition | undefined {
  const { held, checkpoint } = readObject(text) ?? {}
  if (typeof held !== 'number' || typeof checkpoint !== 'number') return undefined
  if (!Number.isSafeInteger(held) || !Number.isSafeInteger(checkpoint)) return undefined
  if (checkpoint < 0 || checkpoint > held) return undefined
  const position = { held, checkpoint }
  return formatCursor(position, origin) === text ? position : undefined
}
