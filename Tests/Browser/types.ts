// Compiled by test_client.py and never run: what docs/browser.md and the README say, as a site in TypeScript writes it.

import OTPless, { OTPlessError } from "https://login.example.com/otpless.js"

addEventListener("otpless-login", ({ detail }) => {
  document.title = `Hello, ${detail.user.phoneNumber}!`
})
addEventListener("otpless-logout", () => document.title = "")
document.querySelector("otpless-login")?.reset()
OTPless.addEventListener("change", ({ detail }) => detail.session?.userId ?? detail.reason)

export async function signIn(): Promise<string | undefined> {
  try {
    const { accessToken } = await OTPless.login({
      phoneNumber: "+16505550142",
      on: { started: ({ expiresAt, matchNumber }) => console.log(expiresAt, matchNumber), delivery: step => console.log(step) },
    })
    const [device] = await OTPless.devices()
    await OTPless.endDevice(device.id)
    await OTPless.fetch("/api/orders", { method: "POST" })
    return accessToken
  } catch (error) {
    if (error instanceof OTPlessError && error.code == "RATE_LIMITED") console.log(error.retryAfter)
  }
}

// @ts-expect-error: no such option
OTPless.login({ phone: "+16505550142" })
