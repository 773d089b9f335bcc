import { defineCommand } from '../framework/command.ts'
import { passOn } from '../launch/pass-on.ts'

export const command = defineCommand({
  positionals: [],
  options: {},
  passThrough: true,
  notes: [
    'Everything after the name goes to @breakglass/ledger as it stands; -- init --help shows its own help.',
    'Run it where neither the server’s operator nor the ledger’s has an account: a witness counts by being somebody else.',
  ],
  examples: [
    {
      line: 'breakglass witness init --dir /var/lib/breakglass-witness --name witness.acme.example/1',
      words: 'make one, and print its key',
    },
    {
      line: 'breakglass witness serve --dir /var/lib/breakglass-witness --listen 127.0.0.1:7119',
      words: 'cosign the checkpoints of the logs it knows',
    },
  ],
  exits: [1, 6],
  run: (context, { rest }) => passOn(context, '@breakglass/ledger', ['witness', ...rest]),
})
