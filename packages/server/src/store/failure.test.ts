import { BreakglassError } from '@breakglass/core/errors'
import { describe, expect, it } from 'vitest'
import { type FailureKind, isWorthRetrying, presentFailure } from './failure.ts'
import { postgresFailureOf } from './postgres/errors.ts'
import { sqliteFailureOf } from './sqlite/errors.ts'

const sqlite = (errcode: number, message = 'x') => sqliteFailureOf(Object.assign(new Error(message), { errcode }))
const postgres = (code: string, rest: object = {}) =>
  postgresFailureOf(Object.assign(new Error('x'), { code, ...rest }))

describe('error kinds', () => {
  it.each<[FailureKind, number[], string[]]>([
    ['unique', [1555, 2067], ['23505']],
    ['foreign_key', [787], ['23503']],
    ['check', [275, 1299, 3091], ['23514', '23502']],
    ['serialization', [], ['40001', '40P01']],
    ['busy', [5, 261, 517, 6], ['55P03']],
    ['disk_full', [13], ['53100']],
    ['read_only', [8, 264, 1032], ['25006']],
    ['corrupt', [11, 26, 267], ['XX001', 'XX002']],
    ['timeout', [], ['57014', '25P03']],
    [
      'unavailable',
      [10, 522, 14],
      ['08006', '28P01', '3D000', '53300', '57P01', '57P03', 'ECONNREFUSED', 'ECONNRESET'],
    ],
  ])('are %s whichever engine says it', (kind, sqliteCodes, postgresCodes) => {
    for (const code of sqliteCodes) expect(sqlite(code)).toMatchObject({ kind })
    for (const code of postgresCodes) expect(postgres(code)).toMatchObject({ kind })
  })

  it('name the constraint where the engine does', () => {
    expect(sqlite(2067, 'UNIQUE constraint failed: meta.key')).toEqual({ kind: 'unique', constraint: 'meta.key' })
    expect(postgres('23505', { constraint: 'meta_pkey' })).toEqual({ kind: 'unique', constraint: 'meta_pkey' })
  })

  it('are none for what is not the database’s', () => {
    for (const error of [new Error('x'), new TypeError('y'), 'text', undefined, new BreakglassError('conflict', 'c')]) {
      expect(sqliteFailureOf(error)).toBeUndefined()
      expect(postgresFailureOf(error)).toBeUndefined()
    }
    expect(sqlite(1)).toBeUndefined()
    expect(postgres('42601')).toBeUndefined()
    expect(postgres('ENOSPC')).toBeUndefined()
  })

  it('are retried only where somebody was faster or in the way', () => {
    const kinds: FailureKind[] = [
      'unique',
      'foreign_key',
      'check',
      'serialization',
      'busy',
      'disk_full',
      'read_only',
      'corrupt',
      'timeout',
      'unavailable',
    ]
    expect(kinds.filter(kind => isWorthRetrying({ kind }))).toEqual(['serialization', 'busy'])
  })

  it('reach callers as a conflict, as unavailable, or as the defect they are', () => {
    const cause = new Error('cause')
    const present = (kind: FailureKind) => presentFailure(cause, { kind })
    for (const kind of ['unique', 'serialization'] as const)
      expect(present(kind)).toMatchObject({ code: 'conflict', cause })
    for (const kind of ['busy', 'disk_full', 'read_only', 'corrupt', 'timeout', 'unavailable'] as const) {
      expect(present(kind)).toMatchObject({ code: 'store_unavailable', data: { kind }, cause })
    }
    for (const kind of ['check', 'foreign_key'] as const) expect(present(kind)).toBe(cause)
    expect(presentFailure(cause, undefined)).toBe(cause)
  })
})
