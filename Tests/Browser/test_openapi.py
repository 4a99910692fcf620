"""The API's description, /openapi.json, against the server that runs (docs/decisions/0029).

Schemathesis makes requests from it, good ones and bad ones, and looks at every reply: all of its checks, all of its
phases. What it cannot make up stands in openapi_hooks.py, what it may meet in schemathesis.toml.

OTPLESS_TEST_EXAMPLES=1000 makes a long run of it, with other requests each time.
"""
import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
LONG = os.environ.get("OTPLESS_TEST_EXAMPLES")


# Most requests are to be refused, which the log has as warnings.
@pytest.mark.settings(OTPLESS_LOG_LEVEL="error")
@pytest.mark.timeout(0 if LONG else 300)
def test_the_server_answers_as_its_description_says(demo, tmp_path):
    environment = os.environ | {
        "PYTHONPATH": str(FOLDER), "SCHEMATHESIS_HOOKS": "openapi_hooks",
        "OTPLESS_TEST_URL": demo.url, "OTPLESS_TEST_PHONE_URL": demo.phone_url,
    }
    run = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "--config-file", FOLDER / "schemathesis.toml",
            "run", f"{demo.url}/openapi.json", "--checks", "all", "--phases", "examples,coverage,fuzzing,stateful",
            "--max-examples", LONG or "20", *([] if LONG else ["--seed", "1"]), "--continue-on-failure", "--no-color",
        ],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(run.stdout)
    assert run.returncode == 0, "the description and the server do not agree; see above"
