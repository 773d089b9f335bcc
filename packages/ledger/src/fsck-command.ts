import { resolve } from 'node:path'
import { checkLedger, type LedgerReport } from './check.ts'
import { type Command, required } from './command.ts'
import { exit } from './host.ts'

export const fsckCommand: Command = {
  help: `breakglass-ledger fsck --dir D [--json]

Verifies the whole ledger again from its bundles and its key: every leaf hash, tile and root, the signature, the index,
the journal. Reads only; may run beside a ledger that is being served. Exit status 0 when all is sound, 1 when not.

  --dir D  the ledger's directory
  --json   one JSON object instead of words

  breakglass-ledger fsck --dir /var/lib/breakglass-ledger
  breakglass-ledger fsck --dir ./ledger --json`,
  flags: { dir: { type: 'string' }, json: { type: 'boolean' } },
  async run(flags, { out }) {
    const report = checkLedger(resolve(required(flags, 'dir')))
    if (flags['json'] === true) out(JSON.stringify(report))
    else for (const line of describe(report)) out(line)
    return report.ok ? exit.ok : exit.no
  },
}

function describe(report: LedgerReport): string[] {
  const head = `${report.origin}: ${report.size} entries, root ${report.root}`
  const behind = report.unindexed > 0 ? [`${report.unindexed} not in the index yet; the next start catches up`] : []
  const faults = report.faults.map(({ code, at, message }) => `${code} ${at}: ${message}`)
  return [head, ...behind, ...faults, report.ok ? 'sound' : `NOT SOUND: ${faults.length} faults`]
}
