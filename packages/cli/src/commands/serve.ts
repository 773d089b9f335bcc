import { defineCommand } from '../framework/command.ts'
import { passOn } from '../launch/pass-on.ts'

export const command = defineCommand({
  positionals: [],
  options: {},
  passThrough: true,
  notes: ['Everything after the name goes to @breakglass/server as it stands; -- --help shows its own help.'],
  examples: [
    {
      line: 'breakglass serve --dir /var/lib/breakglass --listen 127.0.0.1:7117',
      words: 'run the access server in the foreground',
    },
  ],
  exits: [1, 6],
  run: (context, { rest }) => passOn(context, '@breakglass/server', ['serve', ...rest]),
})
