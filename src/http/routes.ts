import { postEntry } from './add.ts';
import type { Answer } from './answers.ts';
import { getConsistency, getEntries, getEntryAndProof, getProofByHash, getTreeHead } from './ct.ts';
import { getErasures, getHolds, postErase, postHold } from './custody.ts';
import { getEntry, getOpenings, getProof } from './entries.ts';
import { postEvents } from './events.ts';
import { postEvidence } from './evidence.ts';
import type { Exchange, LogExchange } from './exchange.ts';
import { getCheckpoint, getKeptCheckpoint } from './heads.ts';
import { getDescription, getHealth, getMetrics, getReadiness } from './health.ts';
import { postIngest } from './ingest.ts';
import { getAudits, getLookup, postAudit } from './lookup.ts';
import { postLogs, postTraces } from './otlp.ts';
import { getBundle, getTile } from './tiles.ts';

/**
 * For whom a route is. (spec/8-http.md §1)
 *
 * `public`: everybody · `submit`, `audit`, `operate`: a token with that role, where tokens are asked for ·
 * `own`: as audit, and a submitter for leaves that it sent itself.
 */
export type Audience = 'public' | 'submit' | 'audit' | 'own' | 'operate';

/** One route: where, for whom, and what answers. Paths are Hono's patterns over the raw, undecoded path. */
export type Route = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly audience: Audience;
  /** For people and the API's description. */
  readonly summary: string;
} & (
  | { readonly about: 'server'; readonly handler: (exchange: Exchange) => Answer | Promise<Answer> }
  | { readonly about: 'log'; readonly handler: (exchange: LogExchange) => Answer | Promise<Answer> }
);

/** Every route of the log server. What is not here is not served. */
export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/healthz',
    audience: 'public',
    summary: 'The process answers',
    about: 'server',
    handler: getHealth,
  },
  {
    method: 'GET',
    path: '/readyz',
    audience: 'public',
    summary: 'Every log runs and has published',
    about: 'server',
    handler: getReadiness,
  },
  {
    method: 'GET',
    path: '/metrics',
    audience: 'operate',
    summary: 'Metrics, for Prometheus',
    about: 'server',
    handler: getMetrics,
  },
  {
    method: 'GET',
    path: '/openapi.json',
    audience: 'public',
    summary: 'This description',
    about: 'server',
    handler: getDescription,
  },
  {
    method: 'POST',
    path: '/:log/events',
    audience: 'submit',
    summary: 'Submit events: one, an array, or lines',
    about: 'log',
    handler: postEvents,
  },
  {
    method: 'POST',
    path: '/:log/add',
    audience: 'submit',
    summary: 'Append one entry to an opaque log',
    about: 'log',
    handler: postEntry,
  },
  {
    method: 'POST',
    path: '/:log/ingest/:format',
    audience: 'submit',
    summary: 'Submit what an emitter sends in its own format',
    about: 'log',
    handler: postIngest,
  },
  {
    method: 'POST',
    path: '/:log/v1/logs',
    audience: 'submit',
    summary: 'Submit OpenTelemetry logs (OTLP/HTTP)',
    about: 'log',
    handler: postLogs,
  },
  {
    method: 'POST',
    path: '/:log/v1/traces',
    audience: 'submit',
    summary: 'Submit OpenTelemetry spans (OTLP/HTTP)',
    about: 'log',
    handler: postTraces,
  },
  {
    method: 'GET',
    path: '/:log/checkpoint',
    audience: 'public',
    summary: 'The published checkpoint',
    about: 'log',
    handler: getCheckpoint,
  },
  {
    method: 'GET',
    path: '/:log/checkpoints/:size',
    audience: 'public',
    summary: 'A kept checkpoint',
    about: 'log',
    handler: getKeptCheckpoint,
  },
  {
    method: 'GET',
    path: '/:log/tile/entries/*',
    audience: 'audit',
    summary: 'An entry bundle',
    about: 'log',
    handler: getBundle,
  },
  {
    method: 'GET',
    path: '/:log/tile/:level{[0-9]+}/*',
    audience: 'public',
    summary: 'A hash tile',
    about: 'log',
    handler: getTile,
  },
  {
    method: 'GET',
    path: '/:log/entries/:index',
    audience: 'own',
    summary: 'The exact bytes of an entry',
    about: 'log',
    handler: getEntry,
  },
  {
    method: 'GET',
    path: '/:log/entries/:index/proof',
    audience: 'own',
    summary: 'The proof file of an entry',
    about: 'log',
    handler: getProof,
  },
  {
    method: 'GET',
    path: '/:log/entries/:index/openings',
    audience: 'audit',
    summary: 'Openings of the values that an entry withholds',
    about: 'log',
    handler: getOpenings,
  },
  {
    method: 'POST',
    path: '/:log/erase',
    audience: 'operate',
    summary: 'Ask for an erasure, or approve one that another token asked for',
    about: 'log',
    handler: postErase,
  },
  {
    method: 'GET',
    path: '/:log/erase',
    audience: 'operate',
    summary: 'Erasures that wait for approval, and the report of each that was approved',
    about: 'log',
    handler: getErasures,
  },
  {
    method: 'POST',
    path: '/:log/hold',
    audience: 'operate',
    summary: 'Ask for a legal hold or its lift, or approve what another token asked for',
    about: 'log',
    handler: postHold,
  },
  {
    method: 'GET',
    path: '/:log/hold',
    audience: 'operate',
    summary: 'Legal holds that stand, and those that wait for approval',
    about: 'log',
    handler: getHolds,
  },
  {
    method: 'GET',
    path: '/:log/ct/v1/get-sth',
    audience: 'public',
    summary: 'The published head (RFC 6962)',
    about: 'log',
    handler: getTreeHead,
  },
  {
    method: 'GET',
    path: '/:log/ct/v1/get-sth-consistency',
    audience: 'public',
    summary: 'Consistency of two sizes (RFC 6962)',
    about: 'log',
    handler: getConsistency,
  },
  {
    method: 'GET',
    path: '/:log/ct/v1/get-proof-by-hash',
    audience: 'public',
    summary: 'Inclusion of a leaf hash (RFC 6962)',
    about: 'log',
    handler: getProofByHash,
  },
  {
    method: 'GET',
    path: '/:log/ct/v1/get-entries',
    audience: 'audit',
    summary: 'Entries of a range (RFC 6962)',
    about: 'log',
    handler: getEntries,
  },
  {
    method: 'GET',
    path: '/:log/ct/v1/get-entry-and-proof',
    audience: 'audit',
    summary: 'An entry and its inclusion (RFC 6962)',
    about: 'log',
    handler: getEntryAndProof,
  },
  {
    method: 'GET',
    path: '/:log/lookup',
    audience: 'audit',
    summary: 'All entries of a lookup key, with the proof that these are all',
    about: 'log',
    handler: getLookup,
  },
  {
    method: 'GET',
    path: '/:log/audits',
    audience: 'audit',
    summary: 'Audit notes of index heads',
    about: 'log',
    handler: getAudits,
  },
  {
    method: 'POST',
    path: '/:log/audits',
    audience: 'audit',
    summary: 'Keep an audit note of an index head',
    about: 'log',
    handler: postAudit,
  },
  {
    method: 'POST',
    path: '/:log/evidence',
    audience: 'operate',
    summary: 'Show the log a head that it is said to have signed',
    about: 'log',
    handler: postEvidence,
  },
];
