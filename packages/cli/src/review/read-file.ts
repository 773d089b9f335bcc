import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import { z } from 'zod'
import type { CommandContext } from '../framework/command.ts'

/** What a form holds, read from a JSON file, strictly: a member that no question asks for is refused. */
export async function readForm<Schema extends z.ZodType>(
  context: CommandContext,
  file: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await readFile(path.resolve(context.cwd, file), 'utf8').catch(cause => {
    throw new BreakglassError('bad_input', { message: `${file} cannot be read.`, cause })
  })
  const parsed = schema.safeParse(parseJson(text, file))
  if (parsed.success) return parsed.data
  throw new BreakglassError('bad_input', {
    message: `${file} is not of the expected form.\n${z.prettifyError(parsed.error)}`,
  })
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new BreakglassError('bad_input', { message: `${file} is not JSON.`, cause })
  }
}
