import { base64, base64url, parseBase64, parseBase64url } from '../../src/core/base64.ts';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { inputsOf, leavesOf, type WireInput } from '../ingest/golden.ts';
import { encodeOtlp } from '../ingest/otlp-encode.ts';
import type { SeededRandom } from '../support/random.ts';
import type { Secret } from './corpus.ts';

/** A request that carries a secret where an emitter would leak it. */
export interface Carrier {
  readonly adapter: string;
  /** Where, for whoever reads of a leak. */
  readonly place: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** How a text may stand in a field. */
const MODES = [
  'alone',
  'in words',
  'as JSON',
  'in an address',
  'as a member',
  'as a name',
] as const;
type Mode = (typeof MODES)[number];

/** Inputs of adapters by the emitters' formats: what is hostile or too long is tried elsewhere. */
const BASES = new Map<string, readonly WireInput[]>();

/** A request of an adapter with a secret in a field that chance picks, in a form that chance picks. */
export function carrierOf(adapter: string, secret: Secret, random: SeededRandom): Carrier {
  const fixture = adapter === 'openbao' ? 'vault' : adapter;
  const bases = BASES.get(fixture) ?? inputsOf(fixture).filter(isPlain);
  BASES.set(fixture, bases);
  const base = random.pick(bases);
  const mode = random.pick(MODES);
  const unique = `carried-${hexOf(random.bytes(8))}`;
  const carry: Carry = { text: textOf(secret, mode), mode, unique, random };
  const {
    place,
    headers = base.headers,
    body,
  } = WAYS[fixture]?.(base, carry) ?? inJson(base, carry);
  return { adapter, place: `${base.name}: ${place}, ${mode}`, headers, body };
}

interface Carry {
  readonly text: string;
  readonly mode: Mode;
  /** Makes the event another one. */
  readonly unique: string;
  readonly random: SeededRandom;
}

interface Carried {
  readonly place: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const WAYS: Readonly<Record<string, (base: WireInput, carry: Carry) => Carried>> = {
  caep(base, carry) {
    const [head = '', claims = '', signature = ''] = base.body.trim().split('.');
    const { value, place } = injected(JSON.parse(utf8Text(parseBase64url(claims))), carry);
    return { place, body: utf8(`${head}.${base64url(utf8(JSON.stringify(value)))}.${signature}`) };
  },
  dsse(base, carry) {
    const envelope = JSON.parse(base.body) as { readonly payload?: string };
    const statement = jsonOr(payloadOf(envelope.payload ?? ''));
    if (statement === undefined || carry.random.chance(0.3)) return inJson(base, carry);
    const { value, place } = injected(statement, carry);
    const payload = base64(utf8(JSON.stringify(value)));
    return { place: `payload ${place}`, body: utf8(JSON.stringify({ ...envelope, payload })) };
  },
  cloudevents(base, carry) {
    const names = Object.keys(base.headers).filter((name) => name.startsWith('ce-'));
    if (names.length === 0 || carry.random.chance(0.3)) return inJson(base, carry);
    const name = carry.random.pick(['ce-subject', 'ce-authid', 'ce-myextension']);
    const value = encodeURIComponent(carry.text).replaceAll("'", '%27');
    const headers = { ...base.headers, 'ce-id': carry.unique, [name]: value };
    return { place: `header ${name}`, headers, body: utf8(base.body) };
  },
  'otlp-logs': otlp,
  'otlp-traces': otlp,
  syslog(base, carry) {
    // A line of syslog holds no line feed; emitters write it so.
    const text = carry.text.replaceAll('\n', '\\n');
    const line = base.body.replaceAll(/^\d+ (?=<)/g, '').split('\n')[0] ?? '';
    if (line.includes('CEF:')) {
      const name = carry.random.pick(['msg', 'cs1', 'requestClientApplication', 'duser']);
      const value = text.replaceAll('\\', '\\\\').replaceAll('=', '\\=');
      const marked = `${line} externalId=${carry.unique} ${name}=${value}`;
      return { place: `CEF ${name}`, body: utf8(`${marked}\n`) };
    }
    const quoted = text.replaceAll(/["\\\]]/g, '\\$&');
    if (carry.random.chance(0.5) && line.includes('[')) {
      const data = `[carried@32473 v="${quoted}" u="${carry.unique}"]`;
      return { place: 'structured data', body: utf8(`${line.replace('[', `${data}[`)}\n`) };
    }
    return { place: 'message', body: utf8(`${line} ${carry.unique} ${text}\n`) };
  },
};

/** Half of what OpenTelemetry sends is protobuf. */
function otlp(base: WireInput, carry: Carry): Carried {
  const { value, place } = injected(JSON.parse(base.body), carry);
  const json = { place, body: utf8(JSON.stringify(value)) };
  if (carry.random.chance(0.5)) return json;
  try {
    const headers = { 'content-type': 'application/x-protobuf' };
    return { place: `protobuf ${place}`, headers, body: encodeOtlp(value) };
  } catch {
    // A text in the place of a number has no form in protobuf.
    return json;
  }
}

function inJson(base: WireInput, carry: Carry): Carried {
  const { value, place } = injected(JSON.parse(base.body), carry);
  return { place, body: utf8(JSON.stringify(value)) };
}

/** The value with the text in the place of one of its strings, or beside it. */
function injected(value: Json, carry: Carry): { readonly value: Json; readonly place: string } {
  const pointers = leavesOf(value).filter((pointer) => typeof at(value, pointer) === 'string');
  const pointer = carry.random.pick(pointers);
  // Bytes are base64 wherever they stand in JSON.
  const text = pointer.endsWith('bytesValue') ? base64(utf8(carry.text)) : carry.text;
  const above = at(value, pointer.slice(0, pointer.lastIndexOf('/')));
  const name = pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
  if (typeof above === 'object' && above !== null && !Array.isArray(above)) {
    if (carry.mode === 'as a name') above[carry.text] = 'x';
    else above[name] = carry.mode === 'as a member' ? (jsonOr(text) ?? text) : text;
    above[carry.unique] = 'x';
  } else if (Array.isArray(above)) {
    above[Number(name)] = text;
  }
  return { value, place: pointer };
}

function at(value: Json, pointer: string): Json | undefined {
  let here: Json | undefined = value;
  for (const step of pointer.split('/').slice(1)) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as { [name: string]: Json })[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return here;
}

function textOf({ text }: Secret, mode: Mode): string {
  if (mode === 'in words') return `it failed with ${text} and was tried again`;
  if (mode === 'as JSON') return JSON.stringify({ sent: text });
  if (mode === 'in an address') return `/v1/items?page=2&q=${encodeURIComponent(text)}&z=1`;
  return text;
}

function isPlain({ hostile, body, name }: WireInput): boolean {
  return (
    hostile !== true &&
    body.length < 8_000 &&
    !name.startsWith('other types') &&
    !name.includes('invalid')
  );
}

function jsonOr(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function payloadOf(payload: string): string {
  try {
    return utf8Text(parseBase64(payload));
  } catch {
    return '';
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
