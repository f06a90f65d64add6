"""The peer in Python: opentracing and basictracer as PyPI delivers them.

It takes orders as lines of JSON on standard input and answers each with a line of JSON:

  {"do": "begin", "format", "sampled", "baggage", "trace_id"?, "span_id"?}  a new trace
  {"do": "continue", "format", "carrier"}     a span below the context in the carrier
  {"do": "call", "url", "sampled", "baggage"} a new trace, and a request with its context

Binary carriers are base64. The first line says where it serves HTTP: a request there continues the
trace of its headers, calls the address in `?call=` below it, and answers with what both saw.
"""

import base64
import json
import sys
import threading
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import opentracing
from basictracer import BasicTracer
from basictracer.recorder import InMemoryRecorder

tracer = BasicTracer(InMemoryRecorder())
tracer.register_required_propagators()


def describe(span):
    context = span.context
    return {
        "traceId": "%016x" % context.trace_id,
        "spanId": "%016x" % context.span_id,
        "parentId": None if span.parent_id is None else "%016x" % span.parent_id,
        "sampled": context.sampled,
        "baggage": dict(context.baggage),
    }


def inject(span, format):
    carrier = bytearray() if format == opentracing.Format.BINARY else {}
    tracer.inject(span.context, format, carrier)
    return base64.b64encode(carrier).decode() if isinstance(carrier, bytearray) else carrier


def extract(format, carrier):
    if format == opentracing.Format.BINARY:
        carrier = bytearray(base64.b64decode(carrier))
    return tracer.extract(format, carrier)


def begin(order):
    span = tracer.start_span("begin")
    span.context.sampled = order["sampled"]
    for key in ("trace_id", "span_id"):
        if key in order:
            setattr(span.context, key, int(order[key], 16))
    for key, value in order["baggage"].items():
        span.set_baggage_item(key, value)
    return span


def go_on(format, carrier):
    span = tracer.start_span("continue", child_of=extract(format, carrier))
    span.set_baggage_item("python", "was here")
    return span


def request(url, span):
    headers = inject(span, opentracing.Format.HTTP_HEADERS)
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
        return json.load(response)


def obey(order):
    if order["do"] == "call":
        span = begin(order)
        return {"span": describe(span), "answer": request(order["url"], span)}
    span = begin(order) if order["do"] == "begin" else go_on(order["format"], order["carrier"])
    return {"span": describe(span), "carrier": inject(span, order["format"])}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        span = go_on(opentracing.Format.HTTP_HEADERS, self.headers)
        call = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)["call"][0]
        body = json.dumps({"span": describe(span), "answer": request(call, span)}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("serving http://127.0.0.1:%d" % server.server_port, flush=True)
for line in sys.stdin:
    try:
        answer = obey(json.loads(line))
    except Exception as error:
        answer = {"error": "%s: %s" % (type(error).__name__, error)}
    print(json.dumps(answer), flush=True)
