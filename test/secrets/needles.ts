import { base64 } from '../../src/core/base64.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { hex } from '../../src/core/hex.ts';

/** Something that must be nowhere, or that must be found. */
export interface Needle {
  /** What is told of it. */
  readonly name: string;
  /** At least 12 characters. */
  readonly text: string;
}

/** A needle that was found, in which form. */
export interface Hit {
  readonly name: string;
  readonly form: string;
  /** Offset of the form in the bytes. */
  readonly at: number;
}

/**
 * Looks for many texts at once, in every form in which something may keep them: as they are, in UTF-16, as hex, base64
 * and base64url at each of three offsets, percent-escaped and with the escapes of JSON, in JSON too.
 */
export class Needles {
  readonly #byStart = new Map<
    number,
    { readonly bytes: Uint8Array; readonly hit: Omit<Hit, 'at'> }[]
  >();
  /** Forms that are looked for. */
  readonly size: number;

  constructor(needles: readonly Needle[]) {
    const known = new Set<string>();
    for (const { name, text } of needles) {
      if (text.length < 12) throw new Error(`${name}: too short to be looked for`);
      for (const [form, bytes] of formsOf(text)) {
        const id = `${name} ${hex(bytes)}`;
        if (known.has(id)) continue;
        known.add(id);
        const start = startOf(bytes, 0);
        const there = this.#byStart.get(start);
        const one = { bytes, hit: { name, form } };
        if (there === undefined) this.#byStart.set(start, [one]);
        else there.push(one);
      }
    }
    this.size = known.size;
  }

  /** What stands in the bytes: each needle once in each form. */
  findIn(bytes: Uint8Array): readonly Hit[] {
    const hits = new Map<string, Hit>();
    for (let at = 0; at + START_LENGTH <= bytes.length; at++) {
      const some = this.#byStart.get(startOf(bytes, at));
      if (some === undefined) continue;
      for (const { bytes: wanted, hit } of some) {
        if (!standsAt(bytes, wanted, at)) continue;
        hits.set(`${hit.name} ${hit.form}`, { ...hit, at });
      }
    }
    return [...hits.values()];
  }
}

const START_LENGTH = 6;

/** The first six bytes as one number: 48 bits. */
function startOf(bytes: Uint8Array, at: number): number {
  let start = 0;
  for (let i = 0; i < START_LENGTH; i++) start = start * 256 + (bytes[at + i] as number);
  return start;
}

function standsAt(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  if (at + wanted.length > bytes.length) return false;
  for (let i = START_LENGTH; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}

function formsOf(text: string): readonly (readonly [form: string, bytes: Uint8Array])[] {
  const bytes = utf8(text);
  const json = JSON.stringify(text).slice(1, -1);
  const percent = encodeURIComponent(text);
  const texts: readonly (readonly [string, string])[] = [
    ['plain', text],
    ['JSON', json],
    ['JSON in JSON', JSON.stringify(json).slice(1, -1)],
    ['JSON with escaped slashes', json.replaceAll('/', '\\/')],
    ['percent-escaped', percent],
    ['percent-escaped, lower case', percent.replaceAll(/%../g, (code) => code.toLowerCase())],
    ['hex', hex(bytes)],
    ['hex, upper case', hex(bytes).toUpperCase()],
    ...[0, 1, 2].flatMap((offset) => {
      const code = base64Inside(bytes, offset);
      const url = code.replaceAll('+', '-').replaceAll('/', '_');
      return [[`base64 at ${offset}`, code] as const, [`base64url at ${offset}`, url] as const];
    }),
  ];
  return [
    ...texts.map(([form, one]) => [form, utf8(one)] as const),
    ['UTF-16', new Uint8Array(Buffer.from(text, 'utf16le'))],
  ];
}

/** The characters of base64 that bytes alone decide when `offset` bytes stand before them in their group of three. */
function base64Inside(bytes: Uint8Array, offset: number): string {
  const padded = new Uint8Array(offset + bytes.length);
  padded.set(bytes, offset);
  const whole = padded.length - (padded.length % 3);
  return base64(padded.subarray(offset === 0 ? 0 : 3, whole));
}
