import { type AnyEndpoint, contract } from '@breakglass/core/contract'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

type Route = Pick<AnyEndpoint, 'id' | 'method' | 'path' | 'params'>

const namesIn = (path: string) => [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name).toSorted()

/** What a schema of path parameters takes, by name; `undefined` where it is no plain object. */
function keysOf(params: z.ZodType | undefined): string[] | undefined {
  if (params === undefined) return []
  return params instanceof z.ZodObject ? Object.keys(params.shape).toSorted() : undefined
}

/** Everything wrong with the contract as such, in words. */
function wrongRoutes(routes: Record<string, Route>): string[] {
  const taken = new Map<string, string>()
  return Object.entries(routes).flatMap(([key, { id, method, path, params }]) => {
    // Two paths that differ only in a parameter's name are one address.
    const address = `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`
    const other = taken.get(address)
    taken.set(address, key)
    const names = namesIn(path)
    const keys = keysOf(params)
    return [
      ...(id === key ? [] : [`${key} calls itself ${id}`]),
      ...(other === undefined ? [] : [`${key} and ${other} are both ${address}`]),
      ...(keys?.join() === names.join()
        ? []
        : [`${key}: ${path} against parameters ${keys?.join() ?? 'of no object'}`]),
    ]
  })
}

describe('the contract', () => {
  it('names each route by its key, gives each an address of its own, and says what its parameters are', () => {
    expect(wrongRoutes(contract)).toEqual([])
  })

  const show: Route = { id: 'show', method: 'get', path: '/things/{id}', params: z.strictObject({ id: z.string() }) }
  it.each([
    ['another id than its key', { show: { ...show, id: 'display' } }],
    ['two routes at one address', { show, read: { ...show, id: 'read', path: '/things/{id}' } }],
    ['a parameter that the path lacks', { show: { ...show, path: '/things' } }],
    ['a parameter that the schema lacks', { show: { ...show, params: undefined } }],
    ['a parameter of another name', { show: { ...show, path: '/things/{thing}' } }],
  ])('and this test sees %s', (_, routes) => {
    expect(wrongRoutes(routes as Record<string, Route>)).toHaveLength(1)
  })
})
