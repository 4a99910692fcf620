// The chat on the screen: bubbles as a messenger shows them.

import { $, icon, make, pause, written } from "/simulator.js"

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" })
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "long" })
const steps = { sending: "Being sent", sent: "Sent", delivered: "Delivered", refused: "Not taken" }
const calm = matchMedia("(prefers-reduced-motion: reduce)")

const bubbles = new Map()  // by message id
const awaited = new Map()  // whether a message that came while one looked on is still being typed, by its id
let shown = null           // whose chat is on the screen
let lastDay = null
let business = ""

/** Shows a chat; `tap` is called with the ids of a message and of its button. */
export function showChat(phone, messages, businessName, tap) {
  business = businessName
  const isOther = shown != phone
  if (isOther || [...bubbles.keys()].some(id => !messages.some(message => message.id == id))) clear(phone)
  // A chat that is opened is not news, so that a screen reader does not read all of it.
  $("chat").ariaBusy = isOther
  if (!isOther) awaitNew(messages)
  const before = bubbles.size
  for (const message of messages) if (!awaited.get(message.id)) showMessage(message, messages, tap)
  showTyping()
  if (bubbles.size > before || isOther) scrollDown()
  $("chat").ariaBusy = false
}

export const scrollDown = () => $("chat").scrollTop = $("chat").scrollHeight
export const isTyping = () => [...awaited.values()].includes(true)

function clear(phone) {
  shown = phone
  lastDay = null
  awaited.clear()
  bubbles.clear()
  for (const element of $("chat").querySelectorAll("article, .day")) element.remove()
}

/** What comes while one looks on is typed for a moment first. */
function awaitNew(messages) {
  if (calm.matches || document.visibilityState != "visible") return awaited.clear()
  for (const { id, direction } of messages) {
    if (direction != "in" || bubbles.has(id) || awaited.has(id)) continue
    awaited.set(id, true)
    pause(900).then(() => {
      if (awaited.has(id)) awaited.set(id, false)
      document.dispatchEvent(new Event("typed"))
    })
  }
}

function showTyping() {
  $("presence").textContent = isTyping() ? "typing…" : "online"
  if ($("typing").hidden == !isTyping()) return
  $("typing").hidden = !isTyping()
  scrollDown()
}

function showMessage(message, messages, tap) {
  if (!bubbles.has(message.id)) {
    showDay(message.time)
    const bubble = makeBubble(message, messages, tap)
    bubbles.set(message.id, bubble)
    $("typing").before(bubble)
  }
  update(bubbles.get(message.id), message)
}

/** What changes while a bubble stands: its tick, its buttons, its reaction. */
function update(bubble, { direction, status, refusal, answered, reaction }) {
  for (const button of bubble.querySelectorAll("button")) button.disabled = answered
  bubble.querySelector(".reaction")?.remove()
  if (reaction) bubble.append(make("p", { className: "reaction", textContent: reaction, role: "img", ariaLabel: `Reaction: ${reaction}` }))
  if (direction != "out" || bubble.dataset.status == status) return
  bubble.dataset.status = status
  const name = refusal ? `${steps[status]} by the business: ${refusal}` : steps[status]
  bubble.querySelector(".tick").replaceChildren(icon(status, name))
  bubble.querySelector(".refusal").textContent = refusal ? `Not taken: ${refusal}` : ""
}

function showDay(time) {
  const date = new Date(time * 1000)
  if (date.toDateString() == lastDay) return
  lastDay = date.toDateString()
  const yesterday = new Date(Date.now() - 86_400_000).toDateString()
  const name = lastDay == new Date().toDateString() ? "Today" : lastDay == yesterday ? "Yesterday" : calendar.format(date)
  $("typing").before(make("p", { className: "day" }, make("span", { textContent: name })))
}

function makeBubble(message, messages, tap) {
  const { id, direction, kind, time, header, body, footer, buttons, quoted } = message
  const bubble = make("article", { className: direction })
  bubble.dataset.messageId = id
  bubble.dataset.kind = kind
  const date = new Date(time * 1000)
  const meta = make("p", { className: "meta" }, make("time", { textContent: clock.format(date), dateTime: date.toISOString() }))
  if (direction == "out") meta.append(make("span", { className: "tick" }))
  const text = make("p", { className: "text", dir: "auto" }, ...formatted(body))
  if (kind == "card") text.replaceChildren(icon("person"), make("span", { textContent: `Contact: ${written(body.slice(1))}` }))
  if (kind == "image") text.prepend(icon("image", "Picture"))
  const paper = make("div", { className: "paper" })
  if (quoted) paper.append(quotation(messages.find(other => other.id == quoted)))
  if (header) paper.append(make("p", { className: "header", textContent: header, dir: "auto" }))
  paper.append(text)
  if (footer) paper.append(make("p", { className: "footer", textContent: footer, dir: "auto" }))
  paper.append(meta)
  bubble.append(paper)
  if (direction == "out") bubble.append(make("p", { className: "refusal" }))
  if (buttons.length) bubble.append(make("div", { className: "buttons" }, ...buttons.map(button => makeButton(id, kind, button, tap))))
  return bubble
}

function makeButton(messageId, kind, { id, title }, tap) {
  const button = make("button", { type: "button" }, icon(kind == "contactRequest" ? "person" : "reply"), make("span", { textContent: title, dir: "auto" }))
  button.dataset.buttonId = id
  button.addEventListener("click", () => tap(messageId, id))
  return button
}

function quotation(message) {
  const name = message?.direction == "out" ? "You" : business
  return make("blockquote", {}, make("strong", { textContent: name }), make("p", { dir: "auto" }, ...formatted(message?.body ?? "An older message")))
}

const marks = { "*": "strong", _: "em", "~": "s" }

/** The text with its *bold*, _slanted_ and ~struck~ parts. */
export function formatted(text) {
  const parts = []
  let end = 0
  for (const found of text.matchAll(/(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}])/gu)) {
    parts.push(text.slice(end, found.index), make(marks[found[1]], { textContent: found[2] }))
    end = found.index + found[0].length
  }
  return [...parts, text.slice(end)]
}
