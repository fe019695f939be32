"""A collector of spans for tests: OTLP over HTTP, decoded by the protocol's own definition (opentelemetry-proto).

Prints its port, then a line of JSON for each span. It is strict: what it reads has to be byte for byte what the
definition's own encoder makes of it, and no field may be unknown. `--status N` answers so instead.
"""

import http.server
import json
import sys

from google.protobuf.json_format import MessageToDict
from google.protobuf.unknown_fields import UnknownFieldSet
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

STATUS = int(sys.argv[sys.argv.index("--status") + 1]) if "--status" in sys.argv else 200


def say(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def attributes(pairs):
    found = {}
    for pair in pairs:
        assert pair.key and pair.key not in found, pair.key
        found[pair.key] = getattr(pair.value, pair.value.WhichOneof("value"))
    return found


def unknown(message):
    return len(UnknownFieldSet(message)) + sum(
        unknown(each)
        for field, value in message.ListFields()
        if field.message_type
        for each in (value if field.is_repeated else [value])
    )


def spans(body):
    request = ExportTraceServiceRequest()
    request.ParseFromString(body)
    assert request.SerializeToString(deterministic=True) == body, "another encoder writes it in another way"
    assert unknown(request) == 0, "fields that are not defined"
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                assert len(span.trace_id) == 16 and any(span.trace_id), span
                assert len(span.span_id) == 8 and any(span.span_id), span
                assert len(span.parent_span_id) in (0, 8), span
                yield {
                    "resource": attributes(resource.resource.attributes),
                    "scope": scope.scope.name,
                    "trace": span.trace_id.hex(),
                    "span": span.span_id.hex(),
                    "parent": span.parent_span_id.hex(),
                    "state": span.trace_state,
                    "name": span.name,
                    "kind": MessageToDict(span)["kind"],
                    "time": {"start": span.start_time_unix_nano, "end": span.end_time_unix_nano},
                    "attributes": {key: str(value) for key, value in attributes(span.attributes).items()},
                    "isError": span.status.code == 2,
                    "flags": span.flags,
                }


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            assert self.path == "/v1/traces", self.path
            assert self.headers["Content-Type"] == "application/x-protobuf", self.headers
            for span in spans(body):
                say(span | {"key": self.headers.get("X-Api-Key", "")} if STATUS == 200 else {"refused": True})
        except Exception as problem:
            say({"problem": repr(problem)})
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(STATUS)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
say({"port": server.server_port})
server.serve_forever()
