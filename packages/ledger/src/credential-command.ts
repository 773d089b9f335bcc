import { resolve } from 'node:path'
import { instantToMs, isInstant } from '@breakglass/verify'
import { type Command, type Flags, optional, required } from './command.ts'
import {
  addCredential,
  type CredentialFileOptions,
  endCredential,
  listCredentials,
  type NewCredential,
  rotateCredential,
} from './credential-file.ts'
import {
  bytesPerMinuteMin,
  type Credential,
  credentialId,
  credentialState,
  isCredentialName,
  limitsDefault,
  parseRights,
  type Right,
  type WriterLimits,
} from './credentials.ts'
import { LedgerError } from './errors.ts'
import { exit, type Host } from './host.ts'
import { nodeFiles } from './node-files.ts'

const graceSecondsDefault = 86_400
const graceSecondsMax = 30 * 86_400

const help = `breakglass-ledger credential add    --dir D --name N --may append|read [--until INSTANT]
                                    [--entries-per-minute N] [--bytes-per-minute N]
breakglass-ledger credential rotate --dir D --name N [--grace-seconds S]
breakglass-ledger credential end    --dir D (--name N | --id ID)
breakglass-ledger credential list   --dir D

Who may append to the ledger and who may read it. A ledger that is serving takes a change within a second, without a
restart. A new secret goes to credentials/N.secret, mode 0600: move it to who needs it, and remove it here.

  --name N                who it is for: lower-case letters, digits, . _ -
  --may RIGHTS            append (and ask for proofs), or read (all of the ledger), or append,read
  --until INSTANT         refused from then on, such as 2027-01-01T00:00:00.000Z
  --entries-per-minute N  of all that N appends; default ${limitsDefault.entriesPerMinuteMax}
  --bytes-per-minute N    at least ${bytesPerMinuteMin}; default ${limitsDefault.bytesPerMinuteMax}
  --grace-seconds S       how long the old secret still counts, up to ${graceSecondsMax}; default ${graceSecondsDefault}; 0: not at all

  breakglass-ledger credential add --dir ./ledger --name monitor --may read
  breakglass-ledger credential end --dir ./ledger --name monitor`

const text = { type: 'string' } as const
export const credentialAddCommand: Command = {
  help,
  flags: { dir: text, name: text, may: text, until: text, 'entries-per-minute': text, 'bytes-per-minute': text },
  async run(flags, host) {
    const options = optionsOf(flags, host)
    const until = untilOf(flags, host)
    const limits = limitsOf(flags)
    const added = { name: nameOf(flags), may: rightsOf(flags) }
    const made = await addCredential(options, {
      ...added,
      ...(until !== undefined && { until }),
      ...(limits !== undefined && { limits }),
    })
    return sayNew(made, host)
  },
}

export const credentialRotateCommand: Command = {
  help,
  flags: { dir: text, name: text, 'grace-seconds': text },
  async run(flags, host) {
    const graceSeconds = countOf(flags, 'grace-seconds', 0) ?? graceSecondsDefault
    if (graceSeconds > graceSecondsMax) {
      throw new LedgerError('bad_usage', `expected --grace-seconds of at most ${graceSecondsMax}`)
    }
    return sayNew(await rotateCredential(optionsOf(flags, host), nameOf(flags), graceSeconds), host)
  },
}

export const credentialEndCommand: Command = {
  help,
  flags: { dir: text, name: text, id: text },
  async run(flags, host) {
    const [name, id] = [optional(flags, 'name'), optional(flags, 'id')]
    const which = name ?? id
    if (which === undefined || (name !== undefined && id !== undefined)) {
      throw new LedgerError('bad_usage', 'expected either --name or --id; see --help')
    }
    return sayAll(await endCredential(optionsOf(flags, host), which), host)
  },
}

export const credentialListCommand: Command = {
  help,
  flags: { dir: text },
  run(flags, host) {
    return Promise.resolve(sayAll(listCredentials(optionsOf(flags, host)), host))
  },
}

function optionsOf(flags: Flags, { now, random }: Host): CredentialFileOptions {
  return { dir: resolve(required(flags, 'dir')), now, random, files: nodeFiles }
}

function sayNew({ credential, secretPath }: NewCredential, { now, out }: Host): number {
  out(JSON.stringify({ ...shown(credential, now()), secretPath }, null, 2))
  return exit.ok
}

function sayAll(credentials: readonly Credential[], { now, out }: Host): number {
  const nowMs = now()
  out(JSON.stringify({ credentials: credentials.map(credential => shown(credential, nowMs)) }, null, 2))
  return exit.ok
}

/** Without the hash, which is nobody's business. */
function shown(credential: Credential, nowMs: number): object {
  const { hash: _hash, ...rest } = credential
  return { id: credentialId(credential), ...rest, state: credentialState(credential, nowMs) }
}

function nameOf(flags: Flags): string {
  const name = required(flags, 'name')
  if (isCredentialName(name)) return name
  throw new LedgerError('bad_usage', `expected --name of lower-case letters, digits, . _ -, found ${name}`)
}

function rightsOf(flags: Flags): Right[] {
  const may = required(flags, 'may')
  const rights = parseRights(may.split(','))
  if (rights !== undefined) return rights
  throw new LedgerError('bad_usage', `expected --may append, read or append,read, found ${may}`)
}

function untilOf(flags: Flags, { now }: Host): string | undefined {
  const until = optional(flags, 'until')
  if (until === undefined || (isInstant(until) && instantToMs(until) > now())) return until
  throw new LedgerError('bad_usage', `expected --until in the future, such as 2027-01-01T00:00:00.000Z, found ${until}`)
}

function limitsOf(flags: Flags): WriterLimits | undefined {
  const entriesPerMinuteMax = countOf(flags, 'entries-per-minute', 1)
  const bytesPerMinuteMax = countOf(flags, 'bytes-per-minute', bytesPerMinuteMin)
  if (entriesPerMinuteMax === undefined && bytesPerMinuteMax === undefined) return undefined
  return {
    entriesPerMinuteMax: entriesPerMinuteMax ?? limitsDefault.entriesPerMinuteMax,
    bytesPerMinuteMax: bytesPerMinuteMax ?? limitsDefault.bytesPerMinuteMax,
  }
}

function countOf(flags: Flags, name: string, least: number): number | undefined {
  const digits = optional(flags, name)
  if (digits === undefined) return undefined
  if (/^[0-9]{1,15}$/.test(digits) && Number(digits) >= least) return Number(digits)
  throw new LedgerError('bad_usage', `expected --${name} of at least ${least}, found ${digits}`)
}
