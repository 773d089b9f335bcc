import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** The two services' launchers must parse on an old Node and need nothing installed, so each package has its own copy. */
const launcher = (part: 'ledger' | 'server') =>
  readFileSync(new URL(`../../packages/${part}/bin/breakglass-${part}.js`, import.meta.url), 'utf8')

/** Without what names the part: its name, and how its end is told. */
const unnamed = (text: string, part: string) =>
  text
    .replaceAll(part, 'part')
    .replaceAll(/\s*\/\/ ?/g, ' ')
    .replaceAll(/\s+/g, ' ')

it('the launchers of ledger and server are one text', () => {
  expect(unnamed(launcher('server'), 'server')).toBe(unnamed(launcher('ledger'), 'ledger'))
  expect(unnamed('a server that waits', 'server')).not.toBe(unnamed('a ledger that ends', 'ledger'))
})
