import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { base64url } from '../../src/core/base64.ts';
import { concat, utf8 } from '../../src/core/bytes.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { parseDisclosure } from '../../src/event/disclosure.ts';
import type { MappedItem } from '../../src/event/mapped-item.ts';
import type { JsonValue } from '../../src/event/strict-json.ts';
import type { AdaptedItem } from '../../src/ingest/adapter.ts';
import {
  ADAPTERS,
  type IngestContext,
  NO_TRUST,
  type WireHeaders,
} from '../../src/ingest/ingest.ts';
import { mappedEvent } from '../../src/ingest/mapped-event.ts';

/** One thing that an emitter could send: a file of `spec/fixtures/ingest` holds several of an adapter. */
export interface WireInput {
  readonly name: string;
  readonly hostile?: boolean;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What becomes of an input; `spec/vectors/ingest` holds it. */
export interface Golden {
  readonly name: string;
  /** The code of its refusal, if the body cannot be taken apart. */
  readonly refused?: string;
  readonly events?: readonly GoldenEvent[];
}

/** One event: `sd` shows the pointers alone, since digests are salted. */
export interface GoldenEvent {
  readonly event: JsonValue;
  /** Field of the event → the pointers of the input that it came from; none: the rules or the log say it. */
  readonly from: Readonly<Record<string, readonly string[]>>;
  /** What is withheld and may be opened. */
  readonly openings: Readonly<Record<string, JsonValue>>;
  /** Is what was sent kept as an opening? */
  readonly rawKept: boolean;
}

const FIXTURES = new URL('../../spec/fixtures/ingest/', import.meta.url);

/** Names of the adapters that have inputs. */
export function inputNames(): readonly string[] {
  return readdirSync(FIXTURES)
    .map((file) => file.replace('.json', ''))
    .sort();
}

/** The inputs of an adapter. */
export function inputsOf(adapter: string): readonly WireInput[] {
  return JSON.parse(readFileSync(new URL(`${adapter}.json`, FIXTURES), 'utf8'));
}

/** A context in which nothing is random, and nothing is trusted. */
export function testContext(source: string): IngestContext {
  let draws = 0;
  return {
    tenant: 'acme',
    source,
    sources: null,
    now: () => 1_763_630_820_300,
    random(length) {
      const block = createHash('sha512').update(`salt ${draws++}`).digest();
      return new Uint8Array(block.subarray(0, length));
    },
    trust: NO_TRUST,
    itemsMax: 1_000,
    pseudonym: (label, content) =>
      new Uint8Array(
        createHash('sha256')
          .update(concat(utf8(label), content))
          .digest(),
      ).slice(0, 16),
  };
}

export function headersOf(fields: Readonly<Record<string, string>>): WireHeaders {
  return { get: (name) => fields[name], names: () => Object.keys(fields) };
}

/** What an adapter makes of an input, item by item, beside what it read. */
export function adaptedOf(
  adapterName: string,
  input: WireInput,
): readonly { readonly adapted: AdaptedItem; readonly mapped: MappedItem }[] {
  const adapter = ADAPTERS.get(adapterName);
  if (adapter === undefined) throw new Error(`no adapter ${adapterName}`);
  const context = testContext(adapterName);
  const headers = headersOf(input.headers);
  return [...adapter.read(utf8(input.body), headers, context)].map((adapted) => ({
    adapted,
    mapped: mappedEvent(adapted.item, adapted.mapping, context),
  }));
}

/** What becomes of an input. */
export function goldenOf(adapterName: string, input: WireInput): Golden {
  const { name } = input;
  try {
    const items = adaptedOf(adapterName, input);
    return { name, events: items.map(({ adapted, mapped }) => goldenEvent(adapted, mapped)) };
  } catch (error) {
    if (isTransparencyError(error)) return { name, refused: error.code };
    throw error;
  }
}

function goldenEvent({ item, mapping }: AdaptedItem, mapped: MappedItem): GoldenEvent {
  const event = mapped.event.event as unknown as Record<string, JsonValue>;
  const { sd, ...rest } = event;
  const draft = item.input === undefined ? null : mapping.draft(item.input, { traced: true });
  const from: Record<string, readonly string[]> = {};
  for (const pointer of leavesOf(rest)) {
    let at = pointer;
    while (at !== '' && draft?.origins?.get(at) === undefined)
      at = at.slice(0, at.lastIndexOf('/'));
    from[pointer] = draft?.origins?.get(at) ?? [];
  }
  const openings: Record<string, JsonValue> = {};
  for (const text of mapped.disclosures) {
    const { pointer, value } = parseDisclosure(text);
    openings[pointer] = value;
  }
  return {
    event: sd === undefined ? rest : { ...rest, sd: Object.keys(sd as object) },
    from,
    openings,
    rawKept: mapped.rawSalt !== null,
  };
}

/** Pointers of the scalars of a value. */
export function leavesOf(value: JsonValue, base = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [base];
  return Object.entries(value).flatMap(([name, member]) =>
    leavesOf(member as JsonValue, `${base}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

/** Digest of a text, for tests that compare much. */
export function shortDigest(text: string): string {
  return base64url(new Uint8Array(createHash('sha256').update(text).digest())).slice(0, 12);
}
