import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { initLedger, openLedger } from '@breakglass/ledger'
import { formatStatement, parseBundle, parseStatement, type Statement } from '@breakglass/verify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { account, makePayments, type Payments, verdict } from '../support/payments.ts'
import { bins, type Run, run } from '../support/processes.ts'
import { stolenSigner } from './attack-support/forge.ts'

/**
 * The actor who edits the log. First the person who broke the glass, then the server's administrator with its database and
 * its host, then the ledger's operator each try to soften the record. Each try is prevented, or detected and named, by
 * somebody who has nothing but what an auditor has: a pinned trust.json, a reader's credential, and the vault.
 */
describe('somebody tries to soften the record', () => {
  let acme: Installation
  let payments: Payments
  let fix: string
  let grant: string
  /** What the auditor has kept since before anybody tried anything. */
  let pinned: string
  let genuine: Export

  beforeAll(async () => {
    acme = await install('sqlite', { witnesses: { count: 3, needed: 2 }, hasVault: true })
    payments = await makePayments(acme)
    await acme.json(['incident', 'open', '--severity', 'SEV1', 'payments down'], { as: 'lee' })
    fix = await payments.commit('fix')
    await payments.report('payments/smoke', fix, 'pass')
    grant = await open(fix)
    expect(await payments.push()).toMatchObject({ code: 0 })
    await acme.breakglass(['review', 'answer', ...account], { as: 'ana' })
    await acme.breakglass(['review', 'sign', ...verdict], { as: 'lee' })
    pinned = join(acme.dir, 'pinned-trust.json')
    writeFileSync(pinned, readFileSync(acme.trustFile))
    genuine = await evidence()
    expect(await verified(genuine)).toMatchObject({ code: 0 })
  })
  afterAll(() => acme.stop())

  interface Export {
    rows: unknown[]
    counts: { uses: number }
    entries: { statement: string; proof: string }[]
    texts: { commit: string; salt: string; text: string }[]
  }

  async function open(commit: string): Promise<string> {
    const asked = flags({ ref: 'main', gate: 'payments/tests', reason: 'the fix waits behind a flaky test' })
    const { grants } = await acme.json<{ grants: { id: string }[] }>(['open', `acme/payments@${commit}`, ...asked], {
      as: 'ana',
    })
    return grants[0]!.id
  }

  const evidence = async () => (await payments.evidence()) as unknown as Export

  /** As an auditor does it: the file, the pinned trust, no server. */
  async function verified(file: unknown): Promise<Run> {
    const path = join(acme.dir, 'evidence.json')
    writeFileSync(path, JSON.stringify(file))
    return await acme.breakglass(['verify', path, '--trust', pinned])
  }

  async function foundIn(file: unknown): Promise<string> {
    const { code, stdout, stderr } = await verified(file)
    expect(code, stdout + stderr).toBe(1)
    return stdout + stderr
  }

  const ledgerUrl = () => String(acme.ledger.ready['url'])
  const secretOf = (name: string) =>
    readFileSync(join(acme.dir, 'ledger', 'credentials', `${name}.secret`), 'utf8').trim()
  const atLedger = (path: string, secret: string, init: RequestInit = {}) =>
    fetch(`${ledgerUrl()}${path}`, { ...init, headers: { Authorization: `Bearer ${secret}` } })

  const kindOf = (jws: string) => statementOf(jws).envelope.kind
  function statementOf(jws: string): Statement {
    const parsed = parseStatement(jws)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
    return parsed.value
  }

  describe('the person who broke the glass', () => {
    it('finds nothing in the API that removes or changes what is on the record', async () => {
      const token = await acme.token('ana')
      const paths = [`/glass/${grant}`, '/evidence', `/subjects/${grant}/statements`, '/reviews', '/statements']
      for (const path of paths) {
        for (const method of ['DELETE', 'PUT', 'PATCH']) {
          const headers = { Authorization: `Bearer ${token}` }
          const { status } = await fetch(`${acme.url}/api/v1${path}`, { method, headers })
          expect([method, path, status]).toEqual([method, path, expect.toBeOneOf([404, 405])])
        }
      }
    })

    it('cannot sign the review of the use, nor tell it otherwise once it is signed', async () => {
      expect((await acme.breakglass(['review', 'sign', ...verdict], { as: 'ana' })).code).not.toBe(0)
      expect((await acme.breakglass(['review', 'answer', ...account], { as: 'ana' })).code).not.toBe(0)
    })

    it('is nobody to the ledger', async () => {
      const token = await acme.token('ana')
      expect((await atLedger('/append', token, { method: 'POST', body: 'it never happened' })).status).toBe(401)
      expect((await atLedger('/tile/entries/000.p/1', token)).status).toBe(401)
    })

    it('stands on the record as before', async () => {
      const now = await evidence()
      expect(now.rows).toEqual(genuine.rows)
      expect(await verified(now)).toMatchObject({ code: 0 })
    })
  })

  describe("the server's administrator, with its database and its host", () => {
    type Undo = (database: DatabaseSync) => void

    /** Something done to the database while the server stands, looked at when it runs again, and undone. */
    async function withDatabase<T>(change: (database: DatabaseSync) => Undo, look: () => Promise<T>): Promise<T> {
      const undo = await inDatabase(change)
      try {
        return await look()
      } finally {
        await inDatabase(undo)
      }
    }

    async function inDatabase<T>(act: (database: DatabaseSync) => T): Promise<T> {
      await acme.server.stop()
      const database = new DatabaseSync(join(acme.dir, 'server', 'breakglass.db'), {
        enableForeignKeyConstraints: false,
      })
      const done = act(database)
      database.close()
      await acme.startServer()
      return done
    }

    function takeOut(database: DatabaseSync, table: string, where: string, value: string): Undo {
      const rows = database.prepare(`select * from ${table} where ${where}`).all(value)
      database.prepare(`delete from ${table} where ${where}`).run(value)
      return again => {
        for (const row of rows) {
          const columns = Object.keys(row)
          const places = columns.map(() => '?').join(', ')
          again.prepare(`insert into ${table} (${columns.join(', ')}) values (${places})`).run(...Object.values(row))
        }
      }
    }

    it('has no key of the ledger and may not even read what is in it', async () => {
      expect(readdirSync(join(acme.dir, 'server'))).not.toContain('ledger.key')
      expect((await atLedger('/tile/entries/000.p/1', secretOf('server'))).status).toBe(403)
    })

    it('rewrites the reason: the text is told as altered', async () => {
      const say = (text: string, instead: string) => (database: DatabaseSync) =>
        void database.prepare('update sealed_text set text = ? where text = ?').run(text, instead)
      const [said, softer] = ['the fix waits behind a flaky test', 'a drill']
      const found = await withDatabase(
        database => {
          say(softer, said)(database)
          return say(said, softer)
        },
        async () => foundIn(await evidence()),
      )
      expect(found).toMatch(/altered/)
    })

    it('rewrites the statement and signs it with the key of the server: it is not the one in the ledger', async () => {
      const signer = await stolenSigner(acme)
      const found = await withDatabase(
        database => {
          const { jws, sid } = database
            .prepare("select jws, sid from statement where kind = 'glass.used' and subject = ?")
            .get(grant) as { jws: string; sid: string }
          const { envelope, log, typ } = statementOf(jws)
          const earlier = { ...envelope, at: envelope.at.replace(/^\d{4}/, '2025') as typeof envelope.at }
          const forged = formatStatement(earlier, { log, signer, typ })
          const put = (text: string) => (to: DatabaseSync) =>
            void to.prepare('update statement set jws = ? where sid = ?').run(text, sid)
          put(forged)(database)
          return put(jws)
        },
        async () => foundIn(await evidence()),
      )
      expect(found).toMatch(/not_included/)
    })

    it('takes one statement out of its chain: verify says from where on something is missing', async () => {
      expect((await verified(genuine)).stdout).not.toContain('missing')
      const found = await withDatabase(
        database => takeOut(database, 'statement', "kind = 'glass.requested' and subject = ?", grant),
        async () => await verified(await evidence()),
      )
      expect(found.stdout).toContain(`statements that were made and are not in this file: from ${grant} #1 on`)
    })

    it('takes the whole use out of the database: the ledger, which an auditor reads, still has all of it', async () => {
      const left = await withDatabase(
        database => {
          const undone = [
            takeOut(database, 'glass_use', 'grant_id = ?', grant),
            takeOut(database, 'review', 'grant_id = ?', grant),
            takeOut(database, 'glass', 'id = ?', grant),
            takeOut(database, 'statement', 'subject = ?', grant),
          ]
          return again => {
            for (const undo of undone.reverse()) undo(again)
          }
        },
        async () => await evidence().catch(() => undefined),
      )
      const told = left?.entries.map(({ statement }) => statement) ?? []
      const missing = (await logged()).filter(jws => statementOf(jws).envelope.subject === grant && !told.includes(jws))
      expect(missing.map(kindOf)).toEqual(expect.arrayContaining(['glass.granted', 'glass.used', 'glass.shut']))
    })

    it('has a better story logged in the same place of the chain: two at one place are told', async () => {
      const signer = await stolenSigner(acme)
      const used = genuine.entries.find(({ statement }) => kindOf(statement) === 'glass.used')!
      const { envelope, log, typ } = statementOf(used.statement)
      const sid = `${envelope.sid.slice(0, -1)}${envelope.sid.endsWith('0') ? '1' : '0'}` as typeof envelope.sid
      const story = formatStatement({ ...envelope, sid }, { log, signer, typ })
      const answer = await atLedger('/append', secretOf('server'), { method: 'POST', body: story })
      const { entries } = (await answer.json()) as { entries: { proof: string }[] }
      const retold = genuine.entries.map(entry =>
        entry === used ? { statement: story, proof: entries[0]!.proof } : entry,
      )
      // Instead of the genuine one the chain breaks behind it; beside it there are two of one number.
      expect(await foundIn({ ...genuine, entries: retold })).toMatch(/prev/)
      const both = [...genuine.entries, { statement: story, proof: entries[0]!.proof }]
      expect(await foundIn({ ...genuine, entries: both })).toMatch(/seq/)
    })
  })

  /** Every entry, as a reader's credential gets them. */
  async function logged(): Promise<string[]> {
    const { size } = (await (await fetch(`${ledgerUrl()}/healthz`)).json()) as { size: number }
    const answer = await atLedger(`/tile/entries/000.p/${size}`, secretOf('reader'))
    const bundle = parseBundle(new Uint8Array(await answer.arrayBuffer()))
    if (!bundle.ok) throw new Error(JSON.stringify(bundle.faults))
    return bundle.value.map(entry => Buffer.from(entry).toString('utf8'))
  }

  describe("the ledger's operator, with its key", () => {
    const ledgerDir = () => join(acme.dir, 'ledger')
    let entries: string[]
    let kept: string

    beforeAll(async () => {
      entries = await logged()
      await acme.server.stop()
      await acme.ledger.stop()
      kept = `${ledgerDir()}.kept`
      cpSync(ledgerDir(), kept, { recursive: true })
    })

    async function restoreKept(): Promise<void> {
      rmSync(ledgerDir(), { recursive: true })
      cpSync(kept, ledgerDir(), { recursive: true })
    }

    const fsck = () => run(process.execPath, [bins.ledger, 'fsck', '--dir', ledgerDir()])

    it('changes a word where it lies: fsck names the bundle, and the ledger does not start', async () => {
      const bundle = join(ledgerDir(), 'tree', 'tile', 'entries', `000.p`)
      const [name = ''] = readdirSync(bundle).sort((a, b) => Number(b) - Number(a))
      const path = join(bundle, name)
      const bytes = readFileSync(path)
      bytes[bytes.length - 20]! ^= 1
      rmSync(path)
      writeFileSync(path, bytes)
      expect(await fsck()).toMatchObject({ code: 1, stdout: expect.stringContaining('000.p') })
      await expect(acme.startLedger()).rejects.toThrow(/tree_damaged/)
      await restoreKept()
    })

    /** A log without the use, whole in itself and signed with the real key. */
    async function rewrite({ withPolicy }: { withPolicy: boolean }): Promise<void> {
      const origin = JSON.parse(readFileSync(join(kept, 'ledger.json'), 'utf8')).origin
      rmSync(ledgerDir(), { recursive: true })
      await initLedger({ dir: ledgerDir(), origin, now: Date.now })
      for (const name of ['ledger.key', 'credentials.json', 'credentials', 'sinks.json', 'sinks']) {
        cpSync(join(kept, name), join(ledgerDir(), name), { recursive: true })
      }
      const forged = await openLedger({ dir: ledgerDir(), now: Date.now })
      const without = entries.filter(jws => kindOf(jws) !== 'glass.used')
      // As many as there were, so that nothing looks shorter.
      const filled = [...without, ...Array.from({ length: entries.length - without.length }, (_, at) => `filler ${at}`)]
      await forged.append(filled.map(jws => Buffer.from(jws))).catch(() => undefined)
      await forged.close()
      if (withPolicy) cpSync(join(kept, 'policy'), join(ledgerDir(), 'policy'))
    }

    it('writes the log anew without the use and signs it: sound by itself, and no witness goes along', async () => {
      await rewrite({ withPolicy: true })
      expect(await fsck()).toMatchObject({ code: 0 })
      await expect(acme.startLedger()).rejects.toThrow(/witness_disagrees|rolled_back/)
    })

    it('does without the witnesses: the vault stops, and no server and no gate takes its word', async () => {
      await rewrite({ withPolicy: false })
      await acme.startLedger()
      const answer = await atLedger('/append', secretOf('server'), { method: 'POST', body: 'anything' })
      expect(await answer.text()).toContain('sinks_behind')
      expect(acme.ledger.log()).toContain('mirror_differs')
      await acme.startServer()
      await expect(open(await payments.commit('never'))).rejects.toThrow(/ledger_unavailable/)
      await acme.server.stop()
      await acme.ledger.stop()
      await restoreKept()
    })

    it('brings back yesterday: a witness remembers more, and the ledger does not start', async () => {
      await acme.startLedger()
      await acme.startServer()
      const next = await payments.commit('next')
      await open(next)
      await acme.server.stop()
      await acme.ledger.stop()
      cpSync(ledgerDir(), `${ledgerDir()}.newest`, { recursive: true })
      await restoreKept()
      await expect(acme.startLedger()).rejects.toThrow(/rolled_back/)
      rmSync(ledgerDir(), { recursive: true })
      renameSync(`${ledgerDir()}.newest`, ledgerDir())
    })

    it('burns it all: the vault gives the same log back, with the use in it', async () => {
      const restored = join(acme.dir, 'restored')
      const vkey = String(acme.ledger.ready['vkey'])
      const from = flags({ from: join(acme.dir, 'vault'), dir: restored, vkey })
      const key = flags({ 'key-file': join(kept, 'ledger.key') })
      const said = await run(process.execPath, [bins.ledger, 'restore', ...from, ...key])
      expect(said.code, said.stderr).toBe(0)
      for (const name of ['credentials.json', 'credentials', 'policy', 'sinks.json', 'sinks']) {
        rmSync(join(restored, name), { recursive: true, force: true })
        cpSync(join(ledgerDir(), name), join(restored, name), { recursive: true })
      }
      rmSync(ledgerDir(), { recursive: true })
      renameSync(restored, ledgerDir())
      await acme.startLedger()
      await acme.startServer()
      expect((await logged()).slice(0, entries.length)).toEqual(entries)
      const now = await evidence()
      expect(await verified(now)).toMatchObject({ code: 0 })
      expect(now.counts.uses).toBe(genuine.counts.uses)
    })
  })
})
