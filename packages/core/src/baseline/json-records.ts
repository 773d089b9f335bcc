/** A record longer than this is none that a forge writes; it is passed over and counted. */
const recordLengthMax = 4 * 1024 * 1024

const [quote, backslash, open, close, newline] = [0x22, 0x5c, 0x7b, 0x7d, 0x0a]
const opening = new Set([...'[:,'].map(one => one.charCodeAt(0)))
const between = new Set([...' \t\r\n,[]\ufeff'].map(one => one.charCodeAt(0)))

/**
 * The objects of a JSON array, of lines of JSON, of pages one after another, or of an array of pages, out of text that comes
 * in pieces: in memory is one record at a time. What cannot be read is counted and passed over, up to the next record.
 */
export class JsonRecords {
  /** Records that were cut off, too long, or no JSON. */
  unreadable = 0
  #kept = ''
  #depth = 0
  #inString = false
  #escaped = false
  /** The last character that was no space: what tells a nested object from the beginning of the next record. */
  #before = 0
  /** Between records, something stood that belongs to none; told once until the next one begins. */
  #astray = false

  /** To be called after the last piece. */
  end(): void {
    if (this.#depth > 0) this.#giveUp()
  }

  *push(piece: string): Generator<unknown> {
    let start = this.#depth > 0 ? 0 : -1
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at)
      if (this.#depth === 0) {
        if (code === open) start = this.#begin(at)
        else this.#isBetween(code)
      } else if (this.#inString) {
        // No string of JSON holds a newline: this one was never closed.
        if (code === newline) this.#giveUp()
        else this.#within(code)
      } else if (code === open && !opening.has(this.#before)) {
        this.#giveUp()
        start = this.#begin(at)
      } else if (this.#step(code)) {
        const text = this.#kept + piece.slice(start, at + 1)
        this.#kept = ''
        yield* this.#read(text)
      }
    }
    if (this.#depth > 0) this.#keep(piece.slice(Math.max(0, start)))
  }

  #begin(at: number): number {
    this.#kept = ''
    this.#depth = 1
    this.#before = open
    this.#astray = false
    return at
  }

  #isBetween(code: number): void {
    if (between.has(code) || this.#astray) return
    this.#astray = true
    this.unreadable += 1
  }

  #within(code: number): void {
    if (this.#escaped) this.#escaped = false
    else if (code === backslash) this.#escaped = true
    else if (code === quote) this.#inString = false
  }

  /** Whether the record ends here. */
  #step(code: number): boolean {
    if (code <= 0x20) return false
    this.#before = code
    if (code === quote) this.#inString = true
    else if (code === open) this.#depth += 1
    else if (code === close) this.#depth -= 1
    return this.#depth === 0
  }

  #keep(text: string): void {
    // What is too long is no longer kept, but still followed to its end.
    if (this.#kept.length <= recordLengthMax) this.#kept += text
  }

  #giveUp(): void {
    this.unreadable += 1
    this.#kept = ''
    this.#depth = 0
    this.#inString = false
    this.#escaped = false
    // What is left of its line belongs to it.
    this.#astray = true
  }

  *#read(text: string): Generator<unknown> {
    if (text.length > recordLengthMax) {
      this.unreadable += 1
      return
    }
    try {
      yield JSON.parse(text)
    } catch {
      this.unreadable += 1
    }
  }
}
