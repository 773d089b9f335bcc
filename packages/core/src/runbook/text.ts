export const columnsMax = 80

/** Breaks at spaces so that a line fits a page; a word that is too long by itself (a link) stays whole. */
export function wrap(text: string, indent: { first: string; rest: string }): string[] {
  const lines: string[] = []
  let line = indent.first
  let isEmpty = true
  for (const word of text.split(/\s+/).filter(word => word !== '')) {
    if (!isEmpty && line.length + 1 + word.length > columnsMax) {
      lines.push(line)
      line = indent.rest
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return isEmpty ? lines : [...lines, line]
}

const labelWidth = 16

/** `label           words`, wrapped under the words. */
export function labelled(label: string, text: string): string[] {
  const margin = '  '
  const rest = margin + ' '.repeat(labelWidth)
  return wrap(text, { first: margin + label.padEnd(labelWidth), rest })
}

export function paragraph(text: string): string[] {
  return wrap(text, { first: '', rest: '' })
}

export function step(number: number, text: string): string[] {
  return wrap(text, { first: `${number}. `, rest: '   ' })
}

/** What is typed. One that is too wide goes on after a backslash, which a shell takes back when it is pasted. */
export function command(text: string): string[] {
  const margin = ' '.repeat(5)
  const end = ' \\'
  const lines: string[] = []
  let line = ''
  for (const part of text.split(/ (?=--)/)) {
    const longer = line === '' ? margin + part : `${line} ${part}`
    if (line === '' || longer.length + end.length <= columnsMax) line = longer
    else {
      lines.push(line + end)
      line = `${margin}  ${part}`
    }
  }
  return ['', ...lines, line, '']
}

export const heading = (text: string, underline: '=' | '-'): string[] => [
  text,
  underline.repeat(Math.min(text.length, columnsMax)),
]
