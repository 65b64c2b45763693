"""Writes the bodies of the corpus anew, each as a real language writes it.

Run by hand: `python3 tests/corpus/bodies.py` with Node, PHP, Ruby and Go installed; it writes
`bodies.json`. The bodies of Gson and System.Text.Json follow the documented rules of their escapes.
What a language writes just as it read it is left out.
"""

import base64
import gzip
import json
import pathlib
import subprocess
import zlib

HERE = pathlib.Path(__file__).parent
WRITTEN = {}

BODIES = {
    # Nothing in it that any writer spells differently but white space and order.
    "plain": '{"id":"evt_01JX4T","event":"conversion.approved","createdAt":"2026-05-08T04:51:35.080Z",'
    '"data":{"orderId":"A-1001","amount":12.5,"currency":"EUR","quantity":3,"test":false}}',
    # Letters, slashes, quotes and what HTML escapes.
    "rich": '{"id":"evt_01JX4U","event":"affiliate.created","createdAt":"2026-05-08T04:51:36.120Z",'
    '"data":{"name":"Zoë Müller","url":"https://shop.example/a?b=1&c=2","note":"he said \\"5 < 6\\"",'
    '"tags":["größe","naïve"],"city":"Łódź"}}',
    # Characters beyond the basic plane.
    "emoji": '{"id":"evt_01JX4V","event":"payout.sent","data":{"memo":"done \U0001f389","to":"José"}}',
    # Numbers as banks write them.
    "money": '{"id":"evt_01JX4W","event":"commission.paid","data":{"amount":12.50,"rate":0.10,"total":100.00,"n":3}}',
    # Nothing and nothing.
    "sparse": '{"id":"evt_01JX4X","event":"player.registered","data":{"email":null,"meta":{},"list":[],"ok":true}}',
    # Latin-1 only.
    "latin": '{"id":"evt_01JX4Y","event":"affiliate.updated","data":{"name":"Zoë","town":"Orléans"}}',
    # Flat.
    "flat": '{"id":"evt_01JX4Z","event":"click","campaign":"spring sale","amount":"12.50"}',
    # Not sorted, two levels.
    "order": '{"id":"evt_01JX50","event":"conversion.created","createdAt":"2026-05-08T04:51:35.080Z",'
    '"data":{"orderId":"A-7","amount":9.99,"currency":"USD","affiliateId":"aff_9"}}',
}


def run(command, text):
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout.decode()


def write(name, data):
    if name in BODIES or data != BODIES[name.split(".")[0]]:
        WRITTEN[name] = data


NODE = "const b=JSON.parse(require('fs').readFileSync(0));process.stdout.write(%s)"
PHP = "echo json_encode(json_decode(stream_get_contents(STDIN)%s)%s);"
RUBY = "require 'json'; b=JSON.parse(STDIN.read); STDOUT.write(%s)"
GO = """package main
import ("bytes";"encoding/json";"io";"os")
func main() {
  raw, _ := io.ReadAll(os.Stdin)
  var v interface{}
  json.Unmarshal(raw, &v)
  out, _ := json.Marshal(v)
  if len(os.Args) > 1 { var b bytes.Buffer; json.Indent(&b, out, "", "  "); out = b.Bytes() }
  os.Stdout.Write(out)
}
"""


def escaped(text, needs, upper):
    out = []
    for c in text:
        if needs(c):
            units = c.encode("utf-16-be")
            for i in range(0, len(units), 2):
                code = "%04x" % int.from_bytes(units[i : i + 2], "big")
                out.append("\\u" + (code.upper() if upper else code))
        else:
            out.append(c)
    return "".join(out)


def dotnet(text):
    """System.Text.Json with its default encoder: quotes, HTML characters, plus and all but ASCII."""
    return escaped(text.replace('\\"', "\\u0022"), lambda c: c in "<>&'+`" or ord(c) > 126, True)


def gson(text):
    """Gson with its default, HTML-safe escapes."""
    return escaped(text, lambda c: c in "<>&='", False)


def main():
    go = HERE / "write.go"
    go.write_text(GO)
    for name, text in BODIES.items():
        value = json.loads(text)
        write(f"{name}", text)
        write(f"{name}.express", run(["node", "-e", NODE % "JSON.stringify(b)"], text))
        write(f"{name}.node2", run(["node", "-e", NODE % "JSON.stringify(b,null,2)"], text))
        write(f"{name}.python", json.dumps(value))
        write(f"{name}.python-compact", json.dumps(value, separators=(",", ":")))
        write(f"{name}.python-utf8", json.dumps(value, ensure_ascii=False))
        write(f"{name}.python-sorted", json.dumps(value, sort_keys=True, separators=(",", ":")))
        write(f"{name}.python4", json.dumps(value, indent=4))
        write(f"{name}.php", run(["php", "-r", PHP % ("", "")], text))
        write(f"{name}.php-array", run(["php", "-r", PHP % (", true", "")], text))
        write(f"{name}.php-pretty", run(["php", "-r", PHP % ("", ", JSON_PRETTY_PRINT")], text))
        write(f"{name}.php-bare", run(["php", "-r", PHP % ("", ", JSON_UNESCAPED_SLASHES")], text))
        write(f"{name}.ruby", run(["ruby", "-e", RUBY % "JSON.generate(b)"], text))
        write(f"{name}.ruby-pretty", run(["ruby", "-e", RUBY % "JSON.pretty_generate(b)"], text))
        rails = RUBY % "JSON.generate(b).gsub(/[<>&\\u2028\\u2029]/){|c| '\\\\u%04x' % c.ord}"
        write(f"{name}.rails", run(["ruby", "-Ku", "-e", rails], text))
        write(f"{name}.go", run(["go", "run", str(go)], text))
        write(f"{name}.go-indent", run(["go", "run", str(go), "2"], text))
        write(f"{name}.dotnet", dotnet(text))
        write(f"{name}.gson", gson(text))
        write(f"{name}.gz", base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode())
        write(f"{name}.zz", base64.b64encode(zlib.compress(text.encode())).decode())

    go.unlink()
    (HERE / "bodies.json").write_text(json.dumps(WRITTEN, ensure_ascii=False, indent=2) + "\n")


main()
