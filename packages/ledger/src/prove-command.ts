import fs from 'node:fs'
import { checkInclusion, formatDigest, hashLeaf } from '@breakglass/verify'
import { type Command, type Flags, optional } from './command.ts'
import { LedgerError } from './errors.ts'
import { exit } from './host.ts'
import { readArgumentBytes } from './reading/argument.ts'
import { findEntry } from './reading/find-entry.ts'
import { logFlags, openLogFrom, readTree } from './reading/log-reader.ts'

export const proveCommand: Command = {
  help: `breakglass-ledger prove --log URL|DIR (--policy FILE | --vkey V) (--index N | --leaf sha256:… | --entry FILE)

Prints a C2SP tlog-proof that the entry is in the log, verified before it is printed. All that the proof rests on is
checked up to the signed root; the log is not trusted.

  --log          the log's address, its directory, or a copy of its tree/
  --policy FILE  tlog-policy: the log's key, its witnesses, the quorum;  --vkey V  the log's key alone
  --secret-file  a file with a read credential, for an address
  --entry FILE   the exact bytes of the entry
  --out FILE     writes the proof there (not over a file);  --json  one JSON object

  breakglass-ledger prove --log ./ledger --vkey V --index 41 --out grant.tlog-proof`,
  flags: {
    ...logFlags,
    index: { type: 'string' },
    leaf: { type: 'string' },
    entry: { type: 'string' },
    out: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run(flags, { out }) {
    const name = nameFrom(flags)
    const { checkpoint, tree } = await readTree(openLogFrom(flags))
    const { index, entry } = await findEntry(tree, checkpoint.size, name)
    const { path, proof } = await tree.prove(index, checkpoint.note)
    const hash = hashLeaf(entry)
    if (!checkInclusion(index, checkpoint.size, hash, path, checkpoint.root)) {
      throw new LedgerError('log_not_verified', `entry ${index} does not prove under the signed root`)
    }
    const file = optional(flags, 'out')
    if (file !== undefined) fs.writeFileSync(file, proof, { flag: 'wx' })
    if (flags['json'] === true) out(JSON.stringify({ index, leaf: formatDigest(hash), size: checkpoint.size, proof }))
    else if (file === undefined) out(proof.trimEnd())
    return exit.ok
  },
}

function nameFrom(flags: Flags): string {
  const file = optional(flags, 'entry')
  const names = [optional(flags, 'index'), optional(flags, 'leaf')].filter(name => name !== undefined)
  if (file !== undefined) names.push(formatDigest(hashLeaf(readArgumentBytes(file))))
  const [name] = names
  if (name !== undefined && names.length === 1) return name
  throw new LedgerError('bad_usage', 'expected one of --index, --leaf and --entry')
}
