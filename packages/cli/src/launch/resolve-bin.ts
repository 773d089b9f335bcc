import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { BreakglassError } from '@breakglass/core/errors'

export type Part = '@breakglass/server' | '@breakglass/ledger'

/**
 * The program that a part of Breakglass installs. They are no dependencies of the command line: an engineer at three in
 * the morning needs no database driver. Throws `not_installed` with what to install.
 */
export function resolveBin(part: Part): string {
  const manifest = manifestOf(part)
  if (manifest === undefined) {
    throw new BreakglassError('not_installed', {
      message: `${part} is not installed here.`,
      data: { next: `npm install ${part}` },
    })
  }
  const { bin }: { bin?: Record<string, string> } = JSON.parse(readFileSync(manifest, 'utf8'))
  const [file] = Object.values(bin ?? {})
  if (file !== undefined) return path.join(path.dirname(manifest), file)
  throw new BreakglassError('not_installed', {
    message: `${part} at ${path.dirname(manifest)} brings no program.`,
    data: { next: `npm install ${part}@latest` },
  })
}

function manifestOf(part: Part): string | undefined {
  let entry: string
  try {
    entry = fileURLToPath(import.meta.resolve(part))
  } catch {
    return undefined
  }
  for (let at = path.dirname(entry); path.dirname(at) !== at; at = path.dirname(at)) {
    const manifest = path.join(at, 'package.json')
    if (existsSync(manifest)) return manifest
  }
  return undefined
}
