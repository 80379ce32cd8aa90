import { Hono } from 'hono';
import {
  ADD_CHECKPOINT_BYTES_MAX,
  formatNamedSize,
  SIZE_CONTENT_TYPE,
} from '../core/add-checkpoint.ts';
import { utf8 } from '../core/bytes.ts';
import { isTransparencyError } from '../core/error.ts';
import type { AddCheckpointAnswer, Witness } from '../witness/witness.ts';
import { type Answer, answerHeaders, answerOfError } from './answers.ts';
import { type HttpEnv, type LogApp, rawPathOf, requestOf, responseOf } from './app.ts';
import { type BodyReader, createBodyReader } from './body.ts';
import type { Logger } from './exchange.ts';
import type { RandomFraction } from './problems.ts';
import type { HttpRequest } from './request.ts';
import { createWitnessMetrics } from './witness-metrics.ts';

/** What the app of a witness is made of. */
export interface WitnessAppOptions {
  readonly witness: Witness;
  /** Path before all others, without a slash at its end: `/witness`. Default none. */
  readonly prefix?: string;
  /** Is `/metrics` served? It tells origins and sizes. Default true. */
  readonly metrics?: boolean;
  /** Default: nothing is written. */
  readonly logger?: Logger;
  readonly random: RandomFraction;
}

/**
 * A witness as a function of requests. (C2SP tlog-witness, spec/10-witness.md §2, §5)
 *
 * - `POST {prefix}/add-checkpoint`
 * - `GET {prefix}/{hash}/checkpoint`: the monitoring endpoint, by SHA-256 of the origin
 * - `GET {prefix}/{hash}/evidence`, `/evidence/{name}`: what it holds against a log
 * - `GET /healthz`, `/metrics`
 *
 * What is refused is told in a line of plain text; a fault is 500 and told to the operator alone.
 */
export function createWitnessApp(options: WitnessAppOptions): LogApp {
  const { witness, prefix = '', metrics = true } = options;
  // One of the longest for each connection: a body that is announced and never comes keeps no other out.
  const bodies = createBodyReader(WITNESS_CONNECTIONS_MAX * ADD_CHECKPOINT_BYTES_MAX);
  const app = new Hono<HttpEnv>({ getPath: rawPathOf });
  app.post(`${prefix}/add-checkpoint`, async (c) => {
    return responseOf(await answerAddCheckpoint(witness, bodies, requestOf(c)));
  });
  app.get(`${prefix}/:hash{[0-9a-f]{64}}/checkpoint`, async (c) => {
    const note = await witness.monitored(c.req.param('hash'));
    return responseOf(note === null ? text(404, 'nothing cosigned for this log') : plain(note));
  });
  app.get(`${prefix}/:hash{[0-9a-f]{64}}/evidence`, async (c) => {
    const names = await witness.evidenceNames(c.req.param('hash'));
    if (names === null) return responseOf(text(404, 'no such log'));
    return responseOf(plain(utf8(names.map((name) => `${name}\n`).join(''))));
  });
  app.get(`${prefix}/:hash{[0-9a-f]{64}}/evidence/:name{[a-z]+-[0-9a-f]{64}}`, async (c) => {
    const file = await witness.evidence(c.req.param('hash'), c.req.param('name'));
    return responseOf(file === null ? text(404, 'no such evidence') : plain(file));
  });
  app.get('/healthz', () => responseOf(text(200, 'ok')));
  if (metrics) {
    const render = createWitnessMetrics(witness);
    app.get('/metrics', async () => {
      const { type, body } = await render();
      return new Response(body, { headers: { 'Content-Type': type } });
    });
  }
  app.notFound(() => responseOf(text(404, 'nothing is served here')));
  app.onError((error) => {
    const answer = answerOfError(error, options.random);
    if (answer.status === 500) options.logger?.error({ err: error }, 'request failed');
    return responseOf(answer);
  });
  return Object.assign(app, { shortWay: () => false });
}

/** Open connections of a witness; their bodies together take 128 MiB at most. */
export const WITNESS_CONNECTIONS_MAX = 2_048;

async function answerAddCheckpoint(
  witness: Witness,
  bodies: BodyReader,
  request: HttpRequest,
): Promise<Answer> {
  try {
    const body = await bodies.read(request, { bytesMax: ADD_CHECKPOINT_BYTES_MAX });
    try {
      return answerOf(await witness.addCheckpoint(body.bytes));
    } finally {
      body.release();
    }
  } catch (error) {
    if (isTransparencyError(error, 'request.body-too-large')) return text(413, error.message);
    throw error;
  }
}

/** The statuses of the standard, and three of our own: 413, 429, 503. */
function answerOf(answer: AddCheckpointAnswer): Answer {
  switch (answer.kind) {
    case 'cosigned':
      return { status: 200, headers: PLAIN, body: answer.lines };
    case 'malformed':
      return text(400, answer.detail);
    case 'unknown-log':
      return text(404, answer.detail);
    case 'not-signed':
      return text(403, answer.detail);
    case 'stale': {
      const headers = { ...PLAIN, 'Content-Type': SIZE_CONTENT_TYPE };
      return { status: 409, headers, body: formatNamedSize(answer.size) };
    }
    case 'inconsistent':
      return text(422, answer.detail);
    case 'limited': {
      const seconds = `${Math.ceil(answer.retryAfterMs / 1_000)}`;
      const limited = text(429, 'more requests than are taken for this log');
      return { ...limited, headers: { ...limited.headers, 'Retry-After': seconds } };
    }
    case 'clock-behind':
      return text(503, answer.detail);
    default:
      return unknownAnswer(answer);
  }
}

function unknownAnswer(answer: never): never {
  throw new Error(`bug: no status for ${JSON.stringify(answer)}`);
}

const PLAIN = answerHeaders('text/plain; charset=utf-8', 'never');

function plain(body: Uint8Array): Answer {
  return { status: 200, headers: PLAIN, body };
}

/** One line; what a caller wrote has no line feeds in it any more. */
function text(status: number, line: string): Answer {
  return { status, headers: PLAIN, body: `${line.replace(/\p{Cc}+/gu, ' ')}\n` };
}
