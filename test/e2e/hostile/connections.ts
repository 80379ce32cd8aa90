import { connect, type Socket } from 'node:net';
import { talkRaw } from '../../support/raw-socket.ts';
import type { Report } from '../report.ts';
import { BODY_MAX } from './bodies.ts';

/** The server under attack, for those who attack by how they send. */
export interface Victim {
  readonly port: number;
  /** A token that may do everything. */
  readonly token: string;
  /** Most connections, as it is configured. */
  readonly connectionsMax: number;
  /** Resident bytes of its process now; null where the system does not tell. */
  readonly residentBytes: () => number | null;
}

/** Slow, silent, greedy and rude connections: each is ended, and holds up nobody. */
export async function connections(report: Report, victim: Victim): Promise<void> {
  await report.check('a body of a byte now and then is ended by its time', () => slowBody(victim));
  await report.check('a header of a byte now and then is ended by its time', () =>
    slowHeader(victim),
  );
  await report.check('half-open connections are ended, and hold up nobody', () => halfOpen(victim));
  await report.check('a sender that resets in the middle leaves nothing in flight', () =>
    resets(victim),
  );
  await report.check('a reader that never reads holds no memory', () => neverReads(victim));
  await report.check('bodies beyond the budget are refused before they are read', () =>
    manyBodies(victim),
  );
  await report.check('connections beyond the limit are closed at once', () => flood(victim));
}

function head({ token }: Victim, length: number, target = '/main/events'): string {
  const lines = [`POST ${target} HTTP/1.1`, 'Host: localhost', `Authorization: Bearer ${token}`];
  return `${[...lines, 'Content-Type: application/json', `Content-Length: ${length}`].join('\r\n')}\r\n\r\n`;
}

async function slowBody(victim: Victim): Promise<string> {
  const took = await trickle(victim.port, head(victim, 10_000));
  return await servedAfter(victim, took);
}

async function slowHeader(victim: Victim): Promise<string> {
  const took = await trickle(victim.port, 'GET /healthz HTTP/1.1\r\nX: ');
  return await servedAfter(victim, took);
}

async function servedAfter(victim: Victim, took: Trickled): Promise<string> {
  if (!took.text.startsWith('HTTP/1.1 408 ')) throw new Error(`answered: ${took.text}`);
  if (took.ms > 6_000) throw new Error(`after ${took.ms} ms`);
  await isServed(victim);
  return `408 after ${Math.round(took.ms)} ms`;
}

interface Trickled {
  readonly text: string;
  readonly ms: number;
}

/** Sends a byte every 50 ms until the other side ends it. */
function trickle(port: number, start: string): Promise<Trickled> {
  return new Promise((resolve) => {
    const began = performance.now();
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(start));
    const timer = setInterval(() => socket.write('x'), 50);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ text, ms: performance.now() - began });
    });
  });
}

async function halfOpen(victim: Victim): Promise<string> {
  const starts = ['', 'GET / HTTP/1.1\r\n', head(victim, 1_000), `${head(victim, 1_000)}{"v":`];
  const ended = starts.flatMap((start) =>
    Array.from({ length: 25 }, () => untilClosed(victim.port, start)),
  );
  await isServed(victim);
  const all = await Promise.all(ended);
  return `${all.length} ended, the last after ${Math.round(Math.max(...all))} ms`;
}

/** Sends the start of a request, then the end of its own side, and waits for the other's. */
function untilClosed(port: number, start: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () =>
      socket.end(start),
    );
    const late = setTimeout(() => reject(new Error(`still open: ${start.slice(0, 30)}`)), 8_000);
    socket.resume();
    socket.on('error', () => {});
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(late);
      resolve(performance.now() - began);
    });
  });
}

async function resets(victim: Victim): Promise<string> {
  for (let i = 0; i < 100; i++) {
    await new Promise<void>((resolve) => {
      const socket = connect(victim.port, '127.0.0.1', () => {
        socket.write(`${head(victim, 50_000)}{"v":"nhi.event/1"`, () => socket.resetAndDestroy());
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve());
    });
  }
  await isServed(victim);
  const { text } = await talkRaw(victim.port, [get('/metrics', victim)]);
  const inFlight = /^varve_bodies_in_flight_bytes (\d+)$/m.exec(text)?.[1];
  if (inFlight !== '0') throw new Error(`${inFlight} bytes in flight`);
  return '100 resets, 0 bytes in flight';
}

async function neverReads(victim: Victim): Promise<string> {
  const before = victim.residentBytes();
  const sockets = await Promise.all(
    Array.from({ length: 20 }, () =>
      deaf(victim.port, get('/openapi.json', victim, 'keep-alive').repeat(500)),
    ),
  );
  await isServed(victim);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const grown = grownSince(before, victim);
  if (grown !== null && grown > 128) throw new Error(`${grown} MiB more`);
  await Promise.all(sockets.map(cutOff));
  return `10,000 answers that nobody reads: ${grown ?? '?'} MiB more, and all cut off`;
}

/** Reads on after a while, and finds that the server has not waited. */
function cutOff(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(() => {
      const late = setTimeout(() => reject(new Error('still open')), 5_000);
      socket.on('close', () => {
        clearTimeout(late);
        resolve();
      });
      if (socket.destroyed) resolve();
      socket.resume();
    }, 5_000);
  });
}

function deaf(port: number, sent: string): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.pause();
      socket.write(sent);
      resolve(socket);
    });
    socket.on('error', () => {});
  });
}

async function manyBodies(victim: Victim): Promise<string> {
  const before = victim.residentBytes();
  const body = `"${'x'.repeat(BODY_MAX - 2)}"`;
  const seen = new Map<string, number>();
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => sendLate(victim.port, close(head(victim, BODY_MAX)), body)),
    );
    for (const answer of answers) seen.set(answer, (seen.get(answer) ?? 0) + 1);
  }
  // Who sends on for long after it was refused is cut off, and may lose the answer with it.
  const allowed = ['400 submission.malformed', '503 request.overloaded', 'closed '];
  const other = [...seen.keys()].find((key) => !allowed.includes(key));
  if (other !== undefined) throw new Error(`answered ${other}`);
  if (!seen.has('503 request.overloaded')) throw new Error('none was refused');
  const grown = grownSince(before, victim);
  if (grown !== null && grown > 192) throw new Error(`${grown} MiB more`);
  await isServed(victim);
  return `${[...seen].map(([key, count]) => `${count} × ${key}`).join(', ')}; ${grown ?? '?'} MiB more`;
}

/** Sends a header, and its body a moment later: by then the others' headers are there too. */
function sendLate(port: number, header: string, body: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(header);
      setTimeout(() => socket.write(body), 250);
    });
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 'closed';
      resolve(`${status} ${/"code":"([a-z0-9.-]+)"/.exec(text)?.[1] ?? ''}`);
    });
  });
}

async function flood(victim: Victim): Promise<string> {
  const count = victim.connectionsMax + 50;
  let closed = 0;
  const sockets = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Socket>((resolve) => {
          const socket = connect(victim.port, '127.0.0.1', () => resolve(socket));
          socket.on('error', () => resolve(socket));
          socket.on('close', () => {
            closed += 1;
          });
          socket.resume();
        }),
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const closedAtOnce = closed;
  for (const socket of sockets) socket.destroy();
  if (closedAtOnce < 50) throw new Error(`only ${closedAtOnce} were closed`);
  await isServed(victim);
  return `${closedAtOnce} of ${count} closed at once`;
}

function get(target: string, { token }: Victim, connection = 'close'): string {
  return `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: ${connection}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
}

function close(header: string): string {
  return header.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
}

/** Somebody who does no harm is served, and soon. */
async function isServed(victim: Victim): Promise<void> {
  const began = performance.now();
  for (let attempt = 0; ; attempt++) {
    const { status } = await talkRaw(victim.port, [get('/main/checkpoint', victim)]);
    if (status === 200) break;
    if (attempt === 5) throw new Error(`answered ${status}`);
  }
  const took = performance.now() - began;
  // Generous, for a machine that does much else; without an end to it nobody would be served at all.
  if (took > 10_000) throw new Error(`served after ${Math.round(took)} ms`);
}

function grownSince(before: number | null, { residentBytes }: Victim): number | null {
  const now = residentBytes();
  return before === null || now === null ? null : Math.round((now - before) / 1_048_576);
}
