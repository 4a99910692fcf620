/** What the server told the client about itself. */
export interface Setup {
  appName: string
  methods: ("prompt" | "link")[]
  match: boolean
  cookie: boolean
  delivery: boolean
  /** Seconds. */
  resendAfter: number
  /** Seconds. */
  loginTTL: number
  assets: { "element.js": string; "element.css": string; words: Record<string, string> }
  logo: string | null
}

export declare const OTPless: Readonly<{ setup: Setup; origin: string }>
