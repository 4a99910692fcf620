"""A backend that knows who is asking. It has no secret: it checks access tokens with OTPless's public keys."""
import logging
import os
from pathlib import Path
from typing import Annotated

import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

OTPLESS = os.environ.get("OTPLESS_URL", "http://127.0.0.1:8080")
PORT = int(os.environ.get("PORT", 9002))

# Fetched when a token has a key that is not known yet, and kept for five minutes.
keys = jwt.PyJWKClient(f"{OTPLESS}/.well-known/jwks.json")

app = FastAPI()
page = (Path(__file__).parent / "index.html").read_text().replace("http://127.0.0.1:8080", OTPLESS)


def signed_in(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]) -> dict:
    """The claims of the access token. Not `async`: fetching keys may take a moment, so a thread does it."""
    try:
        if credentials is None:
            raise jwt.InvalidTokenError("no token")
        token = credentials.credentials
        key = keys.get_signing_key_from_jwt(token)
        return jwt.decode(token, key, algorithms=["ES256"], issuer=OTPLESS, audience=OTPLESS,
                          options={"require": ["exp", "iss", "aud", "sub"]})
    except jwt.PyJWKClientConnectionError as error:
        logging.exception("keys cannot be fetched")
        raise HTTPException(503, "keys cannot be fetched") from error
    except jwt.PyJWTError as error:
        raise HTTPException(401, "please sign in", {"WWW-Authenticate": "Bearer"}) from error


@app.get("/", response_class=HTMLResponse)
def index():
    return page


@app.get("/api/hello")
def hello(claims: Annotated[dict, Depends(signed_in)]):
    who = claims.get("name") or claims["phone_number"]
    return {"message": f"Hello {who}, from FastAPI", "userId": claims["sub"]}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning")
