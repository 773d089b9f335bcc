import { type Command, optional, required } from './command.ts'
import { exit } from './host.ts'
import { readArgument } from './reading/argument.ts'
import { findEntry } from './reading/find-entry.ts'
import { logFlags, openLogFrom, readTree } from './reading/log-reader.ts'
import { explain } from './show/explain.ts'
import { explanationLines } from './show/words.ts'

export const showCommand: Command = {
  help: `breakglass-ledger show <index | s_… | sha256:…> --log URL|DIR (--policy FILE | --vkey V)

Explains one entry: what it states, the path from it to the signed root, the checkpoint, and who cosigned it and when. Everything is
verified up to the signature; the log is not trusted.

  --log          the log's address, its directory, or a copy of its tree/
  --policy FILE  tlog-policy: the log's key, its witnesses, the quorum;  --vkey V  the log's key alone
  --secret-file  a file with a read credential, for an address
  --trust FILE   a pinned trust.json: says whether the statement's own signature holds
  --json         one JSON object

  breakglass-ledger show 41 --log ./ledger --vkey V
  breakglass-ledger show s_01hz3v8k2m4n6p8q0r2s4t6v8w --log ./copy/tree --policy policy --trust trust.json`,
  positional: 'entry',
  flags: { ...logFlags, entry: { type: 'string' }, trust: { type: 'string' }, json: { type: 'boolean' } },
  async run(flags, host) {
    const name = required(flags, 'entry')
    const trustFile = optional(flags, 'trust')
    const trustText = trustFile === undefined ? undefined : readArgument(trustFile)
    const reader = openLogFrom(flags)
    const { checkpoint, tree } = await readTree(reader)
    const { index, entry } = await findEntry(tree, checkpoint.size, name)
    const { path } = await tree.prove(index, checkpoint.note)
    const explanation = explain({ index, entry, path, checkpoint, policy: reader.policy, trustText })
    if (flags['json'] === true) host.out(JSON.stringify(explanation))
    else for (const line of explanationLines(explanation)) host.out(line)
    return exit.ok
  },
}
