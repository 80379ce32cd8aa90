"""Sends with libraries that were not written here; test/emitters/python.ts says what must be in the tree after it.

    emit.py URL [OTLP-URL]

With a second URL logs and spans go there, through whatever stands there, and nothing else is sent.
"""
import json
import logging
import sys
import urllib.request

from in_toto.models.link import Link
from in_toto.models.metadata import Envelope
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from securesystemslib.dsse import Envelope as DsseEnvelope
from securesystemslib.signer import CryptoSigner

url = sys.argv[1]
otlp = sys.argv[2] if len(sys.argv) > 2 else url
resource = Resource.create({"service.name": "py-agent"})

for compression in (Compression.NoCompression, Compression.Gzip):
    exporter = OTLPLogExporter(endpoint=f"{otlp}/v1/logs", compression=compression)
    provider = LoggerProvider(resource=resource)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    logger = logging.Logger("agent", level=logging.INFO)
    logger.addHandler(LoggingHandler(logger_provider=provider))
    for i in range(1000):
        logger.info(
            "execute_tool %d", i,
            extra={
                "log.record.uid": f"{compression.name}-{i}",
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.agent.id": "agent-7",
                "gen_ai.tool.name": "create_ticket",
                "mcp.method.name": "tools/call",
                "nhi.cred.id": "tok-9f3",
                "client.address": "10.0.0.1",
            },
        )
    provider.force_flush()
    provider.shutdown()

spans = OTLPSpanExporter(endpoint=f"{otlp}/v1/traces", compression=Compression.Gzip)
tracing = TracerProvider(resource=resource)
tracing.add_span_processor(BatchSpanProcessor(spans))
tracer = tracing.get_tracer("agents")
with tracer.start_as_current_span("invoke_agent", attributes={"gen_ai.operation.name": "invoke_agent"}):
    with tracer.start_as_current_span("execute_tool", attributes={"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t"}):
        pass
tracing.shutdown()
if otlp != url:
    sys.exit()

signer = CryptoSigner.generate_ed25519()


def post(envelope):
    request = urllib.request.Request(
        f"{url}/ingest/dsse",
        data=json.dumps(envelope).encode(),
        headers={"content-type": "application/vnd.dsse+json"},
        method="POST",
    )
    with urllib.request.urlopen(request) as answer:
        return answer.status


link = Envelope.from_signable(Link(name="build", command=["make"], products={"app": {"sha256": "ab" * 32}}))
link.create_signature(signer)
post(link.to_dict())

subject = ResourceDescriptor(name="ghcr.io/acme/billing", digest={"sha256": "a" * 64})
statement = Statement([subject.pb], "https://slsa.dev/provenance/v1", {
    "runDetails": {"builder": {"id": "https://github.com/actions/runner/github-hosted"}},
})
from google.protobuf.json_format import MessageToJson  # noqa: E402

attestation = DsseEnvelope(MessageToJson(statement.pb).encode(), "application/vnd.in-toto+json", {})
attestation.sign(signer)
wire = attestation.to_dict()
post(wire)
print("posted again:", post(wire))
