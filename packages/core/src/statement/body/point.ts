import { z } from 'zod'
import { commitment, digest, person, repository } from './parts.ts'

/** An enforcement point that grants may name from now on. `kid` is the RFC 7638 thumbprint of its public key. */
export const pointRegistered = z.strictObject({
  by: person,
  kind: z.enum(['git_hook', 'ci', 'github']),
  enforcement: z.enum(['enforced', 'cooperative']),
  repository,
  kid: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'an RFC 7638 thumbprint'),
  name: commitment,
  /** Digest of the version of trust.json that has its key. */
  trust: digest,
})
