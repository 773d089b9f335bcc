import { BreakglassError } from '@breakglass/core/errors'
import type { CommandContext } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { type Client, createClient } from './client.ts'
import { serverUrl } from './link.ts'
import { configPath, type Profile, readProfiles } from './profiles.ts'

export interface Connection {
  client: Client
  /** Who is signed in; absent when the token came from the environment. */
  person?: Profile['person']
}

/**
 * A client for whoever is signed in: `--server`, `--profile`, the environment, the current profile, in that order.
 * A profile's token goes only to the server that issued it. Throws `not_signed_in`, `usage`, `bad_input`.
 */
export async function connect(context: CommandContext, options: { timeoutMs?: number } = {}): Promise<Connection> {
  const { server, token, person } = await credentials(context)
  const { fetch, now } = context
  const client = createClient({ server, token, fetch, now, ...options })
  return { client: warnOfClock(context, client), ...(person === undefined ? {} : { person }) }
}

async function credentials(
  context: CommandContext,
): Promise<{ server: string; token: string; person?: Profile['person'] }> {
  const { env, globals } = context
  const wanted = globals.server ?? nonEmpty(env['BREAKGLASS_SERVER'])
  const server = wanted === undefined ? undefined : serverUrl(wanted)
  const token = nonEmpty(env['BREAKGLASS_TOKEN'])
  if (server !== undefined && token !== undefined && globals.profile === undefined) return { server, token }
  const { name, profile } = await chosenProfile(context)
  if (profile === undefined) throw notSignedIn(name)
  if (server !== undefined && server !== profile.server) {
    throw usageError(
      `The profile “${name}” is signed in at ${profile.server}; its token is not sent to ${server}.`,
      `breakglass login <link> --server ${server} --profile <another name>`,
    )
  }
  if (token !== undefined && globals.profile === undefined) return { server: profile.server, token }
  return profile
}

async function chosenProfile(context: CommandContext): Promise<{ name: string; profile: Profile | undefined }> {
  const file = configPath(context.env)
  const { value, isReadableByOthers } = await readProfiles(file)
  if (isReadableByOthers) context.out.note(`note: ${file} holds tokens and others can read it; run chmod 600 ${file}`)
  const name = context.globals.profile ?? nonEmpty(context.env['BREAKGLASS_PROFILE']) ?? value.current ?? 'default'
  return { name, profile: Object.hasOwn(value.profiles, name) ? value.profiles[name] : undefined }
}

function notSignedIn(name: string): BreakglassError {
  const message = name === 'default' ? 'Nobody is signed in here.' : `There is no profile “${name}” here.`
  return new BreakglassError('not_signed_in', { message })
}

const nonEmpty = (text: string | undefined) => (text === '' ? undefined : text)

const skewMsMax = 60_000

/**
 * Nothing the command line decides rests on its clock; enforcement points judge by theirs. So a wrong clock is said
 * once and stops nobody in an emergency.
 */
function warnOfClock(context: CommandContext, client: Client): Client {
  let isSaid = false
  return {
    ...client,
    async call(route, input) {
      const reply = await client.call(route, input)
      const skew = client.clockSkewMs() ?? 0
      if (!isSaid && Math.abs(skew) > skewMsMax) {
        isSaid = true
        const seconds = Math.round(Math.abs(skew) / 1000)
        const words = skew > 0 ? 'ahead of' : 'behind'
        context.out.note(
          `note: this machine’s clock is ${seconds} s ${words} the server’s; times left shown here are the server’s`,
        )
      }
      return reply
    },
  }
}

/** Now, as the server's clock has it: what countdowns are made of. */
export const serverNow = (context: CommandContext, client: Client): number =>
  context.now() - (client.clockSkewMs() ?? 0)
