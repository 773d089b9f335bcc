/** A job of a CI file that may be a gate's check. */
export interface CiJob {
  file: string
  job: string
}

/**
 * Names of jobs in a GitHub Actions workflow or a `.gitlab-ci.yml`, read by their indentation alone: this is a
 * suggestion that a person edits, not a reading of YAML. Anything unusual yields fewer jobs, never a failure.
 */
export function jobsOf(file: string, text: string): CiJob[] {
  const lines = text.split(/\r?\n/)
  const names = file.endsWith('.gitlab-ci.yml') ? gitlabJobs(lines) : githubJobs(lines)
  return [...new Set(names)].map(job => ({ file, job }))
}

const keyPattern = /^( *)(["']?)([A-Za-z0-9_][A-Za-z0-9_ :./-]{0,99}?)\2:(?:\s.*)?$/

function githubJobs(lines: readonly string[]): string[] {
  const start = lines.findIndex(line => /^jobs:\s*(#.*)?$/.test(line))
  if (start === -1) return []
  const names: string[] = []
  let depth: number | undefined
  for (const line of lines.slice(start + 1)) {
    if (/^\s*(#.*)?$/.test(line)) continue
    const indent = line.length - line.trimStart().length
    if (indent === 0) break
    depth ??= indent
    const name = indent === depth ? keyPattern.exec(line)?.[3] : undefined
    if (name !== undefined) names.push(name)
  }
  return names
}

/** Top-level words of GitLab that are no jobs. A job whose name begins with a dot is a template. */
const gitlabWords = new Set([
  'default',
  'include',
  'stages',
  'variables',
  'workflow',
  'image',
  'services',
  'cache',
  'before_script',
  'after_script',
  'pages',
  'spec',
])

function gitlabJobs(lines: readonly string[]): string[] {
  return lines.flatMap(line => {
    const [, indent, , name] = keyPattern.exec(line) ?? []
    return name === undefined || indent !== '' || gitlabWords.has(name) ? [] : [name]
  })
}
