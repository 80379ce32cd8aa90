import { deepEqual, equal, ok } from 'node:assert/strict';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { eventOf } from './events.ts';
import { fillLog } from './fill.ts';
import { type ServedLog, type ServerProcess, startServer } from './server.ts';
import { openSuite } from './suite.ts';

const { values: flags } = parseArgs({
  options: { events: { type: 'string', default: '50000' } },
});
/** Events between the first sending and the last. */
const EVENTS = Number(flags.events);
const CONCURRENT = 64;
const LOG = 'main';
/** The ways to send an event. They are one path: what went in by one is a duplicate by any. */
const FORMS = ['one', 'array', 'lines', 'wait'] as const;
type Form = (typeof FORMS)[number];

/** A receipt as it came. */
interface Receipt {
  readonly index: number;
  readonly leafHash: string;
  readonly recv: { readonly conflict: number | null };
  readonly duplicate: boolean;
}

const { report, folder, play } = openSuite('sameness');
await play(runSuite);

async function runSuite(): Promise<void> {
  const start = (): Promise<ServerProcess> =>
    startServer({ dataFolder: join(folder, 'data'), logs: [LOG], readyMs: 120_000 });
  let server = await start();
  let log = server.log(LOG);
  const first = new Map<Form, Receipt>();
  for (const form of FORMS) {
    await report.check(
      `an event sent as ${form} is one leaf, however it is sent again`,
      async () => {
        const event = eventOf(LOG, 'sameness', FORMS.indexOf(form));
        const receipt = await send(log, event, form);
        ok(!receipt.duplicate);
        first.set(form, receipt);
        for (const again of FORMS) sameReceipt(await send(log, event, again), receipt);
        return `index ${receipt.index}`;
      },
    );
  }
  await report.check('the same id with another content is kept and told', async () => {
    const other = eventOf(LOG, 'sameness', 0).replace('"success"', '"failure"');
    const { status, body } = await post(log, other, 'application/json');
    equal(status, 409);
    const { receipt } = JSON.parse(body) as { receipt: Receipt };
    equal(receipt.recv.conflict, first.get('one')?.index);
    ok(receipt.index !== first.get('one')?.index);
    // And sent again, it is a duplicate of itself.
    const again = await post(log, other, 'application/json');
    equal((JSON.parse(again.body) as { receipt: Receipt }).receipt.index, receipt.index);
    return `index ${receipt.index} conflicts with ${receipt.recv.conflict}`;
  });
  await report.check(`${CONCURRENT} equal submissions at once are one leaf`, () =>
    manyAtOnce(log, 100),
  );

  const size = await publishedSize(log);
  await report.check(`${EVENTS} further events, and a restart`, async () => {
    await fillLog(log, size, size + EVENTS);
    await server.stop();
    const started = performance.now();
    server = await start();
    log = server.log(LOG);
    return `ready after ${Math.round(performance.now() - started)} ms`;
  });
  for (const form of FORMS) {
    await report.check(`the first event sent again as ${form} gets its first receipt`, async () => {
      for (const [sentAs, receipt] of first) {
        const event = eventOf(LOG, 'sameness', FORMS.indexOf(sentAs));
        sameReceipt(await send(log, event, form), receipt);
      }
      return undefined;
    });
  }
  await report.check(`${CONCURRENT} equal submissions at once are one leaf after it too`, () =>
    manyAtOnce(log, 101),
  );
  await report.check('no leaf came of anything that was sent again', async () => {
    const last = await send(log, eventOf(LOG, 'sameness', 102), 'wait');
    equal(last.index, size + EVENTS + 1);
    equal(await publishedSize(log), size + EVENTS + 2);
    return `${size + EVENTS + 2} entries`;
  });
  await report.check('the server stops well', () => server.stop().then(() => undefined));
}

/** Sends one event from many connections at once: one leaf, and receipts that differ in nothing but `duplicate`. */
async function manyAtOnce(log: ServedLog, number: number): Promise<string> {
  const event = eventOf(LOG, 'sameness', number);
  const receipts = await Promise.all(
    Array.from({ length: CONCURRENT }, (_, i) => send(log, event, FORMS[i % 3] ?? 'one')),
  );
  const [one] = receipts;
  ok(one !== undefined);
  for (const receipt of receipts)
    deepEqual({ ...receipt, duplicate: true }, { ...one, duplicate: true });
  equal(receipts.filter((receipt) => !receipt.duplicate).length, 1);
  await send(log, event, 'wait');
  // The tree ends with that one leaf.
  equal(await publishedSize(log), one.index + 1);
  return `index ${one.index}`;
}

function sameReceipt(receipt: Receipt, first: Receipt): void {
  deepEqual(receipt, { ...first, duplicate: true });
}

async function send(log: ServedLog, event: string, form: Form): Promise<Receipt> {
  const [body, type] =
    form === 'array'
      ? [`[${event}]`, 'application/json']
      : [event, form === 'lines' ? 'application/x-ndjson' : 'application/json'];
  const reply = await post(log, body, type, form === 'wait' ? '?wait=published' : '');
  if (reply.status !== 200 && reply.status !== 201) {
    throw new Error(`status ${reply.status}: ${reply.body.slice(0, 500)}`);
  }
  const value: unknown = JSON.parse(reply.body);
  // A wrong shape fails the comparison.
  return (Array.isArray(value) ? value[0] : value) as Receipt;
}

async function post(
  log: ServedLog,
  body: string,
  type: string,
  query = '',
): Promise<{ readonly status: number; readonly body: string }> {
  const reply = await fetch(`${log.url}/events${query}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
  return { status: reply.status, body: await reply.text() };
}

async function publishedSize(log: ServedLog): Promise<number> {
  const reply = await fetch(`${log.url}/checkpoint`);
  return Number((await reply.text()).split('\n')[1]);
}
