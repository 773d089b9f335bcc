import { contract, type DecisionView } from '@breakglass/core/contract'
import { renderReasons } from '@breakglass/core/decide'
import { formatDuration, style } from '@breakglass/report'
import { connect } from '../client/connect.ts'
import { whichChange } from '../client/which-change.ts'
import { whichIncident } from '../client/which-incident.ts'
import { defineCommand } from '../framework/command.ts'
import { toReason } from '../views/to-reason.ts'

export const command = defineCommand({
  positionals: [
    {
      name: 'change',
      summary: 'owner/name@commit or a commit’s address; absent: what is checked out here',
      optional: true,
    },
  ],
  options: {
    gate: { type: 'list', value: 'GATE', summary: 'the gate to ask about; absent: every gate in force for the change' },
    reason: { type: 'text', summary: 'the reason you would give' },
    incident: {
      type: 'text',
      value: 'in_…',
      summary: 'the incident you would name; absent: the only one that is open; none: none',
    },
    ref: { type: 'text', value: 'BRANCH', summary: 'the branch it lands on; absent: the one checked out' },
    ttl: { type: 'duration', summary: 'how long you would want it' },
    at: { type: 'text', value: 'pt_…', summary: 'the enforcement point, where a repository has several' },
    offline: { type: 'flag', summary: 'as an offline grant' },
  },
  notes: [
    'Changes nothing and logs nothing: the same rules as open, with every rule’s reason. Ends with 1 when a gate would be refused.',
  ],
  examples: [
    {
      line: 'breakglass explain --gate payments/integration-tests',
      words: 'could I break this gate for what is checked out here, and why',
    },
    {
      line: 'breakglass explain acme/payments@4f2a91c05e6d7b8091a2b3c4d5e6f708192a3b4c --ref main --gate payments/smoke --incident in_01hz3v8k2m4n6p8q0r2s4t6v8w --json',
      words: 'the whole tree of reasons, for a program',
    },
  ],
  exits: [1, 3, 4, 5, 6],
  async run(context, { positionals: [change], options }) {
    const { client } = await connect(context)
    const which = await whichChange(context, client, { change, ref: options.ref })
    const { repository, ref, commit, authors } = which
    const inForce = async () =>
      (await client.call(contract.blockedChange, { query: { repository, ref, commit } })).gates.map(({ gate }) => gate)
    const gates = options.gate.length > 0 ? [...options.gate] : await inForce()
    if (gates.length === 0) {
      if (context.out.json) context.out.document({ decisions: [] })
      context.out.lines(`No gate is in force for ${repository} on ${ref}.`)
      return 0
    }
    const incident = await whichIncident(context, client, options.incident)
    const body = {
      gates,
      repository,
      ref,
      change: { commit },
      mode: options.offline ? ('offline' as const) : ('online' as const),
      justification: options.reason ?? 'Asked what the program would say; no reason was given.',
      ...(options.at === undefined ? {} : { at: options.at }),
      ...(incident === undefined ? {} : { incident }),
      ...(options.ttl === undefined ? {} : { ttlSeconds: options.ttl }),
      ...(authors.length === 0 ? {} : { authors }),
    }
    const { decisions } = await client.call(contract.explainGlass, { body })
    if (context.out.json) context.out.document({ decisions })
    for (const decision of decisions) context.out.lines(...decisionLines(decision), '')
    return decisions.some(({ outcome }) => outcome === 'refused') ? 1 : 0
  },
})

function decisionLines(decision: DecisionView): string[] {
  return [headline(decision), ...renderReasons(toReason(decision.reasons)).map(line => `  ${line}`)]
}

function headline({
  gate,
  outcome,
  code,
  ttlSeconds,
  uses,
  waitSeconds,
  secondPerson,
  mayApprove,
}: DecisionView): string {
  const name = style.bold(gate)
  if (outcome === 'refused') return `${name}: ${style.red('would be REFUSED')} (${code ?? 'no code'})`
  const terms = [
    ...(ttlSeconds === undefined ? [] : [`for ${formatDuration(ttlSeconds)}`]),
    ...(uses === undefined ? [] : [uses === 1 ? 'one use' : `${uses} uses`]),
  ].join(', ')
  if (outcome === 'granted') return `${name}: ${style.green('would OPEN')} ${terms}`
  const who = (mayApprove ?? []).map(one => one.name).join(', ') || 'nobody known here'
  const solo =
    secondPerson === 'wait_then_solo' && waitSeconds !== undefined
      ? `, then solo after ${formatDuration(waitSeconds)}`
      : ''
  return `${name}: ${style.yellow('would WAIT')} for a second person (${who})${solo}; ${terms}`
}
