/** Whether a text holds an ASCII control character (below U+0020) other than those allowed. */
export function hasControl(text: string, allowed: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) < 0x20 && !allowed.includes(text.charAt(index))) return true
  }
  return false
}
