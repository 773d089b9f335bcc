import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import { facts, style } from '@breakglass/report'
import { type Fault, parseTrust, policyHasWitnesses, type Trust } from '@breakglass/verify'
import { gapsIn, judgedBytesMax, judgeFile, type Judgement } from '../evidence/judge-file.ts'
import { type CommandContext, defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'

export const command = defineCommand({
  positionals: [{ name: 'file', summary: 'a carried grant, a statement, or an export' }],
  options: { trust: { type: 'text', value: 'trust.json', summary: 'the pinned trust.json; never fetched' } },
  notes: [
    'Needs no server and no network. Ends with 0 when everything in the file verifies, with 1 and every fault otherwise.',
    '“Erased” is no fault: personal text may be erased, and every proof stays valid.',
  ],
  examples: [
    { line: 'breakglass verify q4.json --trust trust.json', words: 'an evidence export' },
    { line: 'breakglass verify grant.bg --trust /etc/breakglass/trust.json --json', words: 'a carried grant' },
  ],
  exits: [1, 4],
  async run(context, { positionals: [file = ''], options }) {
    const trustFile = options.trust ?? context.env['BREAKGLASS_TRUST']
    if (trustFile === undefined)
      throw usageError('--trust is missing.', 'add --trust trust.json: the one you pinned, not one sent along')
    const trust = await readTrust(context, trustFile)
    const judged = judgeFile(await readBounded(context, file, judgedBytesMax), trust)
    const isSound = judged.faults.length === 0 && judged.entries.length > 0
    const count = {
      altered: countOf(judged, 'altered'),
      erased: countOf(judged, 'erased'),
      present: countOf(judged, 'present'),
    }
    if (context.out.json)
      context.out.document({ ok: isSound, organization: trust.organization, ...judged, gaps: gapsIn(judged.entries) })
    context.out.lines(
      ...summaryLines(judged, trust, count),
      ...judged.faults.flatMap(faultLines),
      verdictLine(judged, isSound),
    )
    return isSound ? 0 : 1
  },
})

async function readTrust(context: CommandContext, file: string): Promise<Trust> {
  const parsed = parseTrust(await readBounded(context, file, 262_144))
  if (parsed.ok) return parsed.value
  const words = parsed.faults.map(fault => `${fault.at}: expected ${fault.expected}, found ${fault.found}`).join('\n')
  throw new BreakglassError('bad_evidence', {
    message: `${file} is not a trust.json:\n${words}`,
    data: { faults: parsed.faults },
  })
}

async function readBounded(context: CommandContext, file: string, bytesMax: number): Promise<string> {
  const full = path.resolve(context.cwd, file)
  try {
    const { size } = await stat(full)
    if (size > bytesMax)
      throw new BreakglassError('too_large', `${file} has ${size} bytes; at most ${bytesMax} are read.`)
    return await readFile(full, 'utf8')
  } catch (cause) {
    if (cause instanceof BreakglassError) throw cause
    throw new BreakglassError('not_found', { message: `${file} cannot be read.`, cause })
  }
}

const countOf = ({ texts }: Judgement, state: string) => texts.filter(text => text.state === state).length

function summaryLines({ format, entries, texts }: Judgement, trust: Trust, count: Record<string, number>): string[] {
  const notUnderstood = entries.filter(({ understood }) => !understood).length
  const indexes = entries.map(({ index }) => index)
  return facts([
    [
      'file',
      { carried: 'carried grant', export: 'export', statement: 'one statement', unknown: 'not readable' }[format],
    ],
    ['organization', trust.organization],
    [
      'verified',
      `${entries.length} statements${notUnderstood === 0 ? '' : `, of which ${notUnderstood} are sound and of a kind not judged further here`}`,
    ],
    ['ledger', indexes.length === 0 ? undefined : spanOf(indexes)],
    [
      'texts',
      texts.length === 0
        ? undefined
        : `${count['present']} present, ${count['erased']} erased, ${count['altered']} altered`,
    ],
    ['missing', format === 'export' ? missingWords(entries) : undefined],
    [
      'witnesses',
      policyHasWitnesses(trust.policy) ? 'a quorum cosigned' : 'none in the trust policy: the log’s word alone',
    ],
  ])
}

const gapsShownMax = 5

/** Where a subject's chain does not begin here, or breaks off and goes on. */
function missingWords(entries: Judgement['entries']): string | undefined {
  const gaps = gapsIn(entries)
  if (gaps.length === 0) return undefined
  const shown = gaps.slice(0, gapsShownMax).map(({ subject, seq }) => `${subject} #${seq}`)
  const more = gaps.length > shown.length ? `, and ${gaps.length - shown.length} more` : ''
  return `statements that were made and are not in this file: from ${shown.join(', ')} on${more}`
}

/** Not by spreading: an export may hold more entries than a call may have arguments. */
function spanOf(indexes: readonly number[]): string {
  const low = indexes.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY)
  const high = indexes.reduce((one, other) => Math.max(one, other), 0)
  return low === high ? `entry #${low}` : `entries #${low} to #${high}`
}

function faultLines({ code, family, at, expected, found }: Fault): string[] {
  const kind = family === 'policy' ? 'sound, but does not fit' : 'not sound'
  return [`${style.red('FAULT')} ${code} (${kind}) at ${at}`, `      expected ${expected}`, `      found    ${found}`]
}

function verdictLine({ entries, faults }: Judgement, isSound: boolean): string {
  if (isSound) return style.green('VERIFIED: everything in this file is signed, logged and unaltered')
  if (faults.length === 0 && entries.length === 0) return style.red('NOT VERIFIED: there is no statement in this file')
  return style.red(`NOT VERIFIED: ${faults.length === 1 ? '1 fault' : `${faults.length} faults`}`)
}
