#!/bin/sh
# How long three Python servers keep a connection at rest, and whether a response announces it.
set -eu
folder=$(mktemp -d)
servers=
cleanup() { for s in $servers; do kill "$s" 2>/dev/null || true; done; rm -rf "$folder"; }
trap cleanup EXIT INT TERM
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q uvicorn==0.30.6 h11==0.14.0 gunicorn==22.0.0 hypercorn==0.17.3
venv/bin/pip list 2>/dev/null | grep -iE '^(uvicorn|gunicorn|hypercorn) '

cat > main.py <<'PY'
async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})

def wsgi(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
PY
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
uvicorn=$(port); gunicorn=$(port); hypercorn=$(port)
venv/bin/uvicorn main:asgi --host 127.0.0.1 --port "$uvicorn" --log-level critical & servers="$servers $!"
venv/bin/gunicorn main:wsgi -b "127.0.0.1:$gunicorn" --threads 2 --log-level critical & servers="$servers $!"
venv/bin/hypercorn main:asgi -b "127.0.0.1:$hypercorn" --log-level critical 2>/dev/null & servers="$servers $!"

cat > ask.py <<'PY'
import socket, sys, threading, time

seen = {}

def watch(name, port):
    for _ in range(200):
        try:
            s = socket.create_connection(("127.0.0.1", port), 1)
            break
        except OSError:
            time.sleep(0.05)
    else:
        seen[name] = None
        return
    s.sendall(b"GET / HTTP/1.1\r\nhost: t\r\n\r\n")
    s.settimeout(20)
    data = b""
    while b"\r\n\r\nok" not in data:
        data += s.recv(65536)
    began = time.monotonic()
    try:
        while s.recv(65536):
            pass
    except (TimeoutError, ConnectionResetError):
        pass
    head = data.split(b"\r\n\r\n")[0].decode().lower()
    seen[name] = (time.monotonic() - began, "keep-alive: " in head or "connection: close" in head)

names = sys.argv[1::2]
threads = [threading.Thread(target=watch, args=(n, int(p))) for n, p in zip(names, sys.argv[2::2])]
[t.start() for t in threads]
[t.join() for t in threads]
right = True
for name in names:
    if seen[name] is None:
        sys.exit(f"{name} does not listen")
    seconds, announced = seen[name]
    print(f"{name}: ended after {seconds:.1f} s at rest, announced in the response: {announced}")
    low, high = {"uvicorn": (4, 7), "gunicorn": (1, 4), "hypercorn": (4, 7)}[name]
    right &= low <= seconds <= high and not announced
sys.exit(0 if right else 1)
PY
if python3 ask.py uvicorn "$uvicorn" gunicorn "$gunicorn" hypercorn "$hypercorn"; then
    echo "as described: connections at rest end within seconds, unannounced"
else
    echo "the behaviour has changed"
    exit 1
fi
