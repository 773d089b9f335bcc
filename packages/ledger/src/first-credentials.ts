import { join } from 'node:path'
import { msToInstant } from '@breakglass/verify'
import { credentialFor, formatCredentials, formatSecret, type Right } from './credentials.ts'
import type { NewFile } from './durable-files.ts'
import type { Layout } from './layout.ts'

/** Who gets a credential of a new ledger: the access server, and whoever only looks (an auditor, a monitor). */
const holders: { name: string; may: Right[] }[] = [
  { name: 'server', may: ['append'] },
  { name: 'reader', may: ['read'] },
]

const secretMode = 0o600

export interface FirstCredential {
  name: string
  may: Right[]
  secret: string
  /** Where the secret lies, mode 0600, until it is carried to its holder. */
  secretPath: string
}

/** The credentials of a new ledger, and the files that hold their hashes and their secrets. */
export function firstCredentials(
  layout: Layout,
  random: (bytes: number) => Uint8Array,
  nowMs: number,
): { credentials: FirstCredential[]; files: NewFile[] } {
  const credentials = holders.map(({ name, may }) => {
    return { name, may, secret: formatSecret(random(32)), secretPath: join(layout.secrets, `${name}.secret`) }
  })
  const hashed = credentials.map(({ name, secret, may }) => credentialFor(name, secret, may, msToInstant(nowMs)))
  const files = [
    { path: layout.credentials, text: formatCredentials(hashed) },
    ...credentials.map(({ secretPath, secret }) => ({ path: secretPath, text: `${secret}\n` })),
  ]
  return {
    credentials,
    files: files.map(({ path, text }) => ({ path, bytes: Buffer.from(text, 'utf8'), mode: secretMode })),
  }
}
