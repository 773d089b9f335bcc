import { dirname, join } from 'node:path'
import { canonicalJson, digestOf } from '@breakglass/verify'
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
  const content = { checkpoint, held, origin, v: 1 }
  return `${canonicalJson({ ...content, check: digestOf(canonicalJson(content)) })}\n`
}

/** `undefined` on anything `formatCursor` does not write for this origin. */
export function parseCursor(text: string, origin: string): SinkPosition | undefined {
  const found = /^\{"check":"[^"]*","checkpoint":(\d{1,16}),"held":(\d{1,16}),/.exec(text)
  const position = { checkpoint: Number(found?.[1] ?? -1), held: Number(found?.[2] ?? -1) }
  if (!Number.isSafeInteger(position.held) || !Number.isSafeInteger(position.checkpoint)) return undefined
  if (position.checkpoint < 0 || position.checkpoint > position.held) return undefined
  return formatCursor(position, origin) === text ? position : undefined
}
