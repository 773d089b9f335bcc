import { resolve } from 'node:path'
import { type Command, optional, required } from './command.ts'
import { readText } from './config.ts'
import { LedgerError } from './errors.ts'
import { exit } from './host.ts'
import { nodeFiles } from './node-files.ts'
import { restoreLedger } from './sinks/restore.ts'

export const restoreCommand: Command = {
  help: `breakglass-ledger restore --from MIRROR --dir D --key-file FILE --vkey V

Verifies a whole mirror (every entry, every checkpoint's signature and root) and makes a ledger of it in D, which must be
empty or absent. Signs nothing. Prints JSON; the credentials are new. Go on from it only when the old ledger will never
sign again, and when no witness, gate or server knows more entries than it holds.

  --from MIRROR         the directory a sink has filled
  --dir D               the new ledger's directory
  --key-file FILE       the ledger's signing key, as it was backed up
  --vkey V              the key everyone has pinned; the file must be its other half
  --policy FILE         tlog-policy that the newest checkpoint must meet; becomes the new ledger's policy
  --checkpoint FILE     a checkpoint of this log found elsewhere, when entries lie above the mirror's newest
  --leave-out-unproven  leave those entries out instead: only when nobody can have seen them

  breakglass-ledger restore --from /mnt/vault/ledger --dir ./ledger --key-file ledger.key --vkey "log.example+1a2b3c4d+AT…"`,
  flags: {
    from: { type: 'string' },
    dir: { type: 'string' },
    'key-file': { type: 'string' },
    vkey: { type: 'string' },
    policy: { type: 'string' },
    checkpoint: { type: 'string' },
    'leave-out-unproven': { type: 'boolean' },
  },
  async run(flags, { now, random, out }) {
    const dir = resolve(required(flags, 'dir'))
    const restored = await restoreLedger({
      from: resolve(required(flags, 'from')),
      dir,
      key: textOf(required(flags, 'key-file')),
      vkey: required(flags, 'vkey'),
      policy: textOfOptional(optional(flags, 'policy')),
      checkpoint: textOfOptional(optional(flags, 'checkpoint')),
      leaveOutUnproven: flags['leave-out-unproven'] === true,
      now,
      random,
    })
    out(JSON.stringify({ dir, ...restored }, null, 2))
    return exit.ok
  },
}

function textOf(path: string): string {
  const text = readText(nodeFiles, resolve(path))
  if (text === undefined) throw new LedgerError('bad_usage', `expected a file at ${path}, found none`)
  return text
}

function textOfOptional(path: string | undefined): string | undefined {
  return path === undefined ? undefined : textOf(path)
}
