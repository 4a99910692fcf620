const $ = id => document.getElementById(id)
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" })

let chats = []
let phone = null  // whose chat is chosen
let shown = null  // whose chat is on the screen
let newest = null  // the id of the last message that any phone received
const bubbles = new Map()  // of the chat on the screen, by message id

async function call(path, body) {
  const response = await fetch(path, body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })
  const reply = await response.json()
  if (!response.ok) throw new Error(reply.error.details || reply.error.message)
  return reply
}

/** Does what the person asked for, and says it if it did not work. */
async function act(path, body) {
  try {
    await call(path, body)
    $("notice").textContent = ""
    return true
  } catch (error) {
    $("notice").textContent = `That did not work: ${error.message}`
  }
}

/** Follows the simulator for as long as the page is open. */
async function follow() {
  let path = "/simulator/state"
  for (;;) {
    try {
      const state = await call(path)
      path = `/simulator/state?after=${state.version}`
      $("notice").textContent = ""
      showState(state)
    } catch {
      path = "/simulator/state"  // a simulator that was started again counts from the beginning
      $("notice").textContent = "The simulator does not answer. Trying again…"
      await pause(1000 + 1000 * Math.random())
    }
  }
}

function showState(state) {
  chats = state.chats
  $("business").textContent = state.businessName
  $("avatar").textContent = [...state.businessName][0]
  $("number").textContent = `+${state.businessNumber}`
  $("login").href = $("login").textContent = state.loginURL
  $("invitation").hidden = false
  followNewest()
  showSwitcher()
  showChat()
}

/** A message to another of the phones comes to the front, unless the person is writing. */
function followNewest() {
  const received = chats.flatMap(chat => chat.messages.filter(isReceived).map(message => ({ ...message, phone: chat.phone })))
  const last = received.reduce((a, b) => b.time >= a.time ? b : a, { time: 0 })
  const isNew = last.id != newest
  newest = last.id
  if (!chats.some(chat => chat.phone == phone)) phone = chats[0]?.phone
  if (isNew && last.phone && !$("text").value) phone = last.phone
}

const isReceived = message => message.direction == "in"
const isUnread = message => isReceived(message) && message.status != "read"

function showSwitcher() {
  $("switcher").hidden = chats.length < 2
  $("phone").replaceChildren(...chats.map(chat => {
    const unread = chat.phone == phone ? 0 : chat.messages.filter(isUnread).length
    return new Option(`+${chat.phone}${unread ? ` · ${unread} new` : ""}`, chat.phone, false, chat.phone == phone)
  }))
}

function showChat() {
  const chat = chats.find(chat => chat.phone == phone)
  document.title = chat ? `+${phone} · Simulated phone` : "Simulated phone"
  $("empty").hidden = chat
  if (shown != phone) clearChat()
  if (!chat) return
  const before = bubbles.size
  for (const message of withAnswers(chat.messages)) showMessage(message)
  if (bubbles.size > before) scrollDown()
  markRead()
}

function scrollDown() {
  $("chat").scrollTop = $("chat").scrollHeight
}

function clearChat() {
  shown = phone
  for (const bubble of bubbles.values()) bubble.remove()
  bubbles.clear()
}

/** A tapped button is an outgoing bubble too, unless the simulator lists it itself. */
function withAnswers(messages) {
  return messages.flatMap((message, index) => {
    const { answered, id } = message
    const isListed = messages.slice(index).some(later => later.direction == "out" && later.body == answered)
    if (!answered || isListed) return message
    return [message, { id: `${id}-answer`, direction: "out", body: answered, buttons: [] }]
  })
}

function showMessage(message) {
  if (!bubbles.has(message.id)) {
    const bubble = makeBubble(message)
    bubbles.set(message.id, bubble)
    $("chat").append(bubble)
  }
  for (const button of bubbles.get(message.id).querySelectorAll("button")) button.disabled = message.answered
}

function makeBubble({ id, direction, time, header, body, footer, buttons }) {
  const bubble = make("article", { className: direction })
  bubble.dataset.messageId = id
  if (header) bubble.append(make("h2", { textContent: header }))
  bubble.append(make("p", { textContent: body, dir: "auto" }))
  if (footer) bubble.append(make("p", { textContent: footer, className: "footer" }))
  const date = new Date(time ? time * 1000 : Date.now())
  bubble.append(make("time", { textContent: clock.format(date), dateTime: date.toISOString() }))
  for (const { id: buttonId, title } of buttons) {
    const button = make("button", { textContent: title, type: "button" })
    button.dataset.buttonId = buttonId
    button.addEventListener("click", () => tap(id, buttonId))
    bubble.append(button)
  }
  return bubble
}

const make = (tag, properties) => Object.assign(document.createElement(tag), properties)

async function tap(messageId, buttonId) {
  for (const button of bubbles.get(messageId).querySelectorAll("button")) button.disabled = true
  $("chat").focus()
  await act("/simulator/tap", { phone, messageId, buttonId }) || showChat()
}

/** The person has seen what is on the screen, a moment after it came. */
async function markRead() {
  await pause(700)
  const chat = chats.find(chat => chat.phone == phone)
  if (document.visibilityState == "visible" && chat?.messages.some(isUnread)) call("/simulator/read", { phone }).catch(() => {})
}

$("phone").addEventListener("change", () => {
  phone = $("phone").value
  showSwitcher()
  showChat()
})

$("composer").addEventListener("submit", async event => {
  event.preventDefault()
  const text = $("text").value.trim()
  if (text && await act("/simulator/text", { phone: phone ?? $("own").value.replace(/\D/g, ""), text })) $("text").value = ""
})

document.addEventListener("visibilitychange", markRead)
new ResizeObserver(scrollDown).observe($("chat"))
follow()
