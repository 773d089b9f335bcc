import { defineCommand } from '../framework/command.ts'
import { passOn } from '../launch/pass-on.ts'

export const command = defineCommand({
  positionals: [],
  options: {},
  passThrough: true,
  notes: [
    'Everything after the name goes to @breakglass/ledger as it stands; -- --help shows its own help.',
    'Run it on another account or machine than the server: a log that the server’s operator holds is not out-of-band.',
  ],
  examples: [
    { line: 'breakglass ledger serve --dir /var/lib/breakglass-ledger --listen 127.0.0.1:7118', words: 'run the log' },
  ],
  exits: [1, 6],
  run: (context, { rest }) => passOn(context, '@breakglass/ledger', rest),
})
