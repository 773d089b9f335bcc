/**
 * An element. Text is only ever set as text, so what people wrote can never become markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | undefined>} [attributes]
 * @param {...(Node | string | undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.filter(child => child !== undefined))
  return element
}

/**
 * A button that does something here.
 * @param {string} text
 * @param {() => void} onClick
 * @param {Record<string, string | boolean | undefined>} [attributes]
 */
export function button(text, onClick, attributes = {}) {
  const element = h('button', { type: 'button', ...attributes }, text)
  element.addEventListener('click', onClick)
  return element
}

/**
 * The element of the page's own HTML with that id.
 * @param {string} id
 */
export function part(id) {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page has no element #${id}`)
  return element
}

/**
 * Replaces the content, and leaves the keyboard where it was: a refresh must not throw anybody off the button they are on.
 * @param {Element} parent
 * @param {readonly Node[]} children
 */
export function replaceKeepingFocus(parent, children) {
  const focused = document.activeElement
  const id = focused !== null && parent.contains(focused) ? focused.id : ''
  parent.replaceChildren(...children)
  if (id !== '') document.getElementById(id)?.focus({ preventScroll: true })
}

/**
 * @param {{ message: string, next: string } | undefined} failure
 * @param {() => void} [again]
 */
export function showFailure(failure, again) {
  const place = part('failure')
  if (failure === undefined) return place.replaceChildren()
  const words = h('p', {}, h('strong', {}, failure.message), ' ', failure.next)
  return place.replaceChildren(
    h('div', { class: 'box bad' }, words, ...(again === undefined ? [] : [button('Try again', again)])),
  )
}
