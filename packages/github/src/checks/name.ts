/** The name of our check run of a gate: what a branch has to require, pinned to our app (docs/github.md "The gate on GitHub"). */
export const checkNameOf = (gate: string): string => `gate/${gate}`

export const gateOfCheck = (name: string): string | undefined => /^gate\/(.+)$/.exec(name)?.[1]
