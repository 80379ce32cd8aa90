/** What is sent, again and again, over each connection. */
export type RequestKind =
  | { readonly method: 'GET'; readonly paths: readonly string[] }
  | {
      readonly method: 'POST';
      readonly path: string;
      readonly contentType: string;
      /** One event; 1,000 events on lines; 300 bytes without form. */
      readonly body: 'event' | 'lines' | 'opaque';
    };

/** A load, as the process that makes it is told. */
export interface LoadOrder {
  /** `http://127.0.0.1:6962` */
  readonly url: string;
  /** The server's process, whose use of processor and memory is told. */
  readonly serverPid: number;
  readonly request: RequestKind;
  /** Status of a good reply. */
  readonly status: number;
  /** Tenant of the events. */
  readonly tenant: string;
  readonly connections: number;
  /** Time of load before anything is counted. */
  readonly warmSeconds: number;
  readonly seconds: number;
  /** How many operations are kept whole, to be verified. */
  readonly keptMax: number;
  /** Of so many operations one is kept, until there are `keptMax`. */
  readonly keepEvery: number;
}

/** An operation that was kept: its request's body and that of its reply, base64. */
export interface KeptOperation {
  /** Path of a GET; else empty. */
  readonly path: string;
  readonly body: string;
  readonly reply: string;
}

/** Times of operations, ms. */
export interface Latencies {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** What a load found. */
export interface LoadReport {
  readonly seconds: number;
  /** Operations that were answered as they should, in that time. */
  readonly operations: number;
  /** Bytes of a request's body; 0 without one. */
  readonly bodyBytes: number;
  readonly latencyMs: Latencies;
  /** Counts of operations by the upper end of their time, ms: `[1.19, 5311]`. */
  readonly histogram: readonly (readonly [number, number])[];
  /** Everything else that happened, by what it was. */
  readonly errors: Readonly<Record<string, number>>;
  /** Processor time in that time: the server's, the load's own, and everybody else's, which makes a number doubtful. */
  readonly cpuSeconds: { readonly server: number; readonly load: number; readonly others: number };
  /** Memory of the server at the end of that time, and the most that it ever had. */
  readonly rssMiB: number;
  readonly rssPeakMiB: number;
  /** The most that it held in that time beside files, which the system takes back when it needs room. */
  readonly rssAnonPeakMiB: number;
  readonly kept: readonly KeptOperation[];
}

/** Items of one operation of a kind. */
export const LINES_PER_REQUEST = 1_000;
/** Bytes of an entry without form. */
export const OPAQUE_BYTES = 300;
