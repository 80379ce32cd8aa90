import { utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

/** What becomes of JSON that has no place in a leaf. Called for nothing else: what fits costs no call. */
export interface JsonPolicy {
  /** Objects and arrays that may be open at one place. */
  readonly depthMax: number;
  /**
   * What stands for a number that is not an integer of at most 2^53 - 1 in its shortest form.
   *
   * @param digits  as it is written, or nearly: `01`, `1.` and `1e` come here too, and are no numbers of JSON
   * @param at  offset in UTF-16 units
   */
  number(digits: string, at: number): JsonValue;
  /** What stands for a text that escapes have made: it may hold NUL, and half a surrogate pair. */
  escaped(text: string, at: number): string;
}

/**
 * The value of UTF-8 JSON bytes. (RFC 8259) Members of one name are refused, compared after unescaping: two readers would
 * see two things. Messages tell where, never what.
 *
 * @throws {TransparencyError} bytes.not-utf8, json.bom, json.malformed, json.duplicate-member, json.too-deep, and what
 *   the policy throws
 */
export function readJson(bytes: Uint8Array, policy: JsonPolicy): JsonValue {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new TransparencyError('json.bom', 'begins with a byte order mark');
  }
  return new Reader(utf8Text(bytes), policy).readWhole();
}

/** The refusal of a text that is no JSON. */
export function malformedText(what: string, at: number): TransparencyError {
  return new TransparencyError('json.malformed', `${what}, at ${at}`);
}

const DIGITS = /-?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]*)?/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
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
  private readonly policy: JsonPolicy;
  private at = 0;
  private depth = 0;

  constructor(text: string, policy: JsonPolicy) {
    this.text = text;
    this.policy = policy;
  }

  readWhole(): JsonValue {
    const value = this.readValue();
    this.skipSpace();
    if (this.at < this.text.length) throw this.malformed('something follows the value');
    return value;
  }

  private readValue(): JsonValue {
    this.skipSpace();
    switch (this.text.charCodeAt(this.at)) {
      case 0x7b:
        return this.readObject();
      case 0x5b:
        return this.readArray();
      case 0x22:
        return this.readString();
      case 0x74:
        return this.readWord('true', true);
      case 0x66:
        return this.readWord('false', false);
      case 0x6e:
        return this.readWord('null', null);
      default:
        return this.readNumber();
    }
  }

  private readObject(): JsonObject {
    this.open();
    const object: Record<string, JsonValue> = {};
    this.skipSpace();
    if (this.text[this.at] === '}') return this.close(object);
    for (;;) {
      this.skipSpace();
      if (this.text[this.at] !== '"') throw this.malformed('expected the name of a member');
      const name = this.readString();
      if (Object.hasOwn(object, name)) {
        throw new TransparencyError('json.duplicate-member', `a name again, at ${this.at}`);
      }
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
    let from = this.at;
    let value = '';
    let escaped = false;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x22) break;
      if (!(code >= 0x20)) {
        throw this.malformed('a string that does not end, or a control character');
      }
      if (code !== 0x5c) {
        this.at += 1;
        continue;
      }
      value += this.text.slice(from, this.at) + this.readEscape();
      from = this.at;
      escaped = true;
    }
    value += this.text.slice(from, this.at);
    this.at += 1;
    // Decoded UTF-8 holds no half of a pair, and no control character came this far: escapes alone can make one.
    return escaped ? this.policy.escaped(value, this.at) : value;
  }

  private readEscape(): string {
    const letter = this.text[this.at + 1] ?? '';
    this.at += 2;
    const plain = ESCAPES.get(letter);
    if (plain !== undefined) return plain;
    const digits = letter === 'u' ? this.match(HEX4) : '';
    if (digits === '') throw this.malformed('an unknown escape');
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private readNumber(): JsonValue {
    const digits = this.match(DIGITS);
    if (digits === '') throw this.malformed('expected a value');
    const value = Number(digits);
    if (Number.isSafeInteger(value) && String(value) === digits) return value;
    return this.policy.number(digits, this.at);
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
    const { depthMax } = this.policy;
    this.at += 1;
    this.depth += 1;
    if (this.depth > depthMax) {
      throw new TransparencyError('json.too-deep', `more than ${depthMax} open, at ${this.at}`);
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
    return malformedText(what, this.at);
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
