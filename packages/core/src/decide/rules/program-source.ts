import type { Context } from '../context.ts'
import { isProgramSource } from '../gates-in-force.ts'
import { met, type Ruling, refused, skipped } from '../ruling.ts'

/** Whoever could open a gate on the program itself could write themselves any permission. */
export function programSource({ program, request }: Context): Ruling {
  const look = {
    rule: 'program source',
    lookedAt: 'repository and ref of the request',
    wanted: "anything but the program's own source",
  }
  const { source } = program
  if (!source) return skipped({ ...look, found: 'the program has no source repository' })
  if (!isProgramSource(program, request)) return met({ ...look, found: 'another place' })
  return refused('program_source', {
    ...look,
    found: `the place where the program lives, ${source.ref}`,
    remedy: 'no grant opens a gate there; let the change pass its gates, or publish the program as a program owner',
  })
}
