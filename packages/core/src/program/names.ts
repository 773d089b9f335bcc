import { z } from 'zod'

/**
 * The small shapes that the contract shares with the resolved program, apart from it: a command line that opens one gate
 * should not have to make the schemas of whole programs first.
 */
export const gateNamePattern = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/
export const gateName = z.string().max(128).regex(gateNamePattern, 'a gate name such as payments/integration-tests')

export const repositoryId = z.strictObject({
  forge: z.string().min(1).max(32),
  host: z.string().min(1).max(253),
  id: z.string().min(1).max(128),
})
export type RepositoryIdValue = z.infer<typeof repositoryId>

/** SEV1 is the gravest. */
export const severities = ['SEV1', 'SEV2', 'SEV3', 'SEV4', 'SEV5'] as const
export const severity = z.enum(severities)
export type Severity = z.infer<typeof severity>
