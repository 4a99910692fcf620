// <otpless-login>: what it shows and says. otpless.js does the work.

const TICKS = `<svg viewBox="0 0 20 12" aria-hidden="true"><path class="wait" d="M10 1.5a4.5 4.5 0 1 1-.01 0M10 4v2.2l1.6 1"/><path class="one" d="M1.5 6.5 5 10l7.5-8.5"/><path class="two" d="M8.5 8 11 10l7.5-8.5"/></svg>`
const CHAT = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 21l1.7-5.2a8.8 8.8 0 1 1 3.6 3.5zM8.5 12h.01M12 12h.01M15.5 12h.01"/></svg>`

const MARKUP = `
<section part="card" id="card" hidden>
  <div id="mark" aria-hidden="true"><svg viewBox="0 0 48 48">
    <path d="M5 43l3.5-11a19 19 0 1 1 7.5 7.5z"/>
    <path data-in="form asked link" d="M16 24h.01M24 24h.01M32 24h.01"/>
    <path data-in="success" d="M17 24.5l5 5 10-11"/>
    <path data-in="over" d="M19 18.5l11 11m0-11l-11 11"/>
  </svg></div>
  <div id="title" role="heading" tabindex="-1" part="title"></div>
  <p id="sentence" role="status"></p>
  <p id="problem" role="alert"></p>

  <form id="form" data-in="form" data-for="prompt" novalidate>
    <div id="number">
      <label for="country" data-word="country"></label>
      <select id="country" autocomplete="country"></select>
      <label for="phone" data-word="phone"></label>
      <div id="digits"><span id="code" dir="ltr" aria-hidden="true"></span>
        <input id="phone" type="tel" inputmode="tel" autocomplete="tel" enterkeyhint="go" dir="ltr" required aria-describedby="problem"></div>
    </div>
    <button id="continue" class="main" part="button">${CHAT}<span data-word="continue"></span></button>
  </form>
  <button id="again" class="main" data-in="over" type="button" part="button" data-word="again"></button>
  <div id="or" data-in="form over" data-for="both"><span data-word="or"></span></div>
  <button id="by-link" data-in="form over" data-for="link" type="button" part="button"></button>

  <p id="match" class="match" data-in="asked" dir="ltr"></p>
  <div id="message" data-in="asked" aria-hidden="true"><b></b><i></i><i></i>${TICKS}</div>
  <p id="delivery" data-in="asked" role="status"></p>
  <div id="qr" data-in="link"></div>
  <a id="open" data-in="link" part="button" rel="noopener"></a>
  <p id="send" data-in="link"><span></span> <strong id="link-code" dir="ltr"></strong></p>
  <p id="match-hint" data-in="link"></p>
  <p id="link-match" class="match" data-in="link" dir="ltr"></p>
  <div id="clock" data-in="asked link">
    <p><span data-word="timeLeft"></span> <span id="countdown" role="timer" dir="ltr"></span></p>
    <div id="bar" aria-hidden="true"><i></i></div>
    <p id="connection" role="status"></p>
  </div>
  <div class="row" data-in="asked link">
    <button id="resend" data-in="asked" type="button" part="button"></button>
    <button id="change" data-in="asked link" type="button" part="button"></button>
    <button id="cancel" data-in="asked link" type="button" part="button" data-word="cancel"></button>
  </div>
  <button id="logout" data-in="success" type="button" part="button" data-word="logout"></button>
  <p id="live" role="status"></p>
</section>`

/** What is said about each code, by its word; how it ends a login, by a title of the same name. */
const PROBLEMS = {
  MISSING_PARAMETERS: "enterNumber",
  INVALID_PHONE_NUMBER: "badNumber",
  INVALID_NAME: "badName",
  COUNTRY_NOT_ALLOWED: "badCountry",
  PHONE_LOCKED: "locked",
  MESSAGE_SEND_FAILED: "notSent",
  RATE_LIMITED: "tooMany",
  SERVICE_UNAVAILABLE: "unavailable",
  UNREACHABLE: "unreachable",
  INSECURE_CONTEXT: "insecure",
  ORIGIN_NOT_ALLOWED: "badOrigin",
  DEVICE_NOT_FOUND: "deviceGone",
}
const OUTCOMES = {
  LOGIN_DENIED: "denied",
  SESSION_EXPIRED: "expired",
  SESSION_NOT_FOUND: "expired",
  SESSION_CANCELLED: "cancelled",
  MESSAGE_UNDELIVERABLE: "undeliverable",
  PHONE_NUMBER_HIDDEN: "hidden",
  TAKEN_OVER: "takenOver",
}

const dictionaries = {}  // by language

/** The words of a language: `(key, values) => text`. */
export async function loadWords({ setup, origin }, language) {
  dictionaries[language] ??= fetch(origin + setup.assets.words[language]).then(reply => reply.ok ? reply.json() : Promise.reject(reply))
  const words = await dictionaries[language].catch(error => {
    delete dictionaries[language]
    throw error
  })
  const app = { app: setup.appName }
  return (key, values) => words[key].replace(/\{(\w+)\}/g, (_, name) => ({ ...app, confirm: words.confirm, ...values })[name])
}

/** The page's own language, else the browser's, of those that there are. */
export function chooseLanguage(host, { setup }) {
  const wanted = [host.closest("[lang]")?.lang, ...navigator.languages]
  return wanted.map(tag => tag?.split("-")[0].toLowerCase()).find(tag => Object.hasOwn(setup.assets.words, tag)) ?? "en"
}

/** The sentence for an error; what to do next is in it. */
export function explain(error, words, language) {
  const wait = error.retryAfter ? relativeTime(error.retryAfter, language) : words("inMinutes")
  return words(PROBLEMS[error.code] ?? "unknown", { wait })
}

/** "in 5 minutes", or "5 minutes ago" for seconds below zero: never sooner, never longer ago than it is. */
export function relativeTime(seconds, language) {
  const size = Math.abs(seconds)
  const [length, unit] = size < 100 ? [1, "second"] : size < 6000 ? [60, "minute"] : size < 172_800 ? [3600, "hour"] : [86_400, "day"]
  return new Intl.RelativeTimeFormat(language).format(Math.ceil(seconds / length), unit)
}

/** Left to right, whatever is around it. */
export const isolated = text => `\u2066${text}\u2069`

const clockText = seconds => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`

export async function mount(host, OTPless) {
  const language = chooseLanguage(host, OTPless)
  const [words, numbers] = await Promise.all([loadWords(OTPless, language), import(OTPless.asset("countries.js"))])
  if (!host.isConnected || host.reset) return
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" })
  root.innerHTML = MARKUP
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: OTPless.asset("element.css") })
  const styled = new Promise(resolve => style.onload = style.onerror = resolve)
  root.prepend(style)
  const view = new LoginView(host, root, { OTPless, words, language, numbers })
  host.reset = () => view.reset()
  await Promise.all([styled, view.begin()])
  view.reveal()
}

class LoginView {
  #host
  #root
  #OTPless
  #words
  #language
  #numbers
  #methods
  #isPhone = matchMedia("(hover: none) and (pointer: coarse)").matches && Math.min(screen.width, screen.height) < 600
  #state = null
  #stop = null  // ends the login that is waited for
  #login = null  // what the server said about it
  #attempt = 0  // what begins later than it should shows nothing
  #session = null  // that of all tabs
  #shownUser = null  // the id of the account that was told
  #resendAt = 0
  #clock = null
  #lost = null

  constructor(host, root, { OTPless, words, language, numbers }) {
    this.#host = host
    this.#root = root
    this.#OTPless = OTPless
    this.#words = words
    this.#language = language
    this.#numbers = numbers
    const wanted = host.getAttribute("methods")?.split(/[\s,]+/) ?? OTPless.setup.methods
    this.#methods = OTPless.setup.methods.filter(method => wanted.includes(method))
    if (!this.#methods.length) this.#methods = OTPless.setup.methods
    this.#fill()
    this.#listen()
  }

  #$(id) {
    return this.#root.getElementById(id)
  }

  #fill() {
    const card = this.#$("card")
    card.lang = this.#language
    card.dir = this.#language == "ar" ? "rtl" : "ltr"
    this.#$("title").ariaLevel = this.#host.getAttribute("heading") ?? "2"
    for (const part of this.#root.querySelectorAll("[data-word]")) part.textContent = this.#words(part.dataset.word)
    this.#$("by-link").textContent = this.#words(this.#asksNumber ? this.#isPhone ? "byTap" : "byScan" : "continue")
    this.#$("by-link").classList.toggle("main", !this.#asksNumber)
    this.#$("message").querySelector("b").textContent = this.#OTPless.setup.appName
    const region = this.#numbers.guessRegion(navigator.languages)
    this.#$("country").append(...this.#numbers.countries(this.#language).map(({ region, name, code }) =>
      new Option(`${name} (${isolated(`+${code}`)})`, region)))
    this.#$("country").value = region ?? "US"
    const number = this.#host.getAttribute("phone-number")
    if (number) this.#$("phone").value = number
    this.#showCode()
  }

  #listen() {
    const on = (id, event, work) => this.#$(id).addEventListener(event, async happened => {
      happened.preventDefault()
      const button = happened.submitter ?? happened.currentTarget
      if (button.ariaDisabled == "true") return
      button.ariaDisabled = "true"
      try {
        await work()
      } finally {
        button.ariaDisabled = button.dataset.rests ?? "false"
      }
    })
    on("form", "submit", () => this.#ask())
    on("by-link", "click", () => this.#start({ link: true }))
    on("resend", "click", () => this.#resend())
    on("change", "click", () => this.#toForm())
    on("cancel", "click", () => this.#toForm(this.#words("cancelled")))
    on("again", "click", () => this.#login.method == "link" ? this.#start({ link: true }) : this.#toForm())
    on("logout", "click", () => this.#OTPless.logout().catch(error => this.#complain(error)))
    this.#$("phone").addEventListener("input", () => this.#showCode())
    this.#$("country").addEventListener("change", () => this.#changeCountry())
    this.#OTPless.addEventListener("change", ({ detail }) => this.#sessionChanged(detail))
  }

  // The number

  get #asksNumber() {
    return this.#methods.includes("prompt")
  }

  get #number() {
    return this.#numbers.parseNumber(this.#$("phone").value, this.#$("country").value)
  }

  /** A number with a calling code of its own chooses its country; one without is shown behind the country's. */
  #showCode() {
    const { region, code, isInternational } = this.#number
    if (isInternational && region) this.#$("country").value = region
    this.#$("code").textContent = isInternational ? "" : `+${code}`
  }

  /** Another country for the same digits. */
  #changeCountry() {
    const { national, isInternational } = this.#number
    if (isInternational) this.#$("phone").value = national
    this.#showCode()
  }

  #shown(number) {
    return isolated(this.#numbers.formatNumber(number))
  }

  // States

  /** A heading, a sentence, and the parts that belong to the state. */
  #show(state, title, sentence, focus = "title") {
    const isFirst = this.#state == null
    this.#state = state
    this.#$("card").dataset.state = state
    for (const part of this.#root.querySelectorAll("[data-in]")) part.toggleAttribute("hidden", !this.#belongs(part.dataset))
    this.#$("title").textContent = this.#words(title)
    this.#$("sentence").textContent = sentence
    for (const id of ["problem", "live", "connection"]) this.#$(id).textContent = ""
    this.#$("phone").removeAttribute("aria-invalid")
    clearInterval(this.#clock)
    clearTimeout(this.#lost)
    if (!isFirst) this.#$(focus).focus()
    this.#tell("state", { state, title: this.#$("title").textContent })
  }

  #belongs({ in: states, for: method }) {
    const methods = { both: this.#methods.length == 2, prompt: this.#asksNumber, link: this.#methods.includes("link") }
    return states.split(" ").includes(this.#state) && (methods[method] ?? true)
  }

  #tell(name, detail) {
    this.#host.dispatchEvent(new CustomEvent(`otpless-${name}`, { detail, bubbles: true, composed: true }))
  }

  reveal() {
    this.#$("card").hidden = false
    if (this.#host.hasAttribute("autofocus") && !this.#isPhone && this.#state == "form") this.#$("phone").focus()
  }

  /** Who is signed in already, a login that a reload cut off, or the form. */
  async begin() {
    const user = await this.#OTPless.user().catch(() => null)
    if (user) return this.#succeed({ user, userId: user.id, isNewUser: false, accessToken: await this.#OTPless.accessToken() })
    if (!this.#follow(callbacks => this.#OTPless.resume(callbacks))) this.#toForm()
  }

  #toForm(sentence = this.#words(this.#asksNumber ? "intro" : "introLink")) {
    this.#stop?.abort()
    this.#stop = null
    this.#attempt++
    this.#show("form", "signIn", sentence, this.#asksNumber && !this.#isPhone ? "phone" : "title")
    if (this.#session) this.#sessionChanged({ session: this.#session })
  }

  reset() {
    if (this.#state == "asked" || this.#state == "link") this.#toForm()
  }

  #complain(error) {
    // Limits and locks stop messages to a number, and nothing else.
    const isOnlyNumber = ["RATE_LIMITED", "PHONE_LOCKED"].includes(error.code) && !this.#$("by-link").hidden
    const otherWay = isOnlyNumber ? ` ${this.#words("orChoose", { other: this.#$("by-link").textContent })}` : ""
    this.#$("problem").textContent = explain(error, this.#words, this.#language) + otherWay
  }

  // A login

  async #ask() {
    const { number } = this.#number
    this.#$("problem").textContent = ""
    if (number) return this.#start({ phoneNumber: number })
    this.#refuse({ code: "MISSING_PARAMETERS" })
  }

  #refuse(error) {
    const isNumber = ["MISSING_PARAMETERS", "INVALID_PHONE_NUMBER", "COUNTRY_NOT_ALLOWED"].includes(error.code)
    if (isNumber) {
      this.#$("phone").ariaInvalid = "true"
      this.#$("phone").focus()
    }
    if (error.retryAfter) this.#resendAt = this.#OTPless.now() + error.retryAfter
    this.#complain(error)
  }

  /** Until the person has to look elsewhere; the outcome comes later. */
  #start(options) {
    return new Promise(resolve => this.#follow(callbacks => this.#OTPless.login({
      ...options, qrCode: options.link && !this.#isPhone, locale: this.#language, ...callbacks,
    }), resolve))
  }

  /** Shows a login from its start to its end. Null if there is none. */
  #follow(begin, begun = () => {}) {
    const stop = new AbortController
    const attempt = ++this.#attempt
    const isShown = () => this.#stop == stop
    const on = {
      started: login => {
        if (attempt != this.#attempt) return stop.abort()  // the person has gone on meanwhile
        this.#stop?.abort()  // the one before, if this message is another one
        this.#stop = stop
        this.#wait(login)
        begun()
      },
      delivery: step => isShown() && this.#OTPless.setup.delivery && this.#showDelivery(step),
      connection: state => isShown() && this.#showConnection(state),
    }
    return begin({ on, signal: stop.signal })?.then(session => isShown() && this.#succeed(session), error => {
      if (isShown()) this.#fail(error)
      else if (attempt == this.#attempt) this.#refuse(error)
      begun()
    }) ?? null
  }

  #wait(login) {
    this.#login = login
    const { phoneNumber, matchNumber, method, startedAt } = login
    if (method == "link") this.#showLink(login)
    else this.#show("asked", "checkPhone", this.#words(matchNumber ? "askedMatch" : "askedTap", { number: this.#shown(phoneNumber) }))
    this.#$(method == "link" ? "link-match" : "match").textContent = matchNumber ?? ""
    this.#$("change").textContent = this.#words(method == "link" ? "byNumber" : "changeNumber")
    if (method == "link") this.#$("change").hidden = !this.#asksNumber
    this.#resendAt = startedAt + Math.max(15, this.#OTPless.setup.resendAfter)
    this.#showDelivery(this.#OTPless.setup.delivery ? "queued" : "sent")
    this.#clock = setInterval(() => this.#tick(), 250)
    this.#tick()
  }

  #showLink({ link, code, qrCode, matchNumber }) {
    this.#show("link", this.#isPhone ? "tapTitle" : "scanTitle", this.#words(this.#isPhone ? "tap" : "scan"))
    this.#$("match-hint").textContent = matchNumber ? this.#words("linkMatch") : ""
    this.#$("link-code").textContent = code
    const number = new URL(link).pathname.slice(1)
    this.#$("send").firstElementChild.textContent = this.#words("sendCode", { number: this.#shown(`+${number}`) })
    Object.assign(this.#$("open"), { href: link, textContent: this.#words(this.#isPhone ? "openWhatsApp" : "openHere") })
    this.#$("open").classList.toggle("main", this.#isPhone)
    // On a phone the app opens over this page; elsewhere this page has to stay.
    if (!this.#isPhone) this.#$("open").target = "_blank"
    this.#$("qr").replaceChildren(...qrCode ? [this.#drawing(qrCode)] : [])
  }

  #drawing(svg) {
    const drawing = document.importNode(new DOMParser().parseFromString(svg, "image/svg+xml").documentElement, true)
    drawing.setAttribute("role", "img")
    drawing.setAttribute("aria-label", this.#words("qrLabel"))
    return drawing
  }

  #showDelivery(step) {
    this.#$("message").dataset.step = step
    this.#setText("delivery", this.#words(step))
  }

  /** Said after a moment: what comes back at once need not be told. */
  #showConnection(state) {
    clearTimeout(this.#lost)
    const say = () => this.#setText("connection", this.#words("lost"))
    if (state == "lost") this.#lost = setTimeout(say, 1500)
    else if (this.#$("connection").textContent) {
      this.#setText("connection", "")
      this.#setText("live", this.#words("connected"))
    }
  }

  #tick() {
    const now = this.#OTPless.now()
    const { expiresAt, startedAt } = this.#login
    const left = Math.max(0, Math.ceil(expiresAt - now))
    this.#setText("countdown", clockText(left))
    this.#$("bar").firstElementChild.style.inlineSize = `${100 * Math.min(1, left / (expiresAt - startedAt))}%`
    if (left == 60) this.#setText("live", this.#words("minuteLeft"))
    const rest = Math.ceil(this.#resendAt - now)
    const resend = this.#$("resend")
    resend.dataset.rests = rest > 0
    if (resend.ariaDisabled != String(rest > 0)) resend.ariaDisabled = rest > 0
    this.#setText("resend", rest > 0 ? this.#words("resendIn", { time: isolated(clockText(rest)) }) : this.#words("resend"))
  }

  #setText(id, text) {
    if (this.#$(id).textContent != text) this.#$(id).textContent = text
  }

  /** Another message. The first stays good until the second is on its way. */
  async #resend() {
    const before = this.#login
    this.#$("problem").textContent = ""
    await this.#start({ phoneNumber: before.phoneNumber })
    if (this.#state == "asked" && this.#login != before) this.#$("live").textContent = this.#words("resent")
  }

  #fail(error) {
    this.#stop = null
    const outcome = OUTCOMES[error.code] ?? "failed"
    const isMatch = outcome == "denied" && this.#login.matchNumber
    this.#show("over", `${outcome}Title`, this.#words(isMatch ? "deniedMatch" : outcome))
    if (this.#login.method == "link") for (const id of ["or", "by-link"]) this.#$(id).hidden = true  // it is what "again" does
  }

  #succeed(session) {
    const { user, isNewUser } = session
    this.#stop?.abort()
    this.#stop = null
    this.#attempt++
    this.#shownUser = user.id
    this.#show("success", isNewUser ? "welcome" : "welcomeBack", this.#words("signedIn", { number: this.#shown(user.phoneNumber) }))
    this.#$("phone").value = ""
    this.#tell("login", session)
  }

  /** Somebody signed in or out, here or in another tab, or the session has ended. */
  async #sessionChanged({ session, reason }) {
    this.#session = session
    if (!session) return this.#signedOut(reason)
    const isNews = this.#state == "success" ? session.userId != this.#shownUser : ["form", "over"].includes(this.#state)
    if (!isNews) return
    const state = this.#state
    const user = session.user ?? await this.#OTPless.user().catch(() => null)
    if (user && this.#state == state) this.#succeed({ ...session, user, isNewUser: false })
  }

  #signedOut(reason) {
    if (!this.#shownUser) return
    this.#shownUser = null
    this.#tell("logout")  // first, so that the page shows this element again, which takes the focus
    if (this.#state == "success") this.#toForm(this.#words(reason == "logout" ? "loggedOut" : "sessionEnded"))
  }
}
