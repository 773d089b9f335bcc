import { contract, type ProgramVersionView } from '@breakglass/core/contract'
import { programJsonSchema } from '@breakglass/core/program'
import { connect } from '../client/connect.ts'
import { type CommandContext, defineCommand, type ExitCode } from '../framework/command.ts'
import { checkOffline, type OfflineCheck } from '../program/check-offline.ts'
import { programFileDefault, readProgramFiles } from '../program/read-files.ts'
import { sourceOf } from '../program/source.ts'
import { changeLines, remarkLines } from '../views/program.ts'

export const command = defineCommand({
  positionals: [{ name: 'file', summary: `the program; absent: ${programFileDefault}`, optional: true }],
  options: {
    remote: { type: 'flag', summary: 'check against what is registered at the server, and say what it would widen' },
    schema: { type: 'flag', summary: 'print the JSON Schema that editors check a program with, and nothing else' },
  },
  notes: [
    'Errors stop publication. Advice does not: it says what will hurt in an emergency, and what to do about it now.',
    'Ends with 0 when there is no error, with 1 when there is one. Every rule is explained in docs/program.md.',
  ],
  examples: [
    { line: 'breakglass check', words: `check ${programFileDefault}, without a server` },
    { line: 'breakglass check ops/breakglass.yaml --remote', words: 'with what is registered, before publishing' },
    { line: 'breakglass check --json', words: 'every remark with rule, file, line, reason and remedy' },
    { line: 'breakglass check --schema > program.schema.json', words: 'for an editor' },
  ],
  exits: [1, 3, 4, 6],
  async run(context, { positionals: [given], options }) {
    if (options.schema) return printSchema(context)
    const files = await readProgramFiles(context, given)
    // As it would be published: no grant opens a gate where the program itself is committed.
    const source = await sourceOf(context, given ?? programFileDefault)
    if (!options.remote) return report(context, checkOffline(files, source), 'here')
    const { client } = await connect(context)
    const body = { ...files, ...(source === undefined ? {} : { source }) }
    return report(context, await client.call(contract.checkProgram, { body }), 'remote')
  },
})

/** `class` and `changes` are there when the server answered. */
interface Checked extends OfflineCheck {
  class?: ProgramVersionView['class'] | undefined
  changes?: ProgramVersionView['changes'] | undefined
}

function report(context: CommandContext, checked: Checked, where: 'here' | 'remote'): ExitCode {
  const { ok, remarks, changes = [] } = checked
  if (context.out.json) context.out.document({ ...checked, remote: where === 'remote' })
  const errors = remarks.filter(({ level }) => level === 'error').length
  context.out.lines(
    ...remarkLines(remarks),
    ...changeLines(changes),
    ...(checked.class === undefined ? [] : [classWords[checked.class]]),
    `${count(errors, 'error')}, ${count(remarks.length - errors, 'remark')} of advice${ok ? '' : ': it could not be published'}.`,
  )
  if (where === 'here') {
    context.out.note('note: whether its repositories are registered was not checked; breakglass check --remote does')
  }
  return ok ? 0 : 1
}

function printSchema({ out }: CommandContext): ExitCode {
  const schema = programJsonSchema()
  if (out.json) out.document({ schema })
  out.lines(JSON.stringify(schema, undefined, 2))
  return 0
}

const classWords = {
  first: 'It would be the first program.',
  narrowing: 'Against the program in force: narrowing.',
  widening: 'Against the program in force: widening.',
  neutral: 'Against the program in force: nothing that the rules decide on.',
} as const

const count = (n: number, word: string) => `${n === 0 ? 'no' : n} ${word}${n === 1 ? '' : 's'}`
