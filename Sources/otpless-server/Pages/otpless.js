/**
 * OTPless in the browser: people sign in by answering on WhatsApp. Types: otpless.d.ts
 *
 *   import OTPless from "https://login.example.com/otpless.js"
 *   const session = await OTPless.login({ phoneNumber: "+16505550142" })
 *
 * or no code at all: <otpless-login></otpless-login>
 */

const setup = "@setup@"  // the server puts an object here
const server = new URL(import.meta.url).origin

/** What went wrong, by a code of the API, or one of these: UNREACHABLE, ABORTED, TAKEN_OVER, INSECURE_CONTEXT, NOT_SIGNED_IN. */
class OTPlessError extends Error {
  constructor(code, { message = code, statusCode = 0, details, fields, retryAfter } = {}) {
    super(message)
    Object.assign(this, { name: "OTPlessError", code, statusCode, details, fields, retryAfter })
  }
}

// HTTP

let clockOffset = 0  // of the server's clock to this one, in milliseconds

/** Unix seconds by the server's clock; that of a phone may be wrong by hours. */
const now = () => (Date.now() + clockOffset) / 1000

/** The reply's envelope. Throws its error, or UNREACHABLE. */
async function call(method, path, body, { token, patience = 30_000, ...options } = {}) {
  const headers = { ...body && { "Content-Type": "application/json" }, ...token && { Authorization: `Bearer ${token}` } }
  const stop = new AbortController
  const timer = setTimeout(() => stop.abort(), patience)
  let reply
  try {
    const response = await fetch(server + path, {
      credentials: "omit", ...options, method, headers, body: body && JSON.stringify(body), signal: stop.signal,
    })
    const date = Date.parse(response.headers.get("Date"))
    if (date) clockOffset = date - Date.now()
    reply = await response.json()
  } catch {
    adviseOnce()
    throw new OTPlessError("UNREACHABLE", { message: `No answer from ${server}` })
  } finally {
    clearTimeout(timer)
  }
  if (reply.status != "success") throw new OTPlessError(reply.error?.code ?? "UNREACHABLE", { ...reply.error, ...reply })
  return reply
}

let isAdvised = false

/** To the developer: a browser does not tell a page that its origin was refused. */
function adviseOnce() {
  if (isAdvised || !navigator.onLine || server == location.origin) return
  isAdvised = true
  console.warn(`OTPless: no answer from ${server}. Does its OTPLESS_ALLOWED_ORIGINS list ${location.origin}?`)
}

/** The refresh token's cookie goes along where the server uses one, and nowhere else. */
const withCookie = setup.cookie ? { credentials: "include" } : {}

// Storage that may be refused: then it is as if nothing had been kept.

function recall(storage, key) {
  try { return JSON.parse(self[storage].getItem(key)) } catch { return null }
}

function keep(storage, key, value) {
  try {
    if (value == null) self[storage].removeItem(key)
    else self[storage].setItem(key, JSON.stringify(value))
  } catch {}
}

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

/** What says that the page is seen again, or the network back: it may have slept for minutes. */
const RETURNS = ["online", "pageshow", "visibilitychange"]

// A login

const PENDING = "otpless.login"
const base64url = bytes => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "")

/** RFC 7636: whoever sees the session id alone gets nothing. */
async function makeChallenge() {
  if (!globalThis.crypto?.subtle) throw new OTPlessError("INSECURE_CONTEXT", { message: "OTPless needs https" })
  const codeVerifier = base64url(crypto.getRandomValues(new Uint8Array(32)))
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(codeVerifier))
  return { codeVerifier, codeChallenge: base64url(new Uint8Array(digest)) }
}

async function start({ phoneNumber, link, qrCode, name, locale }) {
  const { codeVerifier, codeChallenge } = await makeChallenge()
  const method = link ? "link" : "prompt"
  const { data } = await call("POST", "/api/auth/initiate", {
    method, phoneNumber, name, locale, qrCode: qrCode || undefined, codeChallenge, deviceType: "web",
  })
  return { ...data, phoneNumber, codeVerifier, startedAt: Math.floor(now()), clockOffset }
}

/** One login, from the first question to its outcome. */
class Waiting {
  /** How long a socket may be silent after its handshake began; longer means that something swallows its frames. */
  static SILENCE = 6000

  #login
  #on
  #deaf = 0  // sockets in a row that said nothing
  #outcome = null  // { data } or { error }
  #interrupt = () => {}
  #isWoken = false
  #deadline

  constructor(login, on = {}) {
    this.#login = login
    this.#on = on
    // By a clock that nobody sets.
    this.#deadline = performance.now() + 1000 * (login.expiresAt + 120 - now())
  }

  get #proof() {
    const { sessionId, codeVerifier } = this.#login
    return { sessionId, codeVerifier }
  }

  /** Waits for the outcome; a signal gives up and cancels the login. */
  async outcome(signal) {
    const giveUp = () => {
      this.#end({ error: new OTPlessError("ABORTED", { message: "The login was given up" }) })
      call("POST", "/api/auth/cancel", this.#proof, { keepalive: true }).catch(() => {})
    }
    signal?.addEventListener("abort", giveUp)
    for (const event of RETURNS) addEventListener(event, this.#wake)
    try {
      if (signal?.aborted) giveUp()
      await this.#wait()
      if (this.#outcome.error) throw this.#outcome.error
      return this.#outcome.data
    } finally {
      // Not that of a login that came after this one.
      if (recall("sessionStorage", PENDING)?.sessionId == this.#login.sessionId) keep("sessionStorage", PENDING, null)
      signal?.removeEventListener("abort", giveUp)
      for (const event of RETURNS) removeEventListener(event, this.#wake)
    }
  }

  /** By WebSocket; by HTTP where a network lets none through, with a socket tried again now and then. */
  async #wait() {
    for (let round = 1, failures = 0; !this.#outcome; round++) {
      const begun = performance.now()
      const heard = (this.#deaf < 2 || round % 10 == 0) && await this.#listen()
      if (this.#outcome) return
      if (this.#isWoken) {
        this.#isWoken = false
        continue
      }
      const answered = heard || await this.#claim()
      if (this.#outcome) return
      const isFine = heard ? performance.now() - begun > 10_000 : answered
      failures = isFine ? 0 : failures + 1
      if (!answered) this.#deaf = 0  // the network's fault, not the sockets'
      if (heard || !answered) this.#on.connection?.("lost")
      if (performance.now() > this.#deadline) this.#end({ error: new OTPlessError("SESSION_EXPIRED") })
      const pauses = Math.min(8000, (heard ? 500 : 1500) * 2 ** failures)
      await Promise.race([pause(pauses * (.5 + Math.random() / 2)), new Promise(resolve => this.#interrupt = resolve)])
    }
  }

  #end(outcome) {
    this.#outcome ??= outcome
    this.#interrupt()
  }

  /** Whether this socket ever said something, once it is closed. */
  #listen() {
    if (!globalThis.WebSocket) return false
    const { sessionId, codeVerifier } = this.#login
    return new Promise(resolve => {
      let heard = false
      const socket = new WebSocket(`${server.replace(/^http/, "ws")}/api/auth/ws?sessionId=${encodeURIComponent(sessionId)}`)
      const done = () => {
        clearTimeout(silence)
        socket.onmessage = socket.onclose = null
        socket.close()
        if (heard) this.#deaf = 0
        else if (!this.#isWoken) this.#deaf++
        resolve(heard)
      }
      const silence = setTimeout(done, Waiting.SILENCE)
      this.#interrupt = done
      socket.onopen = () => socket.send(JSON.stringify({ event: "hello", codeVerifier }))
      socket.onmessage = ({ data }) => {
        heard = true
        clearTimeout(silence)
        this.#receive(JSON.parse(data), socket)
      }
      socket.onclose = ({ code }) => {
        if (code == 4409) this.#end({ error: new OTPlessError("TAKEN_OVER") })
        if (code == 4401) this.#end({ error: new OTPlessError("INVALID_CODE_VERIFIER") })
        done()
      }
    })
  }

  async #receive(frame, socket) {
    if (frame.event == "auth_success") {
      socket.send(JSON.stringify({ event: "ack" }))
      this.#end({ data: frame.data })
    } else if (frame.event == "auth_ready") {
      await this.#claim()  // the tokens come over HTTP, with a cookie
      this.#interrupt()
    } else if (frame.error) {
      this.#end({ error: new OTPlessError(frame.error.code, { ...frame.error, ...frame }) })
    } else {
      this.#progress(frame.data)
    }
  }

  #progress({ delivery, expiresAt }) {
    if (expiresAt) this.#login.expiresAt = expiresAt
    this.#on.connection?.("open")
    if (delivery) this.#on.delivery?.(delivery)
  }

  /** Asks over HTTP. Whether the server answered. */
  async #claim() {
    try {
      const { data, statusCode } = await call("POST", "/api/auth/claim", this.#proof, withCookie)
      if (statusCode == 202) this.#progress(data)
      else this.#collect(data)
      return true
    } catch (error) {
      if (["UNREACHABLE", "SERVICE_UNAVAILABLE"].includes(error.code)) return false
      this.#end({ error })
    }
  }

  #collect(data) {
    call("POST", "/api/auth/ack", this.#proof, { keepalive: true }).catch(() => {})
    this.#end({ data })
  }

  /** Back from WhatsApp, or online again: the socket may have died unnoticed, so there is another one. */
  #wake = () => {
    if (document.visibilityState != "visible" || this.#outcome) return
    this.#isWoken = true
    this.#interrupt()
  }
}

async function login({ on = {}, signal, ...options } = {}) {
  const pending = await start(options)
  keep("sessionStorage", PENDING, pending)
  return await wait(pending, on, signal)
}

/** Goes on with the login of this tab after a reload; a phone may drop a page while WhatsApp is in front. Null without one. */
function resume({ on = {}, signal } = {}) {
  const pending = recall("sessionStorage", PENDING)
  if (typeof pending?.sessionId != "string") return null
  clockOffset = pending.clockOffset ?? clockOffset
  return pending.expiresAt + 120 > now() ? wait(pending, on, signal) : null
}

async function wait(pending, on, signal) {
  const { codeVerifier, sessionId, clockOffset, ...shown } = pending
  on.started?.(shown)
  return adopt(await new Waiting(pending, on).outcome(signal))
}

// The session: one for all tabs of an origin. Tokens are in memory and nowhere else.

const SIGNED_IN = "otpless.signedIn"  // not a secret: only that it is worth looking for a session
const events = new EventTarget
let session = null
const tabs = globalThis.BroadcastChannel && new BroadcastChannel("otpless")

function adopt({ accessToken, refreshToken, expiresIn, ...data }) {
  keep("localStorage", SIGNED_IN, true)
  // Of two sessions the one that was made later counts, also if a clock was set back in between.
  const madeAt = Math.max(Date.now(), (session?.madeAt ?? 0) + 1)
  change({ ...data, accessToken, ...refreshToken && { refreshToken }, expiresAt: now() + expiresIn, madeAt })
  return { ...session }
}

/** Nobody is signed in any more: by `logout`, or because the session has `ended`. */
function forget(reason = "ended") {
  keep("localStorage", SIGNED_IN, null)
  change(null, reason)
}

function change(next, reason) {
  tabs?.postMessage({ session: next, reason })
  take(next, reason)
}

function take(next, reason) {
  if (!next && !session) return
  session = next
  holdLock(session != null)
  events.dispatchEvent(new CustomEvent("change", { detail: { session: next && { ...next }, reason } }))
}

tabs?.addEventListener("message", ({ data }) => {
  if (data.asks) session && tabs.postMessage({ session })
  else if (!data.session || data.session.madeAt > (session?.madeAt ?? 0)) take(data.session, data.reason)
})

// A tab that has a session holds a lock, shared with others: so each knows whether there is anybody to ask.

const HAS_SESSION = "otpless.session"
let release = null  // ends the own one

function holdLock(isHeld) {
  if (!isHeld) release = release?.() ?? null
  if (!isHeld || release) return
  const end = new Promise(resolve => release = resolve)
  navigator.locks?.request(HAS_SESSION, { mode: "shared" }, () => end).catch(() => {})
}

async function hasOthers() {
  if (!tabs) return false
  const { held } = await navigator.locks?.query().catch(() => null) ?? {}
  return !held || held.filter(lock => lock.name == HAS_SESSION).length > (session ? 1 : 0)
}

/** Another tab may have a session, or a newer one: a refresh token that was used must not be used again. */
async function askTabs() {
  if (!await hasOthers()) return
  await new Promise(resolve => {
    const hear = ({ data }) => "session" in data && done()
    const timer = setTimeout(() => done(), 1000)
    const done = () => {
      clearTimeout(timer)
      tabs.removeEventListener("message", hear)
      resolve()
    }
    tabs.addEventListener("message", hear)
    tabs.postMessage({ asks: true })
  })
}

/** The session, also of another tab, or by the cookie. Null when nobody is signed in. */
async function restore() {
  if (session || !recall("localStorage", SIGNED_IN)) return session
  if (!setup.cookie) {
    await askTabs()
    if (!session) keep("localStorage", SIGNED_IN, null)
  } else {
    await refresh().catch(error => { if (recall("localStorage", SIGNED_IN)) throw error })
  }
  return session
}

const notSignedIn = () => new OTPlessError("NOT_SIGNED_IN", { message: "Nobody is signed in" })

let refreshing = null

/** New tokens. One refresh at a time across tabs. */
function refresh() {
  const before = session?.accessToken
  return refreshing ??= exclusively(() => rotate(before)).finally(() => refreshing = null)
}

/** Without others where there is a lock; some browsers have none, or refuse it with the site's storage. */
async function exclusively(work) {
  let hasBegun = false
  const begin = () => {
    hasBegun = true
    return work()
  }
  try {
    return await navigator.locks.request("otpless.refresh", begin)
  } catch (error) {
    if (hasBegun) throw error
    return work()
  }
}

async function rotate(before) {
  if (session || !setup.cookie) await askTabs()
  if (session && session.accessToken != before) return { ...session }  // another tab was first
  if (!session && !setup.cookie) throw notSignedIn()
  const isStill = () => session?.accessToken == before
  try {
    const data = await askForTokens(session ?? {})
    if (isStill()) return adopt({ ...session, userId: subject(data.accessToken), ...data })
  } catch (error) {
    if (isStill() && [400, 401, 404].includes(error.statusCode)) forget()
    if (isStill() || !session) throw error.code == "MISSING_PARAMETERS" ? notSignedIn() : error  // there is no cookie
  }
  // Somebody signed in or out meanwhile, here or in another tab: that counts.
  if (!session) throw notSignedIn()
  return { ...session }
}

/**
 * The reply may get lost after the tokens have changed. The server gives the same again for ten seconds, and ends the session
 * when the old token comes later: so it is asked again soon, and the request outlives its page.
 */
async function askForTokens({ userId, refreshToken }) {
  const ask = patience =>
    call("POST", "/api/auth/refresh", { userId, refreshToken }, { ...withCookie, keepalive: true, patience })
  try {
    return (await ask(5000)).data
  } catch (error) {
    if (error.code != "UNREACHABLE") throw error
    return (await ask(30_000)).data
  }
}

/** Whose token it is; only the server has to trust it. */
const subject = token => JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub

/** An access token that is good for half a minute at least. */
async function accessToken() {
  if (!await restore()) throw notSignedIn()
  if (session.expiresAt < now() + 30) await refresh()
  return session.accessToken
}

/** Does something with an access token, and once more with a new one if it was refused. */
async function authorized(work, isRefused) {
  const token = await accessToken()
  try {
    const result = await work(token)
    if (!isRefused(result)) return result
  } catch (error) {
    if (!isRefused(error)) throw error
  }
  if (session?.accessToken == token) await refresh()
  return work(await accessToken())
}

/** The API itself. What it says of a session counts for that session alone, not for one that came meanwhile. */
async function api(method, path, body) {
  let last
  const work = token => call(method, path, body, { token: last = token })
  try {
    return (await authorized(work, error => error.statusCode == 401)).data
  } catch (error) {
    const hasEnded = error.statusCode == 401 || error.code == "USER_NOT_FOUND"
    if (hasEnded && session?.accessToken == last) forget()
    throw error
  }
}

/** `fetch` with the access token, for the site's own backend. */
const authorizedFetch = (input, init = {}) => authorized(token => {
  const headers = new Headers(init.headers ?? input.headers)
  headers.set("Authorization", `Bearer ${token}`)
  return fetch(input instanceof Request ? input.clone() : input, { ...init, headers })
}, response => response.status == 401)

/** The account that is signed in; null if there is none. */
async function user() {
  try {
    return await restore() && await api("GET", "/api/user/me")
  } catch (error) {
    const hasEnded = error.statusCode == 401 || ["USER_NOT_FOUND", "NOT_SIGNED_IN"].includes(error.code)
    if (!hasEnded) throw error
    return session ? user() : null
  }
}

/** Ends this login, or with `everywhere` all of the account. */
async function logout({ everywhere = false } = {}) {
  if (!await restore()) return
  const { userId, refreshToken, accessToken } = session
  const isRefused = error => error.statusCode == 401  // then it has ended already
  try {
    if (everywhere) await authorized(token => call("POST", "/api/auth/logout", { userId }, { token }), isRefused)
    const body = { userId, refreshToken, scope: "current" }
    await call("POST", "/api/auth/logout", body, { token: accessToken, ...withCookie })
  } catch (error) {
    if (!isRefused(error) && error.code != "NOT_SIGNED_IN") throw error
  }
  if (session?.userId == userId) forget("logout")
}

const OTPless = {
  login, resume, user, refresh, logout, accessToken, setup, origin: server, now, OTPlessError,
  fetch: authorizedFetch,
  rename: name => api("PUT", "/api/user/me", { name }),
  devices: () => api("GET", "/api/user/me/devices").then(data => data.devices),
  endDevice: id => api("DELETE", `/api/user/me/devices/${encodeURIComponent(id)}`),
  asset: name => server + setup.assets[name],
  addEventListener: events.addEventListener.bind(events),
  removeEventListener: events.removeEventListener.bind(events),
}

/** `<otpless-login>`: the whole way in. What it looks like is loaded once a page has one. */
class OTPlessLogin extends HTMLElement {
  async connectedCallback() {
    try {
      const { mount } = await import(OTPless.asset("element.js"))
      await mount(this, OTPless)
    } catch {
      await pause(3000)
      if (this.isConnected) this.connectedCallback()
    }
  }

  /** A page that goes on without it wants no login any more; one that moves it does. */
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.reset?.())
  }
}

globalThis.OTPless ??= OTPless
if (!customElements.get("otpless-login")) customElements.define("otpless-login", OTPlessLogin)
export { OTPless, OTPlessError, OTPless as default }
