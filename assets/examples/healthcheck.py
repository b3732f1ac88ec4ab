"""Exit code 0 when every enabled camera runs: `healthcheck.py URL`, token in the environment."""

import os
import sys
from http.client import HTTPException
from urllib.request import Request, urlopen

request = Request(sys.argv[1])
if token := os.environ.get("AGESCOPE_METRICS_TOKEN"):
    request.add_header("Authorization", f"Bearer {token}")
try:
    with urlopen(request, timeout=8) as answer:
        sys.exit(answer.status != 200)
except (OSError, HTTPException) as error:
    sys.exit(f"unhealthy: {error}")
