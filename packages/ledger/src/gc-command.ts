import { resolve } from 'node:path'
import { type Command, required } from './command.ts'
import { collectGarbage } from './gc/collect-garbage.ts'
import { exit } from './host.ts'

export const gcCommand: Command = {
  help: `breakglass-ledger gc --dir D [--dry-run] [--json]

Removes partial tiles and bundles that a wider or full one has replaced. Those of the checkpoint, of the settled size and of
the published size before stay; so does everything that a second sink does not hold yet. May run beside a
ledger that is being served.

  --dir D    the ledger's directory
  --dry-run  only says what would go
  --json     one JSON object

  breakglass-ledger gc --dir /var/lib/breakglass-ledger --dry-run`,
  flags: { dir: { type: 'string' }, 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } },
  async run(flags, { out }) {
    const dryRun = flags['dry-run'] === true
    const garbage = collectGarbage({ dir: resolve(required(flags, 'dir')), dryRun })
    const { removed, keptSizes } = garbage
    if (flags['json'] === true) out(JSON.stringify({ ...garbage, below: garbage.below, dryRun }))
    else out(`${removed.length} files ${dryRun ? 'would go' : 'removed'}; kept those of sizes ${keptSizes.join(', ')}`)
    return exit.ok
  },
}
