import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

export interface NamedDatabase {
  name: string
  url: string
}

/** Makes a database of its own name, empty or as a copy of `template`. */
export async function createDatabase(
  serverUrl: string,
  purpose: string,
  template = 'template0',
): Promise<NamedDatabase> {
  const name = `breakglass_${purpose}_${randomBytes(6).toString('hex')}`
  await asAdmin(serverUrl, client => client.query(`create database ${name} template ${template}`))
  return { name, url: withDatabase(serverUrl, name) }
}

/** Also when connections to it are still open: a test may have killed a process in the middle. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await asAdmin(serverUrl, client => client.query(`drop database if exists ${name} with (force)`))
}

/** Runs on one connection of its own, outside the store. */
export async function asAdmin<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  // A test may end the server's side of it.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
