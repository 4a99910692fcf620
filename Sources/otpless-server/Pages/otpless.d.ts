/** OTPless in the browser: people sign in by answering on WhatsApp. */

/** An account. */
export interface User {
  id: string
  /** `+`, calling code, digits. */
  phoneNumber: string
  name: string | null
  /** Unix seconds. */
  createdAt: number
}

/** Who is signed in. Tokens are kept in memory, and shared by the tabs of an origin. */
export interface Session {
  userId: string
  isNewUser?: boolean
  user?: User
  tokenType?: "Bearer"
  /** A JWT; `OTPless.accessToken()` returns one that has not run out. */
  accessToken: string
  /** Absent where the server keeps it in a cookie. */
  refreshToken?: string
  /** When the access token runs out, in Unix seconds. */
  expiresAt: number
}

/** Who is signed in now; of nobody, why. */
export interface SessionChange {
  session: Session | null
  reason?: "logout" | "ended"
}

/** How far the message has come. */
export type Delivery = "queued" | "sent" | "delivered" | "read"

/** What there is to show once a login has begun. */
export interface StartedLogin {
  method: "prompt" | "link"
  /** Unix seconds. */
  startedAt: number
  /** Unix seconds. */
  expiresAt: number
  phoneNumber?: string
  /** Two digits to show, where number matching is on. */
  matchNumber?: string
  /** Of a link: the code that the message to the business holds. */
  code?: string
  /** Of a link: opens WhatsApp with that message. */
  link?: string
  /** Of a link: an SVG document that shows `link`, if it was asked for. */
  qrCode?: string
}

/** What a login tells on its way. */
export interface LoginCallbacks {
  started?(login: StartedLogin): void
  delivery?(step: Delivery): void
  /** Whether the server can be reached; the login goes on by itself. */
  connection?(state: "open" | "lost"): void
}

export interface WaitOptions {
  on?: LoginCallbacks
  /** Gives up: the login is cancelled, and the promise is rejected with `ABORTED`. */
  signal?: AbortSignal
}

export interface LoginOptions extends WaitOptions {
  /** `+`, calling code, digits. The server sends a WhatsApp message to it; with `link`, only it may answer. */
  phoneNumber?: string
  /** The person sends a message instead: by a link on a phone, or a QR code. */
  link?: boolean
  /** With `link`: asks for the QR code as SVG. */
  qrCode?: boolean
  /** The name of the account, if this login makes it. */
  name?: string
  /** A BCP 47 tag: the language of the message. */
  locale?: string
}

/** A device on which the account is signed in. */
export interface Device {
  id: string
  /** Browser and system. */
  name: string | null
  deviceType: "web" | "ios" | "android" | null
  userAgent: string | null
  ip: string | null
  /** Unix seconds. */
  createdAt: number
  /** Unix seconds. */
  lastUsedAt: number
  current: boolean
}

/**
 * What went wrong. `code` is one of the API's, or
 * - `UNREACHABLE`: no answer came;
 * - `ABORTED`: the signal gave up;
 * - `TAKEN_OVER`: another tab goes on with this login;
 * - `INSECURE_CONTEXT`: the page is neither https nor local;
 * - `NOT_SIGNED_IN`.
 */
export declare class OTPlessError extends Error {
  readonly code: string
  /** 0 without an answer. */
  readonly statusCode: number
  readonly details?: string
  readonly fields?: { field: string; code: string; message: string }[]
  /** Seconds. */
  readonly retryAfter?: number
}

export declare const OTPless: {
  /** Starts a login and waits for its outcome, also over a network that comes and goes. */
  login(options: LoginOptions): Promise<Session>
  /** Goes on with the login that a reload of this tab cut off; null if there is none. */
  resume(options?: WaitOptions): Promise<Session> | null
  /** The account that is signed in, here or in another tab; null if there is none. */
  user(): Promise<User | null>
  /** An access token that is good for half a minute at least. Fails with `NOT_SIGNED_IN`. */
  accessToken(): Promise<string>
  /** `fetch` with the access token, for the site's own backend; a 401 is tried once more with a new token. */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>
  /** New tokens at once; one refresh at a time across tabs. Rarely needed. */
  refresh(): Promise<Session>
  /** Ends this login, or all logins of the account. */
  logout(options?: { everywhere?: boolean }): Promise<void>
  /** Changes the account's name. */
  rename(name: string): Promise<{ name: string }>
  devices(): Promise<Device[]>
  /** Signs a device out. */
  endDevice(id: string): Promise<void>
  /** Unix seconds by the server's clock. */
  now(): number
  /** Somebody signed in or out, here or in another tab, or got new tokens. */
  addEventListener(type: "change", listener: (event: CustomEvent<SessionChange>) => void): void
  removeEventListener(type: "change", listener: (event: CustomEvent<SessionChange>) => void): void
  OTPlessError: typeof OTPlessError
}
export default OTPless

/**
 * `<otpless-login>`: the whole way in. Attributes: `methods` (`prompt link`), `phone-number`, `heading` (1 to 6), `autofocus`;
 * its language is that of the page (`lang`).
 */
export interface OTPlessLoginElement extends HTMLElement {
  /** Leaves the login that is waited for. */
  reset(): void
}

declare global {
  var OTPless: typeof import("./otpless").OTPless
  interface HTMLElementTagNameMap {
    "otpless-login": OTPlessLoginElement
  }
  /** They bubble, so a page may listen on itself. */
  interface GlobalEventHandlersEventMap {
    "otpless-login": CustomEvent<Session & { user: User }>
    "otpless-logout": CustomEvent<null>
    "otpless-state": CustomEvent<{ state: "form" | "asked" | "link" | "over" | "success"; title: string }>
  }
}
