import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a gate does to the requests of one log. `flap`: closed every other time. */
export type GateMode = 'open' | 'closed' | 'hang' | 'flap' | 'garbage';

/** What stands between a log and a witness: it lets through, or does what broken witnesses do. */
export interface WitnessGate {
  /** Submission prefix of a log. */
  urlFor(log: string): string;
  set(log: string, mode: GateMode): void;
  /** How often the witness has cosigned for a log. */
  cosigned(log: string): number;
  close(): Promise<void>;
}

/** Opens a gate before the witness at a URL. A log goes by the first part of the path. */
export async function witnessGate(witnessUrl: string): Promise<WitnessGate> {
  const modes = new Map<string, GateMode>();
  const counts = new Map<string, number>();
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const [, log = '', rest = ''] = /^\/([a-z0-9-]+)(\/.*)$/.exec(request.url ?? '') ?? [];
    const mode = modes.get(log) ?? 'open';
    const at = asked.get(log) ?? 0;
    asked.set(log, at + 1);
    const isShut = mode === 'closed' || (mode === 'flap' && at % 2 === 0);
    if (isShut) return void request.destroy();
    if (mode === 'hang') return void request.resume();
    if (mode === 'garbage') return answerGarbage(request, response, at);
    pass(request, response, witnessUrl + rest)
      .then((status) => {
        if (status === 200 && request.method === 'POST')
          counts.set(log, (counts.get(log) ?? 0) + 1);
      })
      .catch(() => response.destroy());
  });
  const port = await listening(server);
  return {
    urlFor: (log) => `http://127.0.0.1:${port}/${log}`,
    set: (log, mode) => void modes.set(log, mode),
    cosigned: (log) => counts.get(log) ?? 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const GARBAGE: readonly {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}[] = [
  { status: 200, type: 'text/plain', body: '— witness.test/w AAAA\n' },
  { status: 409, type: 'text/x.tlog.size', body: '9007199254740991\n' },
  { status: 422, type: 'text/plain', body: 'no\n' },
  { status: 409, type: 'text/x.tlog.size', body: '1\n' },
  { status: 500, type: 'text/html', body: '<p>\u0000</p>' },
  { status: 200, type: 'text/plain', body: 'x'.repeat(1_000_000) },
];

function answerGarbage(request: IncomingMessage, response: ServerResponse, at: number): void {
  request.resume();
  const { status, type, body } = GARBAGE[at % GARBAGE.length] ?? {
    status: 500,
    type: '',
    body: '',
  };
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  url: string,
): Promise<number> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { method = 'GET' } = request;
  const body = method === 'POST' ? { body: new Uint8Array(Buffer.concat(parts)) } : {};
  const reply = await fetch(url, { method, ...body });
  const type = reply.headers.get('content-type') ?? 'text/plain';
  response.writeHead(reply.status, { 'content-type': type });
  response.end(new Uint8Array(await reply.arrayBuffer()));
  return reply.status;
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
