import type { Log } from '../log/log.ts';
import { type Answer, answerHeaders } from './answers.ts';
import type { Exchange } from './exchange.ts';
import { OPENAPI_JSON } from './openapi.generated.ts';

/** `GET /healthz`: the process answers. */
export function getHealth(): Answer {
  const headers = answerHeaders('text/plain; charset=utf-8', 'never');
  return { status: 200, headers, body: 'ok\n' };
}

/**
 * `GET /readyz`: 200 when every log runs and has published, else 503. Which log and why is told to operators alone.
 * (spec/8-http.md §5)
 */
export function getReadiness({ services, principal }: Exchange): Answer {
  const logs = [...services.logs.values()];
  const ready = logs.every(isReady);
  const told = principal.roles.has('operate') ? { ready, logs: logs.map(stateOf) } : { ready };
  const headers = answerHeaders('application/json', 'never');
  return { status: ready ? 200 : 503, headers, body: JSON.stringify(told) };
}

/** `GET /openapi.json`: what is served here, for programs. */
export function getDescription(): Answer {
  const headers = answerHeaders('application/json', 'revalidate');
  return { status: 200, headers, body: OPENAPI_JSON };
}

/** `GET /metrics`: for Prometheus. (spec/8-http.md §11) */
export async function getMetrics({ services }: Exchange): Promise<Answer> {
  const { metrics } = services;
  const headers = { ...answerHeaders('text/plain; charset=utf-8', 'never') };
  headers['Content-Type'] = metrics.contentType;
  return { status: 200, headers, body: await metrics.text() };
}

/** A retired log does for ever what it is to do. */
function isReady(log: Log): boolean {
  if (log.state.kind === 'halted' && log.state.reason === 'retired') return true;
  return log.state.kind === 'running' && log.published !== null;
}

function stateOf(log: Log): object {
  return { name: log.name, ...log.state, ...log.figures, witnesses: log.witnesses };
}
