import { resolve } from 'node:path'
import { formatClosingEntry } from './closing-entry.ts'
import { type Command, required } from './command.ts'
import { isOrigin, readIdentity } from './config.ts'
import { LedgerError } from './errors.ts'
import { exit } from './host.ts'
import { layoutOf } from './layout.ts'
import { openLedger } from './ledger.ts'
import { nodeFiles } from './node-files.ts'

export const closeCommand: Command = {
  help: `breakglass-ledger close --dir D --successor ORIGIN --yes

Appends the closing entry, signed by the log: nothing comes after it, and whoever appends is told the successor. Cannot be
undone. The ledger must not be served meanwhile.

  --dir D             the ledger's directory
  --successor ORIGIN  the origin of the log to go on with
  --yes               really

  breakglass-ledger close --dir ./ledger --successor ledger.acme.example/2 --yes`,
  flags: { dir: { type: 'string' }, successor: { type: 'string' }, yes: { type: 'boolean' } },
  async run(flags, { now, out }) {
    const dir = resolve(required(flags, 'dir'))
    const successor = required(flags, 'successor')
    if (!isOrigin(successor)) throw new LedgerError('bad_usage', 'expected an origin without white space and plus')
    if (flags['yes'] !== true) throw new LedgerError('bad_usage', 'closing cannot be undone; say --yes')
    const { config, signer } = readIdentity(nodeFiles, layoutOf(dir))
    if (successor === config.origin) throw new LedgerError('bad_usage', 'a log cannot succeed itself')
    const ledger = await openLedger({ dir, now })
    try {
      const before = ledger.closing
      if (before !== undefined) throw new LedgerError('closed', `closed already; its successor is ${before.successor}`)
      const entry = formatClosingEntry({ origin: config.origin, successor }, text => signer.sign(text))
      const [logged] = await ledger.append([entry])
      out(JSON.stringify({ closed: config.origin, successor, index: logged?.index, leaf: logged?.leaf }))
    } finally {
      await ledger.close()
    }
    return exit.ok
  },
}
