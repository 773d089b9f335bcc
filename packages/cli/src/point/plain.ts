const charactersMax = 600

/** Text from outside made fit for a terminal: one line, bounded, without control and bidirectional characters. */
export function plain(text: string): string {
  const clean = text.replaceAll(/\p{Cc}+/gu, ' ').replaceAll(/\p{Cf}/gu, '')
  return clean.length > charactersMax ? `${clean.slice(0, charactersMax)}…` : clean
}
