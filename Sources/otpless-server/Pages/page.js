const $ = id => document.getElementById(id)
const GREETING = $("status").textContent

const ERRORS = {
  MISSING_PARAMETERS: "Enter your phone number to go on.",
  INVALID_PHONE_NUMBER: "That is not a full phone number. Start with + and your country code.",
  INVALID_NAME: "Please enter a name of 1 to 100 characters.",
  COUNTRY_NOT_ALLOWED: "Sign-in is not available for numbers of this country. Please use another number.",
  PHONE_LOCKED: "This number is locked after too many wrong answers. Use another number, or ask support to unlock it.",
  MESSAGE_SEND_FAILED: "We could not send the message. Check that this number uses WhatsApp, then try again.",
  RATE_LIMITED: "We cannot send a message to this number just now. Please try again {wait}.",
  SERVICE_UNAVAILABLE: "Sign-in is not available just now. Please try again {wait}.",
  UNREACHABLE: "We could not reach the server. Check your connection, then try again.",
  UNKNOWN: "Something went wrong on our side. Please try again {wait}.",
}

const OUTCOMES = {
  LOGIN_DENIED: ["denied", "Sign-in declined", "The answer was “Deny”, so nobody was signed in."],
  SESSION_EXPIRED: ["expired", "Time is up", "The message was not confirmed in time. Start again to get a new one."],
  SESSION_CANCELLED: ["failed", "Sign-in cancelled", "This sign-in was cancelled. Start again whenever you like."],
  MESSAGE_UNDELIVERABLE: ["failed", "Message not delivered", "Check that your number is right and uses WhatsApp, then start again."],
  TAKEN_OVER: ["failed", "Open in another tab", "Another tab took over this sign-in. Continue there, or start again here."],
  FAILED: ["failed", "That did not work", "This sign-in could not be completed. Please start again."],
}
OUTCOMES.SESSION_NOT_FOUND = OUTCOMES.SESSION_EXPIRED

const DELIVERY = {
  queued: "Sending the message…",
  sent: "Message sent",
  delivered: "Message delivered",
  read: "Message read: now answer it",
}

function wait(seconds) {
  if (!seconds) return "in a few minutes"
  const [count, unit] = seconds < 100 ? [seconds, "second"] : seconds < 6000 ? [seconds / 60, "minute"] : [seconds / 3600, "hour"]
  return "in " + Math.ceil(count).toLocaleString("en", { style: "unit", unit, unitDisplay: "long" })
}

const explain = error => (ERRORS[error.code] ?? ERRORS.UNKNOWN).replace("{wait}", wait(error.retryAfter))

// The screen: a heading, a sentence, and the parts of the page that belong to the state.

function show(state, title, sentence, bad) {
  document.body.dataset.state = state
  document.title = $("title").textContent = title
  for (const part of document.querySelectorAll("[data-in]")) part.toggleAttribute("hidden", !part.dataset.in.includes(state))
  $("restart").textContent = state == "waiting" ? "Use another number" : "Start again"
  $("connection").textContent = ""
  say(sentence, bad)
  $(state == "form" ? "phone" : "title").focus()
}

function say(sentence, bad = false) {
  $("status").textContent = sentence
  $("status").classList.toggle("bad", bad)
}

function showForm(sentence = GREETING, bad = false) {
  $("phone").setAttribute("aria-invalid", bad)
  $("phone").setAttribute("aria-describedby", bad ? "status hint" : "hint")
  show("form", "Sign in", sentence, bad)
  $("phone").select()
}

/** The reply's envelope; throws its `error` with the HTTP status, or the code UNREACHABLE. */
async function call(method, path, body, token) {
  const headers = { "Content-Type": "application/json", ...token && { Authorization: `Bearer ${token}` } }
  const options = { method, headers, body: JSON.stringify(body), signal: AbortSignal.timeout(30_000) }
  const reply = await fetch(path, options).then(readReply).catch(() => ({ error: { code: "UNREACHABLE" } }))
  if (reply.status != "success") throw { ...reply.error, status: reply.statusCode }
  return reply
}

function readReply(response) {
  clockOffset = (Date.parse(response.headers.get("Date")) || Date.now()) - Date.now()
  return response.json()
}

// A login, from the number to its outcome. `proof` shows the server that it is this page that collects the tokens.

let login = null
let clockOffset = 0

/** Takes the usual separators away. What else stands there stays, and the server refuses it. */
const tidy = text => text.normalize("NFKC").replace(/[٠-٩۰-۹]/g, digit => digit.charCodeAt(0) & 15)
  .replace(/^\s*tel:/i, "").replace("(0)", "").replace(/[\s\p{Cf}\p{Pd}().[\]/]/gu, "")

const base64url = bytes => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "")

async function makeChallenge() {
  if (!crypto.subtle) return {}  // plain http, and not on this machine
  const codeVerifier = base64url(crypto.getRandomValues(new Uint8Array(32)))
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(codeVerifier))
  return { codeVerifier, codeChallenge: base64url(new Uint8Array(digest)) }
}

async function start() {
  const phoneNumber = tidy($("phone").value)
  try {
    if (!phoneNumber) throw { code: "MISSING_PARAMETERS" }
    const { codeVerifier, codeChallenge } = await makeChallenge()
    const { data } = await call("POST", "/api/auth/initiate", { phoneNumber, codeChallenge, deviceType: "web" })
    const { sessionId, expiresAt, matchNumber } = data
    login = { proof: { sessionId, codeVerifier }, expiresAt, failures: 0, clock: setInterval(tick, 500) }
    const task = matchNumber ? "reply with this number" : "tap Confirm there"
    show("waiting", "Check your phone", `We sent a message to your WhatsApp on ${phoneNumber}. Open it and ${task}.`)
    $("match").textContent = matchNumber
    $("match").hidden = !matchNumber
    showDelivery("queued")
    tick()
    connect()
  } catch (error) {
    showForm(explain(error), true)
  }
}

function showDelivery(step) {
  if (step == $("delivery").dataset.step) return
  $("delivery").dataset.step = step
  $("delivery").lastChild.textContent = DELIVERY[step]
}

function tick() {
  const left = login.expiresAt - (Date.now() + clockOffset) / 1000
  const seconds = Math.max(0, Math.ceil(left))
  $("countdown").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
  if (left < -3 && login.socket?.readyState != WebSocket.CONNECTING) ask("SESSION_EXPIRED")
}

function connect() {
  disconnect()
  const { sessionId, codeVerifier } = login.proof
  const origin = location.origin.replace(/^http/, "ws")
  const socket = login.socket = new WebSocket(`${origin}/api/auth/ws?sessionId=${encodeURIComponent(sessionId)}`)
  let opened = false
  socket.onopen = () => {
    opened = true
    if (codeVerifier) send({ event: "hello", codeVerifier })
  }
  socket.onmessage = ({ data }) => login?.socket == socket && receive(JSON.parse(data))
  socket.onclose = ({ code }) => {
    if (login?.socket != socket) return
    if (code == 4409) settle("TAKEN_OVER")
    else if (opened) retry()
    else ask()
  }
}

const send = message => login.socket.send(JSON.stringify(message))

function disconnect() {
  const { socket, timer } = login
  login.socket = null
  clearTimeout(timer)
  socket?.close()
}

function retry() {
  $("connection").textContent = "Connection lost. Reconnecting…"
  login.timer = setTimeout(connect, Math.min(8000, 500 * 2 ** login.failures++) * (.5 + Math.random() / 2))
}

function receive({ event, data, error }) {
  login.failures = 0
  $("connection").textContent = ""
  if (data?.expiresAt) login.expiresAt = data.expiresAt
  if (data?.delivery) showDelivery(data.delivery)
  if (error) settle(error.code)
  if (event == "auth_ready") ask()  // the tokens come over HTTP, with a cookie
  if (event == "auth_success") {
    send({ event: "ack" })
    succeed(data)
  }
}

/** Asks over HTTP: a refused WebSocket tells a page no reason, and some networks block every one of them. */
async function ask(otherwise) {
  const mine = login
  if (mine.asking) return
  mine.asking = true
  disconnect()
  const reply = await call("POST", "/api/auth/claim", mine.proof).catch(error => ({ error }))
  mine.asking = false
  if (login != mine) return
  const outcome = reply.error?.code in OUTCOMES ? reply.error.code : otherwise
  if (reply.statusCode == 200) {
    call("POST", "/api/auth/ack", mine.proof).catch(() => {})
    succeed(reply.data)
  } else if (outcome) {
    settle(outcome)
  } else {
    if (reply.data?.delivery) showDelivery(reply.data.delivery)
    retry()
  }
}

function leave() {
  clearInterval(login.clock)
  disconnect()
  login = null
}

function settle(code) {
  leave()
  show(...OUTCOMES[code] ?? OUTCOMES.FAILED)
}

function restart() {
  if (login) {
    call("POST", "/api/auth/cancel", login.proof).catch(() => {})
    leave()
  }
  showForm()
}

/** While the person was in WhatsApp, or offline, the socket may have died unnoticed. */
function wake() {
  if (login && !login.asking && document.visibilityState == "visible") connect()
}

// Signed in. The tokens are in this variable and nowhere else.

let session = null

function succeed(data) {
  leave()
  session = data
  show("success", data.isNewUser ? "Welcome" : "Welcome back", "You are signed in.")
  showProfile(data.user)
  attempt(async () => showProfile((await authorized("GET")).data))
}

function showProfile(user) {
  if (!session) return  // logged out in the meantime
  session.user = user
  $("profile-name").textContent = user.name ?? "no name yet"
  $("profile-phone").textContent = user.phoneNumber
  $("profile-since").textContent = new Date(user.createdAt * 1000).toLocaleDateString("en", { dateStyle: "long" })
  $("name").value = user.name ?? ""
}

async function authorized(method, body) {
  const me = () => call(method, "/api/user/me", body, session.accessToken)
  const { userId, refreshToken } = session
  return me().catch(async error => {
    if (error.status != 401) throw error
    Object.assign(session, (await call("POST", "/api/auth/refresh", { userId, refreshToken })).data)
    return me()
  })
}

async function attempt(work) {
  try {
    await work()
  } catch (error) {
    if (!session) return
    if (error.status == 401 || error.code == "USER_NOT_FOUND") signOut("Your session has ended. Please sign in again.")
    else say(explain(error), true)
    if (error.code == "INVALID_NAME") $("name").focus()
  }
}

const rename = () => attempt(async () => {
  const { data } = await authorized("PUT", { name: $("name").value })
  showProfile({ ...session.user, name: data.name })
  const details = $("rename").parentNode
  details.open = false
  details.firstElementChild.focus()
  say("Your name is saved.")
})

const logout = () => attempt(async () => {
  const { userId, refreshToken } = session
  await call("POST", "/api/auth/logout", { userId, refreshToken })
  signOut("You are logged out.")
})

function signOut(sentence) {
  session = null
  for (const id of ["profile-name", "profile-phone", "profile-since"]) $(id).textContent = ""
  $("name").value = $("phone").value = ""
  showForm(sentence)
}

/** Calls `work` on the event, but never twice at a time. */
function on(event, target, button, work) {
  $(target).addEventListener(event, async event => {
    event.preventDefault()
    if ($(button).ariaDisabled == "true") return
    $(button).ariaDisabled = "true"
    await work()
    $(button).ariaDisabled = "false"
  })
}

on("submit", "login", "continue", start)
on("submit", "rename", "save", rename)
on("click", "logout", "logout", logout)
on("click", "restart", "restart", restart)
document.addEventListener("visibilitychange", wake)
addEventListener("online", wake)
