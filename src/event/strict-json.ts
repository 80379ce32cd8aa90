export { scanArrayItems } from './array-items.ts';

import { utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';

/** What strict JSON can say. Numbers are integers, |n| ≤ 2^53 - 1. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** Members of an object. `__proto__` is a member like any other. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/**
 * The value of UTF-8 JSON bytes, read strictly. (RFC 8259, narrowed by spec/5-submission.md §1)
 *
 * Refused: invalid UTF-8, a BOM, members of one name (compared after unescaping), numbers that are not written as
 * `-?(0|[1-9][0-9]{0,15})` or are `-0` or beyond 2^53 - 1, lone surrogates, NUL, too many open containers, and bytes
 * behind the value. Nothing is normalised. Messages tell where, never what.
 *
 * @param options.depthMax  objects and arrays that may be open at one place; default 16
 * @throws {TransparencyError} bytes.not-utf8, json.*
 */
export function parseStrictJson(
  bytes: Uint8Array,
  options: { readonly depthMax?: number } = {},
): JsonValue {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new TransparencyError('json.bom', 'begins with a byte order mark');
  }
  const reader = new Reader(utf8Text(bytes), options.depthMax ?? 16);
  return reader.readWhole();
}

const INTEGER = /-?[0-9]+/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
const LONE_SURROGATE = /\p{Cs}/u;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

class Reader {
  private readonly text: string;
  private readonly depthMax: number;
  private at = 0;
  private depth = 0;

  constructor(text: string, depthMax: number) {
    this.text = text;
    this.depthMax = depthMax;
  }

  readWhole(): JsonValue {
    const value = this.readValue();
    this.skipSpace();
    if (this.at < this.text.length) throw this.malformed('something follows the value');
    return value;
  }

  private readValue(): JsonValue {
    this.skipSpace();
    switch (this.text[this.at]) {
      case '{':
        return this.readObject();
      case '[':
        return this.readArray();
      case '"':
        return this.readString();
      case 't':
        return this.readWord('true', true);
      case 'f':
        return this.readWord('false', false);
      case 'n':
        return this.readWord('null', null);
      default:
        return this.readNumber();
    }
  }

  private readObject(): JsonObject {
    this.open();
    const object: Record<string, JsonValue> = {};
    const names = new Set<string>();
    this.skipSpace();
    if (this.text[this.at] === '}') return this.close(object);
    for (;;) {
      this.skipSpace();
      if (this.text[this.at] !== '"') throw this.malformed('expected the name of a member');
      const name = this.readString();
      if (names.has(name)) {
        throw new TransparencyError('json.duplicate-member', `a name again, at ${this.at}`);
      }
      names.add(name);
      this.skipSpace();
      this.expect(':');
      setMember(object, name, this.readValue());
      if (this.endsAfterItem('}')) return this.close(object);
    }
  }

  private readArray(): readonly JsonValue[] {
    this.open();
    const items: JsonValue[] = [];
    this.skipSpace();
    if (this.text[this.at] === ']') return this.close(items);
    for (;;) {
      items.push(this.readValue());
      if (this.endsAfterItem(']')) return this.close(items);
    }
  }

  private readString(): string {
    this.at += 1;
    let value = '';
    for (;;) {
      value += this.readPlain();
      const next = this.text[this.at];
      this.at += 1;
      if (next === '"') {
        // Decoded UTF-8 holds no lone surrogate, so only escapes can have made one.
        if (LONE_SURROGATE.test(value)) {
          throw new TransparencyError('json.surrogate', `a lone surrogate, before ${this.at}`);
        }
        return value;
      }
      if (next !== '\\') throw this.malformed('a string that does not end, or a control character');
      value += this.readEscape();
    }
  }

  /** Up to a quote, a backslash, a control character or the end. */
  private readPlain(): string {
    const start = this.at;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (!(code >= 0x20) || code === 0x22 || code === 0x5c) {
        return this.text.slice(start, this.at);
      }
      this.at += 1;
    }
  }

  private readEscape(): string {
    const letter = this.text[this.at] ?? '';
    this.at += 1;
    const plain = ESCAPES.get(letter);
    if (plain !== undefined) return plain;
    const digits = letter === 'u' ? this.match(HEX4) : '';
    if (digits === '') throw this.malformed('an unknown escape');
    if (digits === '0000') throw this.malformed('NUL in a string');
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private readNumber(): number {
    const digits = this.match(INTEGER);
    if (digits === '') throw this.malformed('expected a value');
    const value = Number(digits);
    const isWritten = digits === String(value) && !'.eE'.includes(this.text[this.at] ?? ' ');
    if (!isWritten || !Number.isSafeInteger(value)) {
      throw new TransparencyError(
        'json.number',
        `not an integer of at most 2^53 - 1 in its shortest form, before ${this.at}`,
      );
    }
    return value;
  }

  private readWord<T extends boolean | null>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.malformed('expected a value');
    this.at += word.length;
    return value;
  }

  private endsAfterItem(bracket: string): boolean {
    this.skipSpace();
    if (this.text[this.at] === bracket) return true;
    this.expect(',');
    return false;
  }

  private open(): void {
    this.at += 1;
    this.depth += 1;
    if (this.depth > this.depthMax) {
      throw new TransparencyError(
        'json.too-deep',
        `more than ${this.depthMax} open, at ${this.at}`,
      );
    }
  }

  private close<T>(value: T): T {
    this.at += 1;
    this.depth -= 1;
    return value;
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character) throw this.malformed(`expected ${character}`);
    this.at += 1;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at += 1;
    }
  }

  private malformed(what: string): TransparencyError {
    return new TransparencyError('json.malformed', `${what}, at ${this.at}`);
  }
}

/** Assigning would lose `__proto__`: it would set the prototype. */
function setMember(object: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else {
    object[name] = value;
  }
}
