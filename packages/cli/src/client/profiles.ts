import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import { z } from 'zod'
import type { Context } from '../framework/context.ts'

/** Where one person is signed in: a server, the token it issued, and whom it stands for. */
export const profile = z.strictObject({
  server: z.url(),
  token: z.string().min(1),
  person: z.strictObject({ id: z.string(), name: z.string() }),
})
export type Profile = z.infer<typeof profile>

export const profileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, . _ - (at most 64)')

export const profiles = z.strictObject({
  v: z.literal(1),
  /** The profile used when none is named. */
  current: profileName.optional(),
  profiles: z.record(profileName, profile),
})
export type Profiles = z.infer<typeof profiles>

const configBytesMax = 1_048_576

/** `BREAKGLASS_CONFIG`, else below `XDG_CONFIG_HOME`, else `~/.config`. */
export function configPath(env: Context['env']): string {
  const named = env['BREAKGLASS_CONFIG']
  if (named !== undefined && named !== '') return path.resolve(named)
  const xdg = env['XDG_CONFIG_HOME']
  const home = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(env['HOME'] ?? homedir(), '.config')
  return path.join(home, 'breakglass', 'config.json')
}

/** No file is no profiles. Throws `bad_input` for a file that is not of our form: it is never overwritten then. */
export async function readProfiles(file: string): Promise<{ value: Profiles; isReadableByOthers: boolean }> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new BreakglassError('bad_input', {
      message: `The profiles in ${file} cannot be read: ${error.code}.`,
      cause: error,
    })
  })
  if (text === undefined) return { value: { v: 1, profiles: {} }, isReadableByOthers: false }
  const { mode } = await stat(file)
  return { value: parseProfiles(text, file), isReadableByOthers: process.platform !== 'win32' && (mode & 0o077) !== 0 }
}

function parseProfiles(text: string, file: string): Profiles {
  try {
    if (text.length > configBytesMax) throw new Error(`more than ${configBytesMax} bytes`)
    return profiles.parse(JSON.parse(text), { jitless: true })
  } catch (cause) {
    // Neither the text nor the parser's words go into the message: they could hold a token.
    const next = 'move it away and sign in again with breakglass login'
    throw new BreakglassError('bad_input', {
      message: `The profiles in ${file} are not of the expected form.`,
      data: { next },
      cause,
    })
  }
}

/** Mode 0600 in a directory of mode 0700; written beside and renamed, so that a crash leaves the old file. */
export async function writeProfiles(file: string, value: Profiles): Promise<void> {
  const directory = path.dirname(file)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const beside = `${file}.${process.pid}.tmp`
  await rm(beside, { force: true })
  const handle = await open(beside, 'wx', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(profiles.parse(value), undefined, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await chmod(beside, 0o600)
  await rename(beside, file)
}
