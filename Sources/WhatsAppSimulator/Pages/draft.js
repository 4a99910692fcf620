// A message that a link has written: /15550783881?text=… is here what https://wa.me/15550783881?text=… is there.

import { $, digitsOf, written } from "/simulator.js"

const number = location.pathname.slice(1)
let isOpen = number != ""

export const isDrafting = () => isOpen

/** Opens the draft; false if the link is for somebody else, and says so. */
export function openDraft({ businessName, businessNumber }) {
  if (number == businessNumber) {
    $("text").value = new URLSearchParams(location.search).get("text") ?? ""
    $("send-as").hidden = false
    return true
  }
  isOpen = false
  const who = /^\d+$/.test(number) ? written(number) : `“${number}”`
  $("trouble").textContent = `This link is for ${who}. In this demo there is only ${businessName}, ${written(businessNumber)}.`
  return false
}

/** Offers all phones and a new one; the chosen one stays chosen. */
export function showSenders(chats, chosen) {
  const isNew = !chosen
  const phones = [...chats].sort((a, b) => b.activity - a.activity).map(chat => chat.phone)
  const options = phones.map(phone => new Option(written(phone), phone))
  $("sender").replaceChildren(...options, new Option("Another number…", "new"))
  $("sender").value = isNew ? "new" : chosen
  $("sender-number").hidden = !isNew
}

/** The digits of who sends; null if they are no number. */
export const sender = () => $("sender").value == "new" ? digitsOf($("sender-number").value) : $("sender").value

/** It is sent: the page is a phone like any other, also when it is loaded again. */
export function closeDraft(phone) {
  isOpen = false
  $("send-as").hidden = true
  history.replaceState(null, "", `/#${phone}`)
}
