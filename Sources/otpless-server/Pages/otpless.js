/** What this server told the client about itself. */
const setup = "@setup@"

/** Where this server is, whatever site loads the client. */
const origin = new URL(import.meta.url).origin

const OTPless = Object.freeze({ setup, origin })

globalThis.OTPless = OTPless
export { OTPless }
