// The list of phones, and adding one to it.

import { formatted } from "/chat.js"
import { $, call, digitsOf, make, written } from "/simulator.js"

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" })
const rows = new Map()  // by phone

export const isUnread = message => message.direction == "in" && message.status != "read"
export const unreadIn = chat => chat.messages.filter(isUnread).length

/** Shows the phones, that with the latest news first. */
export function showChats(state, chosen) {
  const chats = [...state.chats].sort((a, b) => b.activity - a.activity)
  $("welcome").hidden = chats.length
  for (const [phone, row] of rows) {
    if (chats.some(chat => chat.phone == phone)) continue
    row.remove()
    rows.delete(phone)
  }
  chats.forEach((chat, place) => {
    const row = rows.get(chat.phone) ?? makeRow(chat.phone)
    // Moving a row takes the focus away, so only those that have to move do.
    if ($("chats").children[place] != row) $("chats").insertBefore(row, $("chats").children[place])
    update(row, chat, chat.phone == chosen)
  })
  $("more").hidden = state.chatCount <= chats.length
  $("more").textContent = `The latest ${chats.length} of ${state.chatCount} phones`
}

function makeRow(phone) {
  const link = make("a", { href: `#${phone}` },
    make("span", { className: "face", textContent: phone.slice(-2), ariaHidden: "true" }),
    make("span", { className: "who", textContent: written(phone) }),
    make("time", {}), make("span", { className: "last", dir: "auto" }), make("span", { className: "badge" }))
  const row = make("li", {}, link)
  row.dataset.phone = phone
  rows.set(phone, row)
  return row
}

function update(row, chat, isChosen) {
  const last = chat.messages.at(-1)
  const unread = isChosen ? 0 : unreadIn(chat)
  const [link, time, text, badge] = ["a", "time", ".last", ".badge"].map(name => row.querySelector(name))
  if (isChosen) link.ariaCurrent = "true"
  else link.removeAttribute("aria-current")
  time.textContent = last ? clock.format(new Date(last.time * 1000)) : ""
  text.replaceChildren(last?.direction == "out" ? "You: " : "", ...formatted(last?.body ?? "No messages yet"))
  badge.hidden = !unread
  badge.textContent = unread
  badge.ariaLabel = `${unread} unread`
  badge.role = "img"
}

$("add-phone").addEventListener("submit", async event => {
  event.preventDefault()
  const input = $("new-phone")
  const phone = digitsOf(input.value)
  $("add-notice").textContent = phone ? "" : "A number begins with + and its country’s code, such as +1 650 555 0142."
  input.ariaInvalid = !phone
  if (!phone) return input.focus()
  try {
    await call("/simulator/add", { phone })
    input.value = ""
    location.hash = phone
  } catch (error) {
    $("add-notice").textContent = `That did not work: ${error.message}`
  }
})
