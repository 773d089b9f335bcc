import type { Path } from './position.ts'
import type { Finding } from './remarks.ts'
import { ownersWord } from './resolve-people.ts'
import { type Registry, resolveRepositories } from './resolve-repositories.ts'
import type { ResolvedGate } from './resolved.ts'
import type { GateSource, ProgramFile, TemplateSource } from './source.ts'
import { nearest } from './suggest.ts'

export interface GateContext {
  name: string
  path: Path
  program: ProgramFile
  registry: Registry
  findings: Finding[]
}

const fallbackAfterSecondsDefault = 300
const fallbackTtlSecondsDefault = 1800

/** One gate with its template applied and its defaults filled in; `undefined` when something it needs is missing. */
export function resolveGate(written: GateSource, context: GateContext): ResolvedGate | undefined {
  const { name, program } = context
  const gate = withTemplate(written, context)
  if (!gate) return undefined
  const owner = gate.owner ?? ownersWord
  const boundary = needed(gate.boundary, 'boundary', 'merge, deploy or operate', context)
  const gateClass = needed(gate.class, 'class', 'control, quality or advisory', context)
  const on = resolveOn(gate, context)
  const passes = passesBy(gate, context)
  const breakGlass = resolveBreakGlass(gate, owner, context)
  if (!boundary || !gateClass || !on || !passes || !breakGlass) return undefined
  const whenItCannotRun = resolveFallback(gate, owner, context)
  return {
    name,
    boundary,
    class: gateClass,
    protects: gate.protects ?? '',
    on,
    passes,
    owner,
    whenUnavailable: resolveUnavailable(gate),
    breakGlass,
    ...(whenItCannotRun && { whenItCannotRun }),
    timezone: gate.timezone ?? program.timezone,
  }
}

/** The gate's own keys win; `on` and `break_glass` are joined key by key, and so the way it passes is taken whole. */
function withTemplate(gate: GateSource, { path, program, findings }: GateContext): TemplateSource | undefined {
  const { use, ...own } = gate
  if (use === undefined) return own
  const templates = program.templates ?? {}
  const template = Object.hasOwn(templates, use) ? templates[use] : undefined
  if (!template) {
    const meant = nearest(use, Object.keys(templates))
    const remedy = meant ? `did you mean ${meant}?` : 'define it under templates'
    findings.push({ rule: 'unknown_reference', path: [...path, 'use'], reason: `there is no template ${use}`, remedy })
    return undefined
  }
  const { check, reviews, approval, ...rest } = template
  const passes = own.check ?? own.reviews ?? own.approval
  return {
    ...rest,
    ...(passes === undefined && { check, reviews, approval }),
    ...own,
    on: { ...template.on, ...own.on },
    break_glass: bothObjects(template.break_glass, own.break_glass),
  }
}

function bothObjects(
  template: TemplateSource['break_glass'],
  own: TemplateSource['break_glass'],
): TemplateSource['break_glass'] {
  if (own === undefined) return template
  return own === 'never' || template === 'never' ? own : { ...template, ...own }
}

function needed<T>(value: T | undefined, key: string, words: string, { path, findings }: GateContext): T | undefined {
  if (value === undefined) {
    const reason = `${key.split('.').at(-1)} is missing`
    findings.push({ rule: 'missing_key', path: [...path, ...key.split('.')], reason, remedy: `write ${words}` })
  }
  return value
}

function resolveOn({ boundary, on = {} }: TemplateSource, context: GateContext): ResolvedGate['on'] | undefined {
  const { path, registry, findings } = context
  const branches = boundary === 'operate' ? (on.branches ?? ['**']) : (on.branches ?? [])
  const { repositories = [] } = on
  const missing = [
    ...(Array.isArray(repositories) && repositories.length === 0 ? ['repository'] : []),
    ...(branches.length === 0 ? ['branch'] : []),
  ]
  if (missing.length > 0) {
    const reason = `it names no ${missing.join(' and no ')}, so it is in force nowhere`
    const remedy = 'write on: { repositories: [acme/payments], branches: [main] }'
    findings.push({ rule: 'gate_nowhere', path: [...path, 'on'], reason, remedy })
    return undefined
  }
  const resolved = resolveRepositories(repositories, { path: [...path, 'on', 'repositories'], registry, findings })
  return { repositories: resolved, branches: [...new Set(branches)].sort() }
}

function passesBy(gate: TemplateSource, { path, findings }: GateContext): ResolvedGate['passes'] | undefined {
  const ways: ResolvedGate['passes'][] = [
    ...(gate.check === undefined ? [] : [{ kind: 'check' as const, check: gate.check }]),
    ...(gate.reviews === undefined ? [] : [{ kind: 'reviews' as const, count: gate.reviews }]),
    ...(gate.approval === undefined ? [] : [{ kind: 'approval' as const, environment: gate.approval }]),
  ]
  if (ways.length === 1) return ways[0]
  const reason =
    ways.length === 0
      ? 'it says nothing by which it passes'
      : `it passes by ${ways.map(({ kind }) => kind).join(' and ')}`
  const remedy = 'keep one of check, reviews, approval; make another gate for another'
  findings.push({ rule: 'gate_passes_by_one_way', path, reason, remedy })
  return undefined
}

function resolveUnavailable({ when_unavailable }: TemplateSource): ResolvedGate['whenUnavailable'] {
  if (when_unavailable === undefined || when_unavailable === 'closed') return { kind: 'closed' }
  return { kind: 'pass', forSeconds: when_unavailable.pass.for }
}

/** What decides over safety is written out, never defaulted: who, with which incident, with whom, for how long. */
function resolveBreakGlass(
  { break_glass }: TemplateSource,
  owner: string,
  context: GateContext,
): ResolvedGate['breakGlass'] | undefined {
  const terms = needed(break_glass, 'break_glass', 'never, or who may break it and how', context)
  if (terms === undefined) return undefined
  if (terms === 'never') return { kind: 'never' }
  const who = needed(terms.who, 'break_glass.who', 'who may break it', context)
  const incident = needed(terms.incident, 'break_glass.incident', 'optional, or { at_least: SEV2 }', context)
  const second = needed(terms.second_person, 'break_glass.second_person', 'required, none, or { wait: 5m }', context)
  const ttlSeconds = needed(terms.ttl, 'break_glass.ttl', 'how long a grant lives, such as 30m', context)
  if (!who || incident === undefined || second === undefined || ttlSeconds === undefined) return undefined
  return {
    kind: 'allowed',
    who: unique(who),
    approvers: unique(terms.approvers ?? [...who, owner]),
    bots: unique(terms.bots ?? []),
    ...(incident !== 'optional' && { incidentAtLeast: incident.at_least }),
    secondPerson: typeof second === 'string' ? { kind: second } : { kind: 'wait', waitSeconds: second.wait },
    ttlSeconds,
    uses: terms.uses ?? 1,
    offline: terms.offline ?? false,
  }
}

/** A safety net has a way in for when it cannot run, unless the program says never. */
function resolveFallback(
  { break_glass, when_it_cannot_run }: TemplateSource,
  owner: string,
  { path, program, findings }: GateContext,
): ResolvedGate['whenItCannotRun'] {
  if (break_glass !== 'never') {
    if (when_it_cannot_run !== undefined) {
      const reason = 'the gate may be broken, and its break_glass holds also when it cannot run'
      const remedy = 'leave when_it_cannot_run out, or make the gate a safety net: break_glass: never'
      findings.push({ rule: 'fallback_on_breakable_gate', path: [...path, 'when_it_cannot_run'], reason, remedy })
    }
    return undefined
  }
  if (when_it_cannot_run === 'never') return undefined
  const { after, who = [owner], approvers = [ownersWord, owner], ttl } = when_it_cannot_run ?? {}
  return {
    afterSeconds: after ?? program.unavailable_after ?? fallbackAfterSecondsDefault,
    who: unique(who),
    approvers: unique(approvers),
    ttlSeconds: ttl ?? fallbackTtlSecondsDefault,
  }
}

const unique = (refs: readonly string[]) => [...new Set(refs)].sort()
