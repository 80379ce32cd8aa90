import { type LogRecord, SeverityNumber } from '@opentelemetry/api-logs';

/** The record of an agent that called a tool. @param uid  by which it is one leaf, however often it is sent */
export function toolCall(i: number, uid: string, more: LogRecord['attributes'] = {}): LogRecord {
  return {
    severityNumber: SeverityNumber.INFO,
    eventName: 'gen_ai.execute_tool',
    body: `execute_tool create_ticket ${i}`,
    attributes: {
      'log.record.uid': uid,
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.agent.id': 'agent-42',
      'gen_ai.tool.name': 'create_ticket',
      ...more,
    },
  };
}
