// A backend that knows who is asking. It has no secret: it checks access tokens with OTPless's public keys.
const { readFileSync } = require("fs")
const express = require("express")
const { createRemoteJWKSet, jwtVerify, errors } = require("jose")

const otpless = process.env.OTPLESS_URL ?? "http://127.0.0.1:8080"
const port = process.env.PORT ?? 9001

/** Fetched when a token has a key that is not known yet, and kept. */
const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", otpless))

/** Who the token was issued to. Throws if anything about it is wrong. */
async function userOf(token) {
  const { payload } = await jwtVerify(token, keys, { algorithms: ["ES256"], issuer: otpless, audience: otpless })
  if (!payload.sub || !payload.exp) throw new errors.JWTInvalid("sub and exp are required")
  return { id: payload.sub, name: payload.name, phoneNumber: payload.phone_number }
}

/** Only for who is signed in; `request.user` is who. */
async function signedIn(request, response, next) {
  const [, token] = /^Bearer ([\w.-]+)$/i.exec(request.get("Authorization")) ?? []
  try {
    if (!token) throw new errors.JWTInvalid("no token")
    request.user = await userOf(token)
  } catch (error) {
    const isRefused = error instanceof errors.JOSEError && !["ERR_JOSE_GENERIC", "ERR_JWKS_TIMEOUT"].includes(error.code)
    if (isRefused) return response.status(401).set("WWW-Authenticate", "Bearer").json({ error: "please sign in" })
    console.error(error)
    return response.status(503).json({ error: "keys cannot be fetched" })
  }
  next()
}

const app = express()
const page = readFileSync(`${__dirname}/index.html`, "utf8").replaceAll("http://127.0.0.1:8080", otpless)

app.get("/", (request, response) => response.send(page))

app.get("/api/hello", signedIn, (request, response) => {
  const { id, name, phoneNumber } = request.user
  response.json({ message: `Hello ${name ?? phoneNumber}, from Express`, userId: id })
})

app.listen(port, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${port}/`))
