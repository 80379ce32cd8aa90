import { base64url, parseBase64 } from '../core/base64.ts';
import { ENTRY_BYTES_MAX } from '../core/bundle.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { HASH_LENGTH, leafHashInto } from '../core/hash.ts';
import { slabRoom } from '../core/slab.ts';
import { parseDisclosure } from '../event/disclosure.ts';
import type { ParsedEvent } from '../event/event.ts';
import type { EventSignature } from '../event/event-signature.ts';
import { formatLeaf, type Recv } from '../event/leaf.ts';
import { EVENT_LIMITS } from '../event/limits.ts';
import type { MappedItem } from '../event/mapped-item.ts';
import { type Opening, openingsOf, rawOpening } from '../event/opening.ts';
import { idempotencyKey, samenessMac } from '../event/sameness.ts';
import { findSecretInEvent, secretInText } from '../event/secret.ts';
import { secretInValue } from '../event/secret-in-value.ts';
import { parseSubmission, type Submission } from '../event/submission.ts';
import type { SubmitContext } from './contract.ts';
import type { NamedHead, PooledEntry } from './pool.ts';
import type { Clock, RandomBytes } from './ports.ts';

/** An item as it enters the pool, or why it does not. */
export type Admission =
  | ({ readonly kind: 'admitted' } & Omit<PooledEntry, 'settle'>)
  | {
      readonly kind: 'refused';
      readonly error: TransparencyError;
      readonly trace: RefusedTrace | null;
    };

/** What a `refused` leaf tells of an event that the log would not keep: never any of its content. */
export interface RefusedTrace {
  readonly sourceId: string | null;
  readonly id: string | null;
  readonly code: 'event.too-large' | 'event.secret';
}

/** What admission depends on. */
export interface AdmissionOptions {
  /** The one tenant of the log. */
  readonly tenant: string;
  /** 32 bytes: key of the sameness MAC. */
  readonly samenessSecret: Uint8Array;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Does the log keep openings? */
  readonly keepsOpenings: boolean;
}

/** Kinds by which a source itself changes: they need the operate role. (design §4) */
const OPERATE_KINDS: ReadonlySet<string> = new Set([
  'source.register',
  'source.key_change',
  'source.retire',
]);

/** Most that `recv.conflict` can add to a leaf that the writer makes again: `9007199254740991` for `null`. */
const CONFLICT_BYTES_MAX = 12;
const SALT_LENGTH = 16;
const SALTS_AT_ONCE = 256;
/** Some 150 leaves, which wait for the same commit or the next. */
const SLAB_BYTES = 128 * 1024;

/** The two ways in: what sources send as events, and what adapters made events of. */
export interface AdmitItems {
  /** From the bytes of one item to its leaf, or its refusal. */
  native(item: Uint8Array, context: SubmitContext): Admission;
  /** From what an adapter made to its leaf, or its refusal. */
  mapped(item: MappedItem, context: SubmitContext): Admission;
}

/**
 * The admission of a log. It parses, checks, canonicalises and hashes beside the writer and needs nothing of the tree:
 * a leaf does not depend on its index. (spec/5-submission.md, spec/12-ingest.md §1)
 */
export function createAdmission(options: AdmissionOptions): AdmitItems {
  const mac = samenessMac(options.samenessSecret);
  const nextSalt = saltSource(options.random);
  // What waits for the writer holds nothing but what is made here, and the body it came in can go.
  const room = slabRoom(SLAB_BYTES);

  /** @param made  what tells who made the event, and the bytes over which sameness is decided */
  function admit(
    { event, sig }: { readonly event: ParsedEvent; readonly sig: EventSignature | null },
    made: Pick<Recv, 'adapter' | 'map' | 'raw'> & {
      readonly content: Uint8Array;
      readonly openings: readonly Opening[] | null;
    },
    context: SubmitContext,
  ): Admission {
    const { adapter, map, raw } = made;
    const recv: Recv = {
      adapter,
      at: options.clock(),
      by: context.by,
      conflict: null,
      map,
      raw,
      salt: nextSalt(),
    };
    const entry = formatLeaf({ eventCanonical: event.canonical, recv, sig }, room);
    if (entry.length > ENTRY_BYTES_MAX - CONFLICT_BYTES_MAX) {
      return tooLarge(event, `the leaf has ${entry.length} bytes`);
    }
    const leafHash = room(HASH_LENGTH);
    leafHashInto(leafHash, 0, entry);
    return {
      kind: 'admitted',
      entry,
      leafHash,
      atMs: recv.at,
      identity: {
        key: idempotencyKey(event.sourceId, event.id, room),
        sameness: mac(made.content, room),
        sourceId: event.sourceId,
        recv,
      },
      names: namedHead(event.seen),
      openings: made.openings,
      effect: null,
    };
  }

  return {
    native(item, context) {
      let submission: Submission;
      try {
        submission = parseSubmission(item);
      } catch (error) {
        if (!isTransparencyError(error)) throw error;
        return { kind: 'refused', error, trace: traceOfError(error) };
      }
      const { event, disclosures } = submission;
      const refusal =
        refusalOf(event, options.tenant, context) ??
        refusalOfSignature(submission) ??
        (disclosures.length === 0 ? null : refusalOfOpenings(submission, options.keepsOpenings));
      if (refusal !== null) return refusal;
      const openings = disclosures.length === 0 ? null : openingsOf(disclosures, event.event.sd);
      const made = { adapter: 'native', map: null, raw: null, content: event.canonical, openings };
      return admit(submission, made, context);
    },
    mapped(item, context) {
      const { event, adapter, map, rawCommitment: raw, raw: content } = item;
      const refusal = refusalOf(event, options.tenant, context);
      if (refusal !== null) return refusal;
      const openings = options.keepsOpenings ? openingsOfMapped(item) : null;
      return admit({ event, sig: null }, { adapter, map, raw, content, openings }, context);
    },
  };
}

/** The head that an event names by its note: it will be kept for ever. */
function namedHead(seen: ParsedEvent['seen']): NamedHead | null {
  if (seen?.note === undefined) return null;
  return { size: seen.size, noteHash: parseBase64(seen.note) };
}

/** What the schema cannot know: tenant, source and role of the sender, usable secrets. */
function refusalOf(event: ParsedEvent, tenant: string, context: SubmitContext): Admission | null {
  if (event.tenant !== tenant) {
    return refused('event.wrong-tenant', `this log is the tenant's "${tenant}"`);
  }
  if (context.sources !== null && !context.sources.includes(event.sourceId)) {
    return refused('event.wrong-source', 'the token may not speak for this source');
  }
  if (OPERATE_KINDS.has(event.kind) && !context.operate) {
    return refused('event.role-required', `${event.kind} needs the operate role`);
  }
  const secret = findSecretInEvent(event.canonical);
  return secret === null ? null : holdsSecret(event, secret);
}

/** The name of a key is a text of the sender as any other. */
function refusalOfSignature({ event, sig }: Submission): Admission | null {
  const secret = sig === null ? null : secretInText(sig.kid);
  return secret === null ? null : holdsSecret(event, secret);
}

/** Openings that are not kept at all, or that hold what is not kept even sealed. */
function refusalOfOpenings(
  { event, disclosures }: Pick<Submission, 'event' | 'disclosures'>,
  keepsOpenings: boolean,
): Admission | null {
  if (!keepsOpenings) {
    return refused(
      'submission.openings-not-kept',
      'this log keeps no openings: send digests alone',
    );
  }
  for (const text of disclosures) {
    const secret = secretInValue(parseDisclosure(text), EVENT_LIMITS.eventDepthMax);
    if (secret !== null) return holdsSecret(event, secret);
  }
  return null;
}

/** What an adapter withheld and may be kept: what holds a usable secret has no opening. */
function openingsOfMapped({
  event,
  disclosures,
  raw,
  rawSalt,
}: MappedItem): readonly Opening[] | null {
  if (disclosures.length === 0 && rawSalt === null) return null;
  const openings = openingsOf(disclosures, event.event.sd);
  return rawSalt === null ? openings : [...openings, rawOpening({ salt: rawSalt, raw })];
}

function holdsSecret(event: ParsedEvent, secret: string): Admission {
  const error = new TransparencyError('event.secret', `it holds what looks like a ${secret}`);
  return { kind: 'refused', error, trace: traceOf(event.sourceId, event.id, 'event.secret') };
}

function refused(code: TransparencyError['code'], message: string): Admission {
  return { kind: 'refused', error: new TransparencyError(code, message), trace: null };
}

function tooLarge({ sourceId, id }: ParsedEvent, what: string): Admission {
  const error = new TransparencyError('event.too-large', what);
  return { kind: 'refused', error, trace: traceOf(sourceId, id, 'event.too-large') };
}

/** An event that was whole but for its length names itself in the refusal. */
function traceOfError({ code, details }: TransparencyError): RefusedTrace | null {
  if (code !== 'event.too-large') return null;
  const { source, id } = details;
  if (typeof source !== 'string' || typeof id !== 'string') return null;
  return traceOf(source, id, code);
}

/** The source and id of a refused event, unless the secret stands in them. */
function traceOf(sourceId: string, id: string, code: RefusedTrace['code']): RefusedTrace {
  const clean = (text: string): string | null => (secretInText(text) === null ? text : null);
  return { sourceId: clean(sourceId), id: clean(id), code };
}

/** Salts from the system's random numbers, drawn 256 at a time: a draw costs a system call. */
function saltSource(random: RandomBytes): () => string {
  let salts: Uint8Array = new Uint8Array(0);
  let used = 0;
  return () => {
    if (used === salts.length) {
      salts = random(SALT_LENGTH * SALTS_AT_ONCE);
      used = 0;
    }
    const salt = salts.subarray(used, used + SALT_LENGTH);
    used += SALT_LENGTH;
    return base64url(salt);
  };
}
