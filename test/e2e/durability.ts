import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type FlushCounter, startFlushCounter } from '../support/flush-counter/flush-counter.ts';
import { eventOf } from './events.ts';
import { type ServedLog, type ServerProcess, startServer } from './server.ts';
import { openSuite } from './suite.ts';

/** Requests of each form. */
const REQUESTS = 40;
const REQUESTS_SABOTAGED = 10;
const LOG = 'main';
/** So long without a flush, and the server has done what it had to do. */
const QUIET_MS = 20;
const NO_SYNC = pathToFileURL(join(import.meta.dirname, 'no-sync.ts')).href;

/** One, an array, lines; and one whose answer waits for the published head. */
const FORMS = ['one', 'array', 'lines', 'wait'] as const;
type Form = (typeof FORMS)[number];

const { report, folder, play } = openSuite('durability');
await play(async () => {
  await countFlushes();
  await countWithoutSync();
  await failFlushes();
});

/** Between the last byte of a request and its answer, data is flushed: for every form of request. */
async function countFlushes(): Promise<void> {
  await withServer('honest', [], async (server, counter) => {
    for (const form of FORMS) {
      await report.check(`every request is flushed before its answer: ${form}`, async () => {
        const flushes = await flushesOf(server.log(LOG), counter, { form, requests: REQUESTS });
        const none = flushes.filter((counts) => !isDurable(form, counts)).length;
        if (none > 0) throw new Error(`${none} of ${flushes.length} answers without their flushes`);
        return `${flushes.length} requests, ${sumOf(flushes)}`;
      });
    }
  });
}

/** The same count with `sync` turned off finds nothing: it is the flush that is counted, and not something else. */
async function countWithoutSync(): Promise<void> {
  await withServer('no-sync', ['--import', 'tsx', '--import', NO_SYNC], async (server, counter) => {
    for (const form of FORMS) {
      await report.check(`with sync turned off, no answer is flushed: ${form}`, async () => {
        const how = { form, requests: REQUESTS_SABOTAGED };
        const flushes = await flushesOf(server.log(LOG), counter, how);
        const some = flushes.filter((counts) => isDurable(form, counts)).length;
        if (some > 0) throw new Error(`${some} of ${flushes.length} would pass the count above`);
        return `${flushes.length} requests, ${sumOf(flushes)}: the count above would fail`;
      });
    }
  });
}

/** A flush that fails is never answered with a receipt: the process ends, and the next start decides. */
async function failFlushes(): Promise<void> {
  const dataFolder = join(folder, 'failing');
  const counter = startFlushCounter();
  const again = startFlushCounter();
  const server = await startServer({ dataFolder, logs: [LOG], env: counter.env });
  const kept = await sizeOf(server.log(LOG));
  await report.check('a flush that fails is no receipt, and ends the process', async () => {
    await untilQuiet(counter);
    counter.setMode('fail');
    const socket = await open(server.log(LOG));
    const answer = new Promise<string>((resolve) => {
      socket.once('data', (text) => resolve(String(text).split('\r\n')[0] ?? ''));
      socket.once('close', () => resolve('no answer'));
    });
    socket.write(requestOf(server.log(LOG), 'one', 1));
    const said = await answer;
    const { code } = await server.ended;
    socket.destroy();
    if (/ 20\d /.test(said)) throw new Error(`answered ${said}`);
    if (code === 0) throw new Error('the process ended as if all were well');
    return `${said}, exit code ${code}`;
  });
  counter.close();
  let afterFault = 0;
  let found = 0;
  await report.check('the next start goes on, and what failed can be sent again', async () => {
    const next = await startServer({ dataFolder, logs: [LOG], env: again.env });
    await untilQuiet(again);
    afterFault = again.read().fdatasync;
    const log = next.log(LOG);
    found = (await sizeOf(log)) - kept;
    const socket = await open(log);
    const answer = answerOf(socket);
    socket.write(requestOf(log, 'one', 1));
    const text = await answer;
    socket.destroy();
    // The head over it comes after the answer.
    let size = await sizeOf(log);
    for (
      const started = performance.now();
      size <= kept && performance.now() - started < 10_000;
    ) {
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      size = await sizeOf(log);
    }
    await next.stop();
    if (!/^HTTP\/1.1 20[01] /.test(text)) throw new Error(text);
    if (size !== kept + 1) throw new Error(`${kept} entries before, ${size} after`);
    return `${found} of 1 entries were found`;
  });
  again.close();
  await report.check('and flushes the last rows once more before it signs', async () => {
    const clean = startFlushCounter();
    const next = await startServer({ dataFolder, logs: [LOG], env: clean.env });
    await untilQuiet(clean);
    const flushes = clean.read().fdatasync;
    await next.stop();
    clean.close();
    // A head over what was found is one flush more.
    if (afterFault < flushes + 1 + found) throw new Error(`${afterFault}, a clean one ${flushes}`);
    return `${afterFault} flushes in that start, ${flushes} in a clean one`;
  });
}

async function sizeOf(log: ServedLog): Promise<number> {
  const reply = await fetch(`${log.url}/checkpoint`);
  return Number((await reply.text()).split('\n')[1]);
}

async function withServer(
  name: string,
  nodeFlags: readonly string[],
  use: (server: ServerProcess, counter: FlushCounter) => Promise<void>,
): Promise<void> {
  const counter = startFlushCounter();
  const dataFolder = join(folder, name);
  const server = await startServer({ dataFolder, logs: [LOG], nodeFlags, env: counter.env });
  await use(server, counter);
  await server.stop();
  counter.close();
}

/** Flushes between a request's last byte and its answer: of LevelDB's log, and of the guard's files and folder. */
interface RequestFlushes {
  readonly data: number;
  readonly guard: number;
}

/** A receipt follows the flush of its commit; a published head those of the guard and of its own row too. */
function isDurable(form: Form, { data, guard }: RequestFlushes): boolean {
  return form === 'wait' ? data >= 2 && guard >= 2 : data >= 1;
}

function sumOf(flushes: readonly RequestFlushes[]): string {
  const data = flushes.reduce((sum, counts) => sum + counts.data, 0);
  const guard = flushes.reduce((sum, counts) => sum + counts.guard, 0);
  return `${data} flushes of data, ${guard} of the guard`;
}

/**
 * Sends requests one after the other, each but for its last byte, waits until the server is quiet, sends that byte, and
 * counts the data flushes of LevelDB (`fdatasync`; the guard's are `fsync`) until the answer is here.
 */
async function flushesOf(
  log: ServedLog,
  counter: FlushCounter,
  how: { readonly form: Form; readonly requests: number },
): Promise<readonly RequestFlushes[]> {
  const socket = await open(log);
  const flushes: RequestFlushes[] = [];
  for (let number = 0; number < how.requests; number++) {
    const request = requestOf(log, how.form, number);
    socket.write(request.subarray(0, -1));
    await untilQuiet(counter);
    const before = counter.read();
    const answer = answerOf(socket);
    socket.write(request.subarray(-1));
    const text = await answer;
    const after = counter.read();
    flushes.push({ data: after.fdatasync - before.fdatasync, guard: after.fsync - before.fsync });
    if (!text.startsWith('HTTP/1.1 201 ')) throw new Error(text);
  }
  socket.destroy();
  return flushes;
}

function requestOf(log: ServedLog, form: Form, number: number): Buffer {
  const isOne = form === 'one' || form === 'wait';
  const events = Array.from({ length: isOne ? 1 : 20 }, (_, i) =>
    eventOf(LOG, `durable-${form}`, number * 20 + i),
  );
  const body = isOne
    ? events.join('')
    : form === 'array'
      ? `[${events.join(',')}]`
      : events.join('\n');
  const { host, pathname } = new URL(`${log.url}/events`);
  const query = form === 'wait' ? '?wait=published' : '';
  const type = form === 'lines' ? 'application/x-ndjson' : 'application/json';
  const head = [
    `POST ${pathname}${query} HTTP/1.1`,
    `Host: ${host}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function open(log: ServedLog): Promise<Socket> {
  const { hostname, port } = new URL(log.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** The answer as far as its first bytes: what is counted has to have happened before them. */
async function answerOf(socket: Socket): Promise<string> {
  const settled = new AbortController();
  const how = { signal: settled.signal };
  const data = once(socket, 'data', how).then(([bytes]) => String(bytes));
  const closed = once(socket, 'close', how).then(() => 'closed without an answer');
  closed.catch(() => undefined);
  try {
    return await Promise.race([data, closed]);
  } finally {
    settled.abort();
  }
}

/** Waits until nothing was flushed for a while: what follows belongs to the next request. */
async function untilQuiet(counter: FlushCounter): Promise<void> {
  for (let last = -1, total = counter.read().total; total !== last; total = counter.read().total) {
    last = total;
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
}
