import { contract, type ProgramVersionView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { usageError } from '../framework/usage-error.ts'
import type { Client } from './client.ts'

const digitsMin = 8

/** A version by its digest or the beginning of it (at least eight digits), or by its number. Throws `not_found`, `usage`. */
export async function whichProgram(client: Client, given: string): Promise<ProgramVersionView> {
  const { versions } = await client.call(contract.listPrograms, {})
  const digits = given
    .replace(/^sha256:/, '')
    .replace(/…$/, '')
    .toLowerCase()
  const isNumber = /^\d{1,7}$/.test(given)
  if (!isNumber && !new RegExp(`^[0-9a-f]{${digitsMin},64}$`).test(digits)) {
    throw usageError(
      `A program is named by its digest (at least ${digitsMin} digits) or its version; found “${given}”.`,
    )
  }
  const found = versions.filter(({ version, digest }) =>
    isNumber ? version === Number(given) : digest.startsWith(`sha256:${digits}`),
  )
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  throw new BreakglassError('not_found', {
    message:
      only === undefined
        ? `No program is known as “${given}”.`
        : `“${given}” is the beginning of ${found.length} digests.`,
    data: { next: 'breakglass program list shows them' },
  })
}
