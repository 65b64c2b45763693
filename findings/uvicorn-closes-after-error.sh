#!/bin/sh
# uvicorn: an application raises; the 500 says nothing of the connection's end, and yet it ends.
set -eu
folder=$(mktemp -d)
server=
cleanup() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"; }
trap cleanup EXIT INT TERM
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q uvicorn==0.30.6 h11==0.14.0 starlette==0.38.6
venv/bin/pip list 2>/dev/null | grep -iE '^(uvicorn|h11|starlette) '

cat > main.py <<'PY'
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

async def fine(request):
    return PlainTextResponse("ok")

async def raises(request):
    raise RuntimeError("the application raises")

app = Starlette(routes=[Route("/fine", fine, methods=["POST"]), Route("/raises", raises, methods=["POST"])])
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
venv/bin/uvicorn main:app --host 127.0.0.1 --port "$port" --log-level critical &
server=$!

cat > ask.py <<'PY'
import socket, sys, time

port = int(sys.argv[1])

def connect():
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port), 1)
        except OSError:
            time.sleep(0.05)
    sys.exit("uvicorn does not listen")

def ask(path):
    """The head of the response, and whether the server ends the connection within a second."""
    with connect() as s:
        s.sendall(f"POST {path} HTTP/1.1\r\nhost: t\r\ncontent-length: 2\r\n\r\n{{}}".encode())
        s.settimeout(1)
        data, ended = b"", False
        try:
            while True:
                piece = s.recv(65536)
                if not piece:
                    ended = True
                    break
                data += piece
        except TimeoutError:
            pass
        except ConnectionResetError:
            ended = True
        return data.split(b"\r\n\r\n")[0].decode().lower(), ended

right = True
for path, status, ends in (("/fine", "200", False), ("/raises", "500", True)):
    head, ended = ask(path)
    announced = "connection: close" in head
    print(f"{path}: status {head.split()[1]}, 'connection: close' announced: {announced}, connection ended within 1 s: {ended}")
    right &= head.split()[1] == status and not announced and ended == ends
sys.exit(0 if right else 1)
PY
if python3 ask.py "$port"; then
    echo "as described: after the 500 the connection ends unannounced"
else
    echo "the behaviour has changed"
    exit 1
fi
