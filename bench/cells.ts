import { LINES_PER_REQUEST, type LoadOrder, OPAQUE_BYTES, type RequestKind } from './load/order.ts';
import type { PeerSetting, RunningSystem, ServedLog } from './systems.ts';
import type { ReplyKind } from './verify.ts';

/** A kind of work, under so many connections. */
export interface Cell {
  /** `events-64` */
  readonly name: string;
  readonly work: Work;
  readonly connections: number;
}

export type Work = 'events' | 'published' | 'opaque' | 'lines' | 'checkpoint' | 'tile';

/** What does the work of a cell. */
export type Contender =
  | { readonly kind: 'varve' }
  | { readonly kind: 'peer'; readonly setting: PeerSetting }
  /** Tessera in one process with what adds to it, without HTTP. */
  | { readonly kind: 'library'; readonly setting: PeerSetting }
  | { readonly kind: 'floor'; readonly name: 'hono' | 'node' };

/** Every cell, in the order of a round. */
export const CELLS: readonly Cell[] = [
  cell('events', 64),
  cell('events', 256),
  cell('events', 512),
  cell('published', 64),
  cell('published', 512),
  cell('lines', 8),
  cell('opaque', 64),
  cell('opaque', 512),
  cell('checkpoint', 64),
  cell('tile', 64),
];

function cell(work: Work, connections: number): Cell {
  return { name: `${work}-${connections}`, work, connections };
}

/** What a cell is, in words. */
export const WORK_TEXTS: Readonly<Record<Work, string>> = {
  events: 'one event of 700 bytes in each request',
  published: 'one event, and its published proof in hand',
  lines: `NDJSON, ${LINES_PER_REQUEST} events of 700 bytes in each request`,
  opaque: `one opaque entry of ${OPAQUE_BYTES} bytes in each request`,
  checkpoint: 'GET the checkpoint',
  tile: 'GET a full hash tile, at random',
};

/** What is sent in a cell, and what its replies are. */
export interface Traffic {
  readonly request: RequestKind;
  readonly status: number;
  readonly reply: ReplyKind;
  readonly log: ServedLog | null;
}

/** @param leaves  what both logs hold at least: their full tiles are asked for */
export function trafficOf(
  { work }: Cell,
  contender: Contender,
  system: RunningSystem,
  leaves: number,
): Traffic {
  if (contender.kind === 'floor') {
    return { request: postOf('/main/events', 'application/json', 'event'), ...FLOOR };
  }
  const log = system.logs[work === 'opaque' ? 'opaque' : 'events'];
  const path = log?.path ?? '';
  if (work === 'checkpoint' || work === 'tile') {
    const paths = work === 'checkpoint' ? [`${path}/checkpoint`] : tilePaths(path, leaves);
    return { request: { method: 'GET', paths }, status: 200, reply: work, log };
  }
  if (contender.kind === 'varve') return { ...varveTraffic(work, path), log };
  const wait = work === 'published' ? '?wait=published' : '';
  const body = work === 'opaque' ? 'opaque' : 'event';
  return {
    request: postOf(`/add${wait}`, 'application/octet-stream', body),
    status: 200,
    reply: work === 'published' ? 'proof' : 'index',
    log,
  };
}

const FLOOR = { status: 201, reply: 'none', log: null } as const;

function varveTraffic(
  work: 'events' | 'published' | 'lines' | 'opaque',
  path: string,
): Omit<Traffic, 'log'> {
  switch (work) {
    case 'events': {
      const request = postOf(`${path}/events`, 'application/json', 'event');
      return { request, status: 201, reply: 'receipt' };
    }
    case 'published': {
      const request = postOf(`${path}/events?wait=proof`, 'application/json', 'event');
      return { request, status: 201, reply: 'proof' };
    }
    case 'lines': {
      const request = postOf(`${path}/events`, 'application/x-ndjson', 'lines');
      return { request, status: 201, reply: 'receipts' };
    }
    case 'opaque': {
      const request = postOf(`${path}/add`, 'application/octet-stream', 'opaque');
      return { request, status: 200, reply: 'index' };
    }
  }
}

function postOf(
  path: string,
  contentType: string,
  body: 'event' | 'lines' | 'opaque',
): Extract<RequestKind, { method: 'POST' }> {
  return { method: 'POST', path, contentType, body };
}

/** Full tiles of level 0, at most 1,024 of them over the whole log. */
function tilePaths(path: string, leaves: number): readonly string[] {
  const full = Math.floor(leaves / 256);
  const step = Math.max(1, Math.ceil(full / 1024));
  const paths: string[] = [];
  for (let index = 0; index < full; index += step) {
    const thousands = index >= 1000 ? `x${digits(Math.floor(index / 1000))}/` : '';
    paths.push(`${path}/tile/0/${thousands}${digits(index % 1000)}`);
  }
  return paths;
}

function digits(number: number): string {
  return String(number).padStart(3, '0');
}

/** The load of a cell. */
export function orderOf(
  cell: Cell,
  traffic: Traffic,
  system: RunningSystem,
  time: { readonly warmSeconds: number; readonly seconds: number },
): LoadOrder {
  return {
    url: system.url,
    serverPid: system.pid,
    request: traffic.request,
    status: traffic.status,
    tenant: 'main',
    connections: cell.connections,
    ...time,
    // Primes, so that they fall on every connection.
    ...(cell.work === 'lines' ? { keptMax: 4, keepEvery: 3 } : { keptMax: 32, keepEvery: 31 }),
  };
}
