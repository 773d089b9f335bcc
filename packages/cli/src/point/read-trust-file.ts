import { readFile } from 'node:fs/promises'
import { BreakglassError } from '@breakglass/core/errors'

/** Throws `bad_input`. What is in it is for `readTrust`. */
export async function readTrustFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new BreakglassError('bad_input', { message: `Expected trust.json at ${path}, and it cannot be read.`, cause })
  }
}
