// The login page: the element first, then the account of whoever is signed in.

import OTPless from "/otpless.js"

const $ = id => document.getElementById(id)
const login = $("login")
let page = null  // words, and what speaks by them, once they are here
let user = null

const ready = prepare()

async function prepare() {
  try {
    await load()
  } catch {
    await new Promise(resolve => setTimeout(resolve, 3000))
    return prepare()
  }
}

async function load() {
  const [{ chooseLanguage, loadWords, ...speech }, { formatNumber }] =
    await Promise.all(["element.js", "countries.js"].map(name => import(OTPless.asset(name))))
  const language = chooseLanguage(login, OTPless)
  page = { ...speech, formatNumber, language, words: await loadWords(OTPless, language) }
}

// Signed in, and out

login.addEventListener("otpless-login", async ({ detail }) => {
  await ready
  user = detail.user
  login.hidden = true
  $("account").hidden = false
  $("greeting").textContent = page.words(detail.isNewUser ? "welcome" : "welcomeBack")
  setTitle($("greeting").textContent)
  say(page.words("signedIn", { number: page.isolated(page.formatNumber(user.phoneNumber)) }))
  showUser()
  $("greeting").focus()
  showDevices()
})

login.addEventListener("otpless-logout", () => {
  user = null
  $("account").hidden = true
  login.hidden = false
  for (const id of ["name", "phone", "since", "status", "problem"]) $(id).textContent = ""
  $("new-name").value = ""
  $("devices").replaceChildren()
})

const setTitle = title => document.title = `${title} · ${OTPless.setup.appName}`

function say(sentence, problem = "") {
  $("status").textContent = sentence
  $("problem").textContent = problem
}

function showUser() {
  const { words, language } = page
  $("name").textContent = user.name ?? words("noName")
  $("phone").textContent = page.formatNumber(user.phoneNumber)
  $("since").textContent = new Date(user.createdAt * 1000).toLocaleDateString(language, { dateStyle: "long" })
  $("new-name").value = user.name ?? ""
}

/** Does what the person asked for, and says it if it did not work. */
async function attempt(work) {
  try {
    say("")
    await work()
  } catch (error) {
    if (user) say("", page.explain(error, page.words, page.language))
    if (error.code == "INVALID_NAME") refuseName()
    if (error.code == "DEVICE_NOT_FOUND") await showDevices()
  }
}

function refuseName() {
  $("new-name").setAttribute("aria-invalid", "true")
  $("new-name").focus()
}

async function rename() {
  $("new-name").removeAttribute("aria-invalid")
  const { name } = await OTPless.rename($("new-name").value)
  user = { ...user, name }
  showUser()
  $("editor").open = false
  $("editor").firstElementChild.focus()
  say(page.words("saved"))
}

// Devices

async function showDevices() {
  try {
    const devices = await OTPless.devices()
    const hadFocus = $("devices").contains(document.activeElement)
    $("devices").replaceChildren(...devices.map(makeDevice))
    if (hadFocus) $("devices-title").focus()
    return true
  } catch (error) {
    if (user) $("problem").textContent = page.explain(error, page.words, page.language)
  }
}

function makeDevice(device) {
  const { words } = page
  const name = device.name ?? words("unknownDevice")
  const text = make("div", {}, [make("span", { textContent: name, dir: "auto" }),
    make("small", { textContent: device.current ? words("thisDevice") : words("lastUsed", { when: ago(device.lastUsedAt) }) })])
  if (device.current) return make("li", {}, [text])
  const end = make("button", { type: "button", textContent: words("end"), ariaLabel: words("endLabel", { device: name }) })
  end.addEventListener("click", once(end, () => endDevice(device)))
  return make("li", {}, [text, end])
}

const make = (tag, properties, children = []) => {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

async function endDevice({ id }) {
  await OTPless.endDevice(id)
  if (await showDevices()) say(page.words("ended"))
}

function ago(time) {
  const seconds = OTPless.now() - time
  return seconds < 60 ? page.words("now") : page.relativeTime(-seconds, page.language)
}

// What people press; nothing twice at a time.

function once(button, work) {
  return async event => {
    event.preventDefault()
    if (button.getAttribute("aria-disabled") == "true") return
    button.setAttribute("aria-disabled", "true")
    await attempt(work)
    button.setAttribute("aria-disabled", "false")
  }
}

$("rename").addEventListener("submit", once($("rename").querySelector("button"), rename))
$("logout").addEventListener("click", once($("logout"), () => OTPless.logout()))
$("logout-everywhere").addEventListener("click", once($("logout-everywhere"), () => OTPless.logout({ everywhere: true })))

// The back button leaves the wait, not the page.

login.addEventListener("otpless-state", ({ detail: { state, title } }) => {
  setTitle(title)
  const isWaiting = state == "asked" || state == "link"
  if (isWaiting && !history.state?.isWaiting) history.pushState({ isWaiting }, "")
  if (!isWaiting && history.state?.isWaiting) history.back()
})
addEventListener("popstate", () => history.state?.isWaiting ? history.back() : login.reset?.())
