import { defineCommand } from '../framework/command.ts'
import { passOn } from '../launch/pass-on.ts'

export const command = defineCommand({
  positionals: [],
  options: {},
  passThrough: true,
  notes: ['Everything after the name goes to @breakglass/server as it stands; -- --help shows its own help.'],
  examples: [
    {
      line: 'breakglass migrate --dir /var/lib/breakglass',
      words: 'bring the server’s database to this version’s schema',
    },
  ],
  exits: [1, 6],
  run: (context, { rest }) => passOn(context, '@breakglass/server', ['migrate', ...rest]),
})
