import { resolve } from 'node:path'
import { type Command, optional, required } from './command.ts'
import { exit } from './host.ts'
import { initLedger } from './init.ts'

export const initCommand: Command = {
  help: `breakglass-ledger init --dir D [--origin NAME]

Makes a ledger in D, which must be empty or absent: the signing key, the origin (the log's name, for good), and two
credentials: "server" may append and ask for proofs, "reader" may read. Prints JSON with the vkey to pin in trust.json
and the files that hold the secrets, each mode 0600. Move each secret to who needs it, and remove it here.

  --dir D        the ledger's directory
  --origin NAME  1 to 255 bytes, no white space, no +; default breakglass.local/ and 12 random characters

  breakglass-ledger init --dir /var/lib/breakglass-ledger --origin ledger.acme.example/breakglass
  breakglass-ledger init --dir ./ledger`,
  flags: { dir: { type: 'string' }, origin: { type: 'string' } },
  async run(flags, { now, random, out }) {
    const origin = optional(flags, 'origin')
    const made = await initLedger({
      dir: resolve(required(flags, 'dir')),
      now,
      random,
      ...(origin === undefined ? {} : { origin }),
    })
    const credentials = made.credentials.map(({ name, may, secretPath }) => ({ name, may, secretPath }))
    out(JSON.stringify({ dir: made.dir, origin: made.origin, vkey: made.vkey, credentials }, null, 2))
    return exit.ok
  },
}
