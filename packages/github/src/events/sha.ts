/** A commit as the forge spells it, from `sha1:…` or `sha256:…` of a grant. */
export const shaOf = (commit: string): string => commit.replace(/^sha(?:1|256):/, '')

/** A commit as statements spell it. */
export const commitOf = (sha: string): string => (sha === '' ? '' : `sha${sha.length === 64 ? '256' : '1'}:${sha}`)
