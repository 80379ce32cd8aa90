import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Target } from './emitters.ts';
import { toolCall } from './tool-call.ts';

const RECORDS = 1_000;

/** Sends logs and spans of agents, with each exporter, packed and not. */
export async function sendOtel(target: Target): Promise<void> {
  const { url, check } = target;
  const resource = resourceFromAttributes({
    'service.name': 'invoice-agent',
    'service.instance.id': 'js-1',
  });
  let before = 0;
  const logs = [
    ['JSON', new JsonLogExporter({ url: `${url}/v1/logs` })],
    [
      'JSON, gzip',
      new JsonLogExporter({ url: `${url}/v1/logs`, compression: CompressionAlgorithm.GZIP }),
    ],
    ['protobuf', new ProtoLogExporter({ url: `${url}/v1/logs` })],
    [
      'protobuf, gzip',
      new ProtoLogExporter({ url: `${url}/v1/logs`, compression: CompressionAlgorithm.GZIP }),
    ],
  ] as const;
  for (const [name, exporter] of logs) {
    const provider = new LoggerProvider({
      resource,
      processors: [
        new BatchLogRecordProcessor({ exporter, maxExportBatchSize: 512, maxQueueSize: RECORDS }),
      ],
    });
    const logger = provider.getLogger('agent.audit', '1.0.0');
    for (let i = 0; i < RECORDS; i++) {
      const uid = `${name.replaceAll(/[^a-z]/gi, '')}-${i}`;
      logger.emit(
        toolCall(i, uid, {
          'mcp.method.name': 'tools/call',
          'gen_ai.tool.call.arguments': '{"title":"x"}',
          'nhi.big': 9_007_199_254_740_991,
        }),
      );
    }
    await provider.forceFlush();
    await provider.shutdown();
    const leaves = (await target.leaves()).slice(before);
    before += leaves.length;
    check(
      leaves.length === RECORDS,
      `logs, ${name}: ${leaves.length} of ${RECORDS} records are leaves`,
    );
    check(
      leaves.every(
        ({ event, recv }) =>
          event.kind === 'tool.invoke' &&
          event.actor.id === 'agent-42' &&
          event.tool?.protocol === 'mcp' &&
          event.src.id === 'otel:invoice-agent/js-1' &&
          event.sd?.['/tool/args'] !== undefined &&
          recv.adapter === 'otlp-logs',
      ),
      `logs, ${name}: GenAI and MCP attributes are where they belong`,
    );
  }
  const spans = [
    ['JSON', new JsonTraceExporter({ url: `${url}/v1/traces` })],
    [
      'protobuf, gzip',
      new ProtoTraceExporter({ url: `${url}/v1/traces`, compression: CompressionAlgorithm.GZIP }),
    ],
  ] as const;
  for (const [name, exporter] of spans) {
    const provider = new TracerProvider({
      resource,
      spanProcessors: [new BatchSpanProcessor({ exporter })],
    });
    const tracer = provider.getTracer('agents');
    const agent = tracer.startSpan('invoke_agent Invoice Agent', {
      kind: SpanKind.CLIENT,
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.id': 'agent-42' },
    });
    const inside = trace.setSpan(context.active(), agent);
    const tool = tracer.startSpan(
      'execute_tool create_ticket',
      {
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'create_ticket',
        },
      },
      inside,
    );
    tool.setStatus({ code: SpanStatusCode.ERROR, message: 'no such tool' });
    tool.end();
    agent.end();
    await provider.forceFlush();
    await provider.shutdown();
    const leaves = (await target.leaves()).slice(before);
    before += leaves.length;
    const [child, parent] = leaves.map(({ event }) => event);
    check(
      leaves.length === 2 &&
        child?.kind === 'tool.invoke' &&
        parent?.kind === 'agent.invoke' &&
        child.ctx?.parent_id === parent.id &&
        child.ctx?.trace_id === parent.ctx?.trace_id &&
        child.outcome.result === 'failure',
      `spans, ${name}: a tool call below its agent`,
    );
  }
}
