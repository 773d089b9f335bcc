import {
  decodeUtf8,
  openCheckpoint,
  parseTrustPolicy,
  parseVkey,
  type TrustPolicy,
  type VerifiedCheckpoint,
} from '@breakglass/verify'
import { type Flags, optional, required } from '../command.ts'
import { ownPolicy } from '../config.ts'
import { LedgerError } from '../errors.ts'
import { readArgument } from './argument.ts'
import { type LogSource, openSource, readSecret } from './source.ts'
import { VerifiedTree } from './verified-tree.ts'

/** A log and what it takes to believe it. */
export interface LogReader {
  source: LogSource
  policy: TrustPolicy
}

/** The flags `openLogFrom` reads. */
export const logFlags = {
  log: { type: 'string' },
  policy: { type: 'string' },
  vkey: { type: 'string' },
  'secret-file': { type: 'string' },
} as const

/** `--log`, `--policy` or `--vkey`, `--secret-file`. Code: `bad_usage`. */
export function openLogFrom(flags: Flags): LogReader {
  const secretFile = optional(flags, 'secret-file')
  const source = openSource(required(flags, 'log'), secretFile === undefined ? undefined : readSecret(secretFile))
  return { source, policy: policyFrom(flags) }
}

/** The newest checkpoint, signed and cosigned as the policy wants. Codes: `log_not_verified`, `unreachable`. */
export async function readCheckpoint({ source, policy }: LogReader): Promise<VerifiedCheckpoint> {
  const bytes = await source.get('checkpoint')
  if (bytes === undefined) throw new LedgerError('unreachable', `${source.where} has no checkpoint`)
  const opened = openCheckpoint(decodeUtf8(bytes) ?? '', policy)
  if (opened.ok) return opened.value
  const remarks = opened.faults.map(({ code, expected, found }) => `${code}: expected ${expected}, found ${found}`)
  throw new LedgerError('log_not_verified', `the checkpoint of ${source.where}: ${remarks.join('; ')}`)
}

const readingsMax = 5

/** A checkpoint and its tree; a copy that moves between the two readings is read again. */
export async function readTree(reader: LogReader): Promise<{ checkpoint: VerifiedCheckpoint; tree: VerifiedTree }> {
  for (let reading = 1; ; reading++) {
    const checkpoint = await readCheckpoint(reader)
    try {
      return { checkpoint, tree: await VerifiedTree.open(reader.source, checkpoint) }
    } catch (error) {
      const moved = (await readCheckpoint(reader)).note !== checkpoint.note
      if (!moved || reading === readingsMax) throw error
    }
  }
}

function policyFrom(flags: Flags): TrustPolicy {
  const vkey = optional(flags, 'vkey')
  const path = optional(flags, 'policy')
  if ((vkey === undefined) === (path === undefined)) throw new LedgerError('bad_usage', 'expected --policy or --vkey')
  if (path === undefined) return policyOfKey(vkey ?? '')
  const policy = parseTrustPolicy(readArgument(path))
  if (policy.ok) return policy.value
  const [first] = policy.faults
  throw new LedgerError('bad_usage', `${path}, ${first?.at}: expected ${first?.expected}, found ${first?.found}`)
}

function policyOfKey(vkey: string): TrustPolicy {
  if (parseVkey(vkey).ok) return ownPolicy(vkey)
  throw new LedgerError('bad_usage', 'expected --vkey to be a verifier key <name>+<8 hex digits>+<base64>')
}
