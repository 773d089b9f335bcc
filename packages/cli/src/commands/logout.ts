import { BreakglassError } from '@breakglass/core/errors'
import { configPath, readProfiles, writeProfiles } from '../client/profiles.ts'
import { defineCommand } from '../framework/command.ts'

export const command = defineCommand({
  positionals: [],
  options: {},
  notes: [
    'Forgets the token on this machine. The token itself stays valid until it expires; an administrator ends it with breakglass person reinvite or end.',
  ],
  examples: [
    { line: 'breakglass logout', words: 'forget the current profile' },
    { line: 'breakglass logout --profile work', words: 'forget another' },
  ],
  exits: [3],
  async run(context) {
    const file = configPath(context.env)
    const { value } = await readProfiles(file)
    const name = context.globals.profile ?? (context.env['BREAKGLASS_PROFILE'] || (value.current ?? 'default'))
    const { [name]: gone, ...left } = value.profiles
    if (gone === undefined) throw new BreakglassError('not_signed_in', `There is no profile “${name}” here.`)
    const [next] = Object.keys(left).sort()
    const current = value.current === name ? next : value.current
    await writeProfiles(file, { v: 1, ...(current === undefined ? {} : { current }), profiles: left })
    if (context.out.json) context.out.document({ profile: name, current: current ?? null })
    context.out.lines(
      `Forgot the token of ${gone.person.name} at ${gone.server}.`,
      current === undefined ? 'Nobody is signed in here any more.' : `The current profile is ${current}.`,
    )
    return 0
  },
})
