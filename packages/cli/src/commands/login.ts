import { contract } from '@breakglass/core/contract'
import { facts, shortInstant } from '@breakglass/report'
import { createClient } from '../client/client.ts'
import { isReadableOnTheWay, parseInvitation, serverUrl } from '../client/link.ts'
import { configPath, profileName, readProfiles, writeProfiles } from '../client/profiles.ts'
import { defineCommand } from '../framework/command.ts'
import { readAll } from '../framework/read-all.ts'
import { usageError } from '../framework/usage-error.ts'

export const command = defineCommand({
  positionals: [
    { name: 'link-or-code', summary: 'the invitation as it was sent, or - to read it from standard input' },
  ],
  options: { device: { type: 'text', value: 'NAME', summary: 'what to call this machine in the list of tokens' } },
  notes: ['The link works once. The token it yields is kept in the profile, readable by you alone, and never shown.'],
  examples: [
    { line: "breakglass login 'https://breakglass.example/welcome#Yq3v0h8Zk2m1'", words: 'sign in with a link' },
    {
      line: 'breakglass login Yq3v0h8Zk2m1 --server https://breakglass.example --profile work',
      words: 'a code, a named profile',
    },
  ],
  exits: [3, 6],
  async run(context, { positionals: [given = ''], options }) {
    const invitation = parseInvitation(given === '-' ? await readAll(context.stdin, 4096) : given)
    const name = nameOf(context.globals.profile ?? (context.env['BREAKGLASS_PROFILE'] || 'default'))
    const server = serverOf(invitation.server, context.globals.server ?? context.env['BREAKGLASS_SERVER'])
    if (isReadableOnTheWay(server)) context.out.note(`note: ${server} is not HTTPS: the token can be read on the way`)
    const file = configPath(context.env)
    // Read before the link is spent: a file that cannot be written must not cost the invitation.
    const { value: before } = await readProfiles(file)
    const client = createClient({ server, fetch: context.fetch, now: context.now })
    const { device } = options
    const body = { code: invitation.code, ...(device === undefined ? {} : { device }) }
    const { token, person, expiresAt } = await client.call(contract.redeemInvitation, { body })
    const profile = { server, token, person: { id: person.id, name: person.name } }
    await writeProfiles(file, { v: 1, current: name, profiles: { ...before.profiles, [name]: profile } })
    if (context.out.json) context.out.document({ profile: name, server, person, expiresAt })
    context.out.lines(
      `Signed in as ${person.name}.`,
      ...facts([
        ['person', person.id],
        ['roles', person.roles.join(', ') || 'none beyond what the program names'],
        ['server', server],
        ['profile', `${name} in ${file}`],
        ['until', shortInstant(expiresAt)],
      ]),
    )
    return 0
  },
})

function nameOf(text: string): string {
  const parsed = profileName.safeParse(text)
  if (parsed.success) return parsed.data
  throw usageError(`--profile is ${parsed.error.issues[0]?.message ?? 'a name'}; found “${text}”.`)
}

/** A link says where it is good; another server given beside it is a mistake worth stopping at. */
function serverOf(fromLink: string | undefined, given: string | undefined): string {
  const wanted = given === undefined || given === '' ? undefined : serverUrl(given)
  if (fromLink !== undefined && wanted !== undefined && fromLink !== wanted) {
    throw usageError(`The link is for ${fromLink}, and --server says ${wanted}.`, 'leave --server out')
  }
  const server = fromLink ?? wanted
  if (server !== undefined) return server
  throw usageError('A code alone does not say where it is good.', 'add --server https://…, or use the whole link')
}
