import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { contract } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { facts } from '@breakglass/report'
import { parseStatement } from '@breakglass/verify'
import type { Client } from '../client/client.ts'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'

export const command = defineCommand({
  positionals: [{ name: 'id', summary: 'a statement (s_…), or a grant, review, incident … for its whole chain' }],
  options: { out: { type: 'text', value: 'FILE', summary: 'write what breakglass verify reads' } },
  notes: [
    'Shows what was signed, as it was signed. It is not verified here: breakglass verify does that, with your own trust.json.',
  ],
  examples: [
    { line: 'breakglass show s_01hz3v8k2m4n6p8q0r2s4t6v8w', words: 'one statement' },
    {
      line: 'breakglass show g_01hz3v8k2m4n6p8q0r2s4t6v8w --out grant.json',
      words: 'all that was said of a grant, as a file',
    },
  ],
  exits: [3, 4, 6],
  async run(context, { positionals: [id = ''], options }) {
    const { client } = await connect(context)
    const { document, statements } = await fetchShown(client, id)
    if (options.out !== undefined) {
      await writeFile(path.resolve(context.cwd, options.out), `${JSON.stringify(document, undefined, 2)}\n`, {
        mode: 0o600,
      })
      context.out.note(`Written to ${options.out}; check it with: breakglass verify ${options.out} --trust trust.json`)
    }
    if (context.out.json) context.out.document(document)
    for (const jws of statements) context.out.lines(...statementLines(jws), '')
    return 0
  },
})

async function fetchShown(client: Client, id: string): Promise<{ document: unknown; statements: string[] }> {
  if (id.startsWith('s_')) {
    const shown = await client.call(contract.showStatement, { params: { sid: id } })
    return { document: shown, statements: [shown.logged.statement] }
  }
  const chain = await client.call(contract.subjectStatements, { params: { id } })
  return { document: chain, statements: chain.entries.map(({ statement }) => statement) }
}

function statementLines(jws: string): string[] {
  const parsed = parseStatement(jws)
  if (!parsed.ok) {
    throw new BreakglassError('bad_evidence', {
      message: 'The server showed something that is no statement.',
      data: { faults: parsed.faults },
    })
  }
  const { envelope, leaf, kid } = parsed.value
  const { kind, sid, at, subject, seq, body } = envelope
  return [
    `${kind}  ${at}`,
    ...facts([
      ['sid', sid],
      ['subject', `${subject}, number ${seq}`],
      ['leaf', leaf],
      ['signed by', kid],
      ['body', JSON.stringify(body, undefined, 2)],
    ]).map(line => `  ${line}`),
  ]
}
