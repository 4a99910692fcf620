// The panel of what goes wrong: a form over /simulator/faults, which takes effect as soon as something is chosen.

import { $, call, make, written } from "/simulator.js"

const form = $("fault-form")
const panel = $("faults")
const wide = matchMedia("(min-width: 72rem)")
const every = ["sent", "delivered", "read", "failed"]

/** How each fault is called, and its value while nothing is wrong. */
const known = {
  answers: ["byHand", value => value == "confirm" ? "Confirmed automatically" : "Declined automatically"],
  send: [null, value => `${label(value)}: ${value.next ? `the next ${value.next == 1 ? "message" : `${value.next} messages`}` : "every message"}`],
  window: ["open", value => value == "closed" ? "Templates only" : "Templates only, outside of 24 hours"],
  windowFailsLater: [false, () => "Outside the window, messages are taken and then fail"],
  answerDelay: [0, value => `WhatsApp’s answers take ${value} ms`],
  webhookDelay: [0, value => `Webhooks are held back for ${value} ms`],
  copies: [1, value => `Each webhook comes ${value} times`],
  batch: [1, value => `${value} updates in each webhook`],
  reversed: [false, () => "In reversed order"],
  beforeAnswer: [false, () => "Webhooks before the answer"],
  hidesNumber: [false, () => "The number is hidden"],
  omitsContext: [false, () => "Taps do not name the message"],
  omitsContacts: [false, () => "Webhooks without contacts"],
  statuses: [every.join(), value => `Lost: ${every.filter(status => !value.includes(status)).join(", ")}`],
}

let all = {}     // as the simulator has them
let phone = null

/** Shows what goes wrong with all phones and with the one on the screen. */
export function showFaults(faults, chosen) {
  all = faults
  phone = chosen
  const sets = [["", faults], ...faults.phones.map(own => [own.phone, own])]
  const lines = sets.flatMap(([owner, set]) => wrong(set).map(text => owner ? `${written(owner)}: ${text}` : text))
  showStanding(lines)
  $("one-phone").hidden = !phone
  if (!phone) form.elements.scope.value = "all"
  $("one-phone").lastElementChild.textContent = phone ? `${written(phone)} alone` : ""
  $("rejoin").hidden = !own() || form.elements.scope.value == "all"
  fill()
}

const own = () => all.phones.find(set => set.phone == phone)
const current = () => form.elements.scope.value == "one" && own() || all

function wrong(set) {
  return Object.entries(known).filter(([name, [usual]]) => String(set[name]) != String(usual)).map(([name, [, text]]) => text(set[name]))
}

function showStanding(lines) {
  for (const badge of document.querySelectorAll(".fault-count")) {
    badge.hidden = !lines.length
    badge.textContent = lines.length
  }
  $("clear-faults").disabled = !lines.length && !all.phones.length
  const text = lines.join("\n")
  if ($("standing").dataset.text == text) return
  $("standing").dataset.text = text
  $("standing").replaceChildren(lines.length ? make("ul", {}, ...lines.map(textContent => make("li", { textContent }))) : make("p", { textContent: "Nothing goes wrong." }))
}

// MARK: the form

/** Shows the faults in the form, except in the field that is being changed. */
function fill() {
  const set = current()
  for (const field of form.elements) {
    const { name, type, value } = field
    if (!(name in known) || name == "send" || field == document.activeElement && type == "number") continue
    if (name == "statuses") field.checked = !set.statuses.includes(value)
    else if (type == "radio") field.checked = set[name] == value
    else if (type == "checkbox") field.checked = set[name]
    else field.value = set[name]
  }
  fillSend(set.send)
}

function fillSend(send) {
  const select = form.elements.send
  const value = send ? word(send) : ""
  select.querySelector(".other")?.remove()
  select.value = value
  // A script may ask for more than the form offers.
  if (select.selectedIndex < 0) select.append(make("option", { className: "other", value, selected: true, textContent: label(send) }))
  if (send) form.elements.next.selectedIndex = send.next ? 0 : 1
}

/** A fault of a send as the form's option has it, such as `error 131026`. */
const word = ({ answer, code, status, arrives }) => [answer, code ?? status, arrives && "arrives"].filter(part => part !== undefined && part !== false).join(" ")

function label(send) {
  const option = [...form.elements.send.options].find(option => option.value == word(send) && option.className != "other")
  return option ? `${option.parentElement.label}: ${option.textContent}` : `Messages: ${word(send)}`
}

function readSend() {
  const [answer, number, arrives] = form.elements.send.value.split(" ")
  if (!answer) return null
  const fault = { answer, arrives: arrives == "arrives" }
  if (number) fault[answer == "error" || answer == "failure" ? "code" : "status"] = Number(number)
  if (form.elements.next.value) fault.next = Number(form.elements.next.value)
  return fault
}

function read(field) {
  if (field.name == "statuses") return every.filter(status => !form.querySelector(`[name=statuses][value=${status}]`).checked)
  if (field.type == "checkbox") return field.checked
  return field.type == "number" ? field.valueAsNumber : field.value
}

form.addEventListener("change", ({ target }) => {
  if (target.name == "scope") return showFaults(all, phone)
  const name = target.name == "next" ? "send" : target.name
  if (!(name in known)) return
  const value = name == "send" ? readSend() : read(target)
  if (Number.isNaN(value)) return showFaults(all, phone)
  if (form.elements.scope.value == "all") return put({ ...all, [name]: value })
  // A phone's own faults begin with those of all.
  const { phones, ...rest } = all
  put({ ...all, phones: [...others(), { ...rest, ...own(), phone, [name]: value }] })
})

const others = () => all.phones.filter(set => set.phone != phone)

async function put(faults, method = "PUT") {
  try {
    showFaults(await call("/simulator/faults", faults, method), phone)
    $("fault-notice").textContent = ""
  } catch (error) {
    $("fault-notice").textContent = `That did not work: ${error.message}`
    showFaults(all, phone)
  }
}

form.addEventListener("submit", event => event.preventDefault())
$("rejoin").addEventListener("click", () => {
  form.elements.scope.value = "all"
  form.elements.scope[0].focus()
  put({ ...all, phones: others() })
})
$("clear-faults").addEventListener("click", () => {
  $("close-faults").focus()
  put({}, "DELETE")
})

// MARK: the drawer

/** Beside the phone where there is room, over it where there is none. */
const open = () => wide.matches ? panel.show() : panel.showModal()

for (const button of document.querySelectorAll(".open-faults")) button.addEventListener("click", () => panel.open ? panel.close() : open())
$("close-faults").addEventListener("click", () => panel.close())
panel.addEventListener("keydown", event => event.key == "Escape" && panel.close())
wide.addEventListener("change", () => {
  if (!panel.open) return
  panel.close()
  open()
})
