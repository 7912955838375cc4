"""Asks a service in this container whether it is ready (`healthy.py PORT`); the container's health check."""

import http.client
import sys


def ready(port: int) -> bool:
    """Whether `GET /readyz` answers 200 within two seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if ready(int(sys.argv[1])) else 1)
