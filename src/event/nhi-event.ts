import type { JsonObject } from './strict-json.ts';

/**
 * An event as a source asserts it: `nhi.event/1`. (spec/schemas/nhi.event.1.schema.json, spec/5-submission.md §2)
 *
 * Times are RFC 3339 in UTC, kept verbatim. Members that are absent are absent, never null, but for `src.prev`.
 */
export interface NhiEvent {
  readonly v: 'nhi.event/1';
  readonly id: string;
  readonly kind: string;
  readonly phase: 'intent' | 'complete' | 'point';
  readonly tenant: string;
  readonly time: {
    readonly occurred: string;
    readonly observed?: string;
    readonly clock?: { readonly sync: string; readonly err_ms?: number; readonly ref?: string };
  };
  readonly src: EventSource;
  readonly actor: EventActor;
  readonly action: { readonly name: string; readonly class: string; readonly privileged?: boolean };
  readonly outcome: { readonly result: string; readonly code?: string; readonly error?: string };
  readonly cred?: EventCredential;
  /** From the original principal to the immediate delegator; the actor itself is not in it. */
  readonly deleg?: readonly EventDelegation[];
  readonly res?: readonly EventResource[];
  readonly decision?: EventDecision;
  readonly approval?: EventApproval;
  readonly tool?: {
    readonly name: string;
    readonly server?: string;
    readonly protocol?: string;
    readonly call_id?: string;
    readonly def_digest?: string;
  };
  readonly artifact?: {
    readonly digest: string;
    readonly name?: string;
    readonly sig_ref?: string;
    readonly prov_ref?: string;
    readonly commit?: string;
  };
  readonly change?: { readonly path?: string; readonly before?: string; readonly after?: string };
  readonly ctx?: EventContext;
  /** Pointer of a withheld value → base64url SHA-256 of its disclosure. */
  readonly sd?: { readonly [pointer: string]: string };
  readonly ext?: JsonObject;
  /** Of `source.*` kinds alone, which have it always. */
  readonly body?: JsonObject;
}

/** Who sends an event, and its place in what this source sends. */
export interface EventSource {
  readonly id: string;
  readonly format: string;
  readonly orig_id?: string;
  /** One run of a source; `seq` counts from 0 in it. With `seq` and `prev`, or none of them. */
  readonly epoch?: string;
  readonly seq?: number;
  /** Event digest of `seq - 1`; null for `seq` 0. */
  readonly prev?: string | null;
}

/** Who acted. */
export interface EventActor {
  readonly type: string;
  readonly id: string;
  readonly name?: string;
  readonly issuer?: string;
  readonly instance?: string;
  readonly version?: string;
  readonly framework?: string;
  readonly model?: string;
  readonly env?: string;
  readonly owner?: { readonly id: string; readonly type?: string };
}

/** The credential that was used or made; never one that can be used. */
export interface EventCredential {
  readonly type: string;
  readonly id?: string;
  readonly fp?: string;
  readonly issued_at?: string;
  readonly expires_at?: string;
  readonly scopes?: readonly string[];
  readonly binding?: string;
}

/** One link of a delegation. */
export interface EventDelegation {
  readonly type: string;
  readonly id: string;
  readonly via?: string;
  readonly scopes?: readonly string[];
  readonly token_id?: string;
}

/** What was acted on. */
export interface EventResource {
  readonly type: string;
  readonly id: string;
  readonly name?: string;
  readonly version?: string;
  readonly digest?: string;
  readonly env?: string;
}

/** What a policy engine said. */
export interface EventDecision {
  readonly effect: string;
  readonly engine?: string;
  readonly policy?: readonly {
    readonly id: string;
    readonly version?: string;
    readonly digest?: string;
  }[];
  readonly reason?: string;
  readonly risk?: string;
  readonly attestation?: string;
}

/** Who approved it, and for when. */
export interface EventApproval {
  readonly state: string;
  readonly id?: string;
  readonly ticket?: string;
  readonly by?: readonly {
    readonly id: string;
    readonly type?: string;
    readonly at?: string;
    readonly sig?: string;
  }[];
  readonly not_before?: string;
  readonly not_after?: string;
  readonly max_uses?: number;
}

/** What it belongs to. */
export interface EventContext {
  readonly request_id?: string;
  readonly session_id?: string;
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly parent_id?: string;
  readonly caused_by?: readonly string[];
  readonly seen?: SeenHead;
}

/** A checkpoint that the source had seen: the event is not older than its cosignatures. */
export interface SeenHead {
  readonly size: number;
  /** Base64 of the root hash. */
  readonly root: string;
  /** Base64 SHA-256 of the whole cosigned checkpoint as received. */
  readonly note?: string;
}
