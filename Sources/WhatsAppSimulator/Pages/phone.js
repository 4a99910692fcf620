// The page: which phone is in the hand, and what is written on it.

import { $, call, follow, pause, written } from "/simulator.js"
import { isTyping, scrollDown, showChat } from "/chat.js"
import { isUnread, showChats, unreadIn } from "/chats.js"
import { closeDraft, isDrafting, openDraft, sender, showSenders } from "/draft.js"
import { showFaults } from "/faults.js"

let state = null
let phone = null      // whose chat is chosen
let follows = true    // the latest message comes to the front, until somebody chooses a phone
let newest = null     // the id of the last message that any phone received
let isSilent = false  // the simulator does not answer

function show(next) {
  if (isSilent != !next) $("trouble").textContent = next ? "" : "The simulator does not answer. Trying again…"
  isSilent = !next
  if (!next) return
  const isFirst = !state
  state = next
  if (isFirst) begin()
  if (follows) followNewest()
  render()
}

/** What the address says: a link's message, a phone, or nothing. */
function begin() {
  for (const link of document.querySelectorAll("a.login")) link.href = link.textContent = state.loginURL
  $("business").textContent = state.businessName
  $("avatar").textContent = [...state.businessName][0]
  choose()
  if (!isDrafting()) return
  if (follows) phone = latest(state.chats)?.phone ?? null
  follows = false
  view("chat")
  if (openDraft(state)) $("send").focus()
}

function choose() {
  const address = location.hash.slice(1)
  if (!address) return
  follows = false
  if (/^\d{7,15}$/.test(address)) phone = address
  view(address == phone ? "chat" : "list")
}

const view = name => document.querySelector("main").dataset.view = name
const latest = chats => chats.reduce((a, b) => !a || b.activity > a.activity ? b : a, null)
const received = chat => chat.messages.filter(message => message.direction == "in").at(-1)
const chosen = () => state?.chats.find(chat => chat.phone == phone)

/** A message to another of the phones comes to the front, unless somebody is writing. */
function followNewest() {
  const chat = latest(state.chats.filter(received))
  if (chat && received(chat).id != newest && !$("text").value) phone = chat.phone
  if (chat) newest = received(chat).id
  phone ??= latest(state.chats)?.phone ?? null
  if (phone) view("chat")
}

function render() {
  const chat = chosen()
  document.title = phone ? `${written(phone)} · Simulated phone` : "Simulated phones"
  $("own-number").textContent = phone ? written(phone) : isDrafting() ? "Another phone" : "No phone"
  $("composer").hidden = !phone && !isDrafting()
  $("send").disabled = $("text").disabled = !phone && !isDrafting()
  $("empty").hidden = chat?.messages.length
  $("empty").textContent = emptiness()
  showChats(state, phone)
  showUnread()
  if (isDrafting()) showSenders(state.chats, phone)
  showChat(phone, chat?.messages ?? [], state.businessName, tap)
  showFaults(state.faults, phone)
  markRead()
}

/** What stands where no messages are. */
function emptiness() {
  if (phone) return "No messages yet. Say hello, or start a login with this number."
  if (isDrafting()) return "A phone that has no messages yet."
  return state.chats.length ? "Choose a phone." : "Waiting for the first message…"
}

/** How many messages wait on the other phones. */
function showUnread() {
  const count = state.chats.filter(chat => chat.phone != phone).reduce((sum, chat) => sum + unreadIn(chat), 0)
  $("unread").hidden = !count
  $("unread").textContent = count
  $("back").ariaLabel = count ? `All phones, ${count} unread` : "All phones"
}

const say = text => $("notice").textContent = text

/** Does what the person asked for, and says it if it did not work. */
async function act(path, body) {
  try {
    await call(path, body)
    say("")
    return true
  } catch (error) {
    say(`That did not work: ${error.message}`)
  }
}

async function tap(messageId, buttonId) {
  for (const button of document.querySelectorAll(`[data-message-id="${messageId}"] button`)) button.disabled = true
  $("chat").focus()
  await act("/simulator/tap", { phone, messageId, buttonId }) || render()
}

/** The person has seen what is on the screen, a moment after it came. */
async function markRead() {
  await pause(700)
  const isSeen = document.visibilityState == "visible" && $("chat").checkVisibility() && !isTyping()
  if (isSeen && chosen()?.messages.some(isUnread)) call("/simulator/read", { phone }).catch(() => {})
}

$("composer").addEventListener("submit", async event => {
  event.preventDefault()
  const text = $("text").value.trim()
  const from = isDrafting() ? sender() : phone
  if (!from) {
    $("sender-number").focus()
    return say("A number begins with + and its country’s code, such as +1 650 555 0142.")
  }
  if (!text || !await act("/simulator/text", { phone: from, text })) return
  $("text").value = ""
  phone = from
  if (isDrafting()) closeDraft(from)
  $("text").focus()
  render()
})

$("text").addEventListener("keydown", event => {
  if (event.key != "Enter" || event.shiftKey || event.isComposing) return
  event.preventDefault()
  $("composer").requestSubmit()
})

$("sender").addEventListener("change", () => {
  phone = $("sender").value == "new" ? null : $("sender").value
  render()
  $("sender").focus()
})

addEventListener("hashchange", () => {
  choose()
  if (!state) return
  render()
  const target = document.querySelector("main").dataset.view == "list" ? $("list") : $("chat")
  target.focus()
})
document.addEventListener("typed", () => state && render())
document.addEventListener("visibilitychange", markRead)
new ResizeObserver(scrollDown).observe($("chat"))
follow(show)
