// What all parts of the page use: its elements, the simulator behind it, and how numbers are written.

export const $ = id => document.getElementById(id)
export const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

/** A picture from the page; with a name it says something, without one it is decoration. */
export function icon(picture, name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use")
  use.setAttribute("href", `#icon-${picture}`)
  if (name) {
    svg.setAttribute("role", "img")
    svg.setAttribute("aria-label", name)
  } else {
    svg.setAttribute("aria-hidden", "true")
  }
  svg.append(use)
  return svg
}

export const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

/** Asks the simulator; what it refuses is an error with its reason. */
export async function call(path, body, method = "POST") {
  const response = await fetch(path, body && { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })
  const reply = await response.json()
  if (!response.ok) throw new Error(reply.error.details || reply.error.message)
  return reply
}

/** Tells of each state of the simulator for as long as the page is open; null: it does not answer. */
export async function follow(tell) {
  let path = "/simulator/state"
  for (;;) {
    let state = null
    try {
      state = await call(path)
    } catch { /* told below */ }
    // A simulator that was started again counts from the beginning.
    path = state ? `/simulator/state?after=${state.version}` : "/simulator/state"
    tell(state)
    if (!state) await pause(1000 + 1000 * Math.random())
  }
}

/** The digits of a number as people write it, with + or 00; null if it is none. */
export function digitsOf(text) {
  const number = text.replace(/[^\d+]/g, "").replace(/^00/, "+")
  return /^\+[1-9]\d{6,14}$/.test(number) ? number.slice(1) : null
}

/** A number as people read it. */
export const written = digits => "+" + digits.replace(/^1(\d{3})(\d{3})(\d{4})$/, "1\u00a0$1\u00a0$2\u00a0$3")
