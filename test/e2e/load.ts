import { Agent, request } from 'node:http';
import type { SeededRandom } from '../support/random.ts';
import { eventOf } from './events.ts';
import type { Ledger } from './ledger.ts';

/** What a load did before it ended. */
export interface LoadResult {
  /** Events answered with a receipt. */
  readonly answered: number;
  /** Requests that got no answer: the connection broke or was never made. */
  readonly cut: number;
  /** Requests answered with a refusal of the whole, by status. */
  readonly refused: ReadonlyMap<number, number>;
}

/** A load on a log, from many connections at once. */
export interface Load {
  /** Sends nothing new; what is under way is awaited. */
  stop(): void;
  readonly done: Promise<LoadResult>;
}

/**
 * Submits events in all forms (one, array, lines) over `connections` connections until it is stopped or the server is
 * gone, and enters what it learns into the ledger.
 */
export function startLoad(options: {
  readonly url: string;
  readonly tenant: string;
  readonly ledger: Ledger;
  readonly random: SeededRandom;
  readonly connections: number;
  /** Numbers its events from here on. */
  readonly nextNumber: () => number;
}): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const refused = new Map<number, number>();
  let stopped = false;
  let answered = 0;
  let cut = 0;
  const writer = async (random: SeededRandom) => {
    while (!stopped) {
      const count = random.pick([1, 1, 1, 2, 10, 100]);
      const items = Array.from({ length: count }, () => {
        const number = options.nextNumber();
        const source = `gateway-${number % 7}`;
        const json = eventOf(options.tenant, source, number, random.below(256));
        return { id: `${source}-${number}`, json };
      });
      for (const { id, json } of items) options.ledger.unanswered.set(id, json);
      const reply = await submit(options.url, items, { agent, lines: random.chance(0.5) }).catch(
        () => undefined,
      );
      if (reply === undefined) {
        cut += 1;
        // A server that is gone ends the load; one that cut a single connection does not.
        if (cut > options.connections) stopped = true;
        await pause(5);
      } else if (reply.receipts === undefined) {
        refused.set(reply.status, (refused.get(reply.status) ?? 0) + 1);
        await pause(5);
      } else {
        for (const [at, receipt] of reply.receipts.entries()) {
          options.ledger.answered(items[at]?.id ?? '', receipt);
        }
        answered += items.length;
      }
    }
  };
  const writers = Array.from({ length: options.connections }, () => writer(options.random.fork()));
  return {
    stop() {
      stopped = true;
    },
    done: Promise.all(writers).then(() => {
      agent.destroy();
      return { answered, cut, refused };
    }),
  };
}

/** Sends what was never answered once more, in one request each `PORTION` items; every one must get a receipt. */
export async function resend(url: string, ledger: Ledger): Promise<number> {
  const items = [...ledger.unanswered].map(([id, json]) => ({ id, json }));
  for (let start = 0; start < items.length; start += PORTION) {
    const part = items.slice(start, start + PORTION);
    const reply = await submit(url, part, { lines: true });
    if (reply.receipts === undefined) throw new Error(`sent again: status ${reply.status}`);
    for (const [at, receipt] of reply.receipts.entries()) {
      ledger.answered(part[at]?.id ?? '', receipt);
    }
  }
  return items.length;
}

const PORTION = 1_000;

interface Item {
  readonly id: string;
  readonly json: string;
}

interface Reply {
  readonly status: number;
  /** One for each item; undefined if the request was refused as a whole. */
  readonly receipts: readonly { readonly index: number; readonly leafHash: string }[] | undefined;
}

function submit(
  url: string,
  items: readonly Item[],
  how: { readonly agent?: Agent; readonly lines: boolean },
): Promise<Reply> {
  const lines = how.lines && items.length > 1;
  const texts = items.map(({ json }) => json);
  const body =
    items.length === 1 ? texts.join('') : lines ? texts.join('\n') : `[${texts.join(',')}]`;
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/events`,
      {
        method: 'POST',
        agent: how.agent,
        timeout: 20_000,
        headers: {
          'content-type': lines ? 'application/x-ndjson' : 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      },
      (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        reply.on('error', reject);
        reply.on('end', () => {
          if (!reply.complete) reject(new Error('the answer was cut'));
          else resolve(replyOf(reply.statusCode ?? 0, text, items.length, lines));
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('no answer in 20 s')));
    sent.on('error', reject);
    sent.end(body);
  });
}

function replyOf(status: number, text: string, count: number, lines: boolean): Reply {
  if (status !== 200 && status !== 201) {
    if (status >= 500 || status === 429) return { status, receipts: undefined };
    throw new Error(`status ${status}: ${text.slice(0, 500)}`);
  }
  const values: unknown = lines
    ? text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    : JSON.parse(text);
  const receipts = (Array.isArray(values) ? values : [values]) as {
    index: number;
    leafHash: string;
  }[];
  if (receipts.length !== count) throw new Error(`${receipts.length} receipts for ${count} items`);
  return { status, receipts };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
