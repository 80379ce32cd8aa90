import { utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import type { JsonObject, JsonValue } from '../event/strict-json.ts';

/** Open objects and arrays at one place of what an emitter sends, at most. */
export const WIRE_DEPTH_MAX = 64;

/**
 * The value of JSON that an emitter sent, read without loss: what strict JSON has no room for is kept in another form.
 * (spec/12-ingest.md §2)
 *
 * A number that is not an integer of at most 2^53 - 1 in its shortest form becomes its text. NUL and half a surrogate
 * pair become U+FFFD. Members of one name are refused: two readers would see two things.
 *
 * @throws {TransparencyError} bytes.not-utf8, json.bom, json.malformed, json.duplicate-member, json.too-deep
 */
export function parseWireJson(bytes: Uint8Array): JsonValue {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new TransparencyError('json.bom', 'begins with a byte order mark');
  }
  return new WireReader(utf8Text(bytes)).readWhole();
}

/** A text without NUL and half surrogate pairs, which no leaf can hold: U+FFFD stands for them. */
export function speakable(text: string): string {
  return UNSPEAKABLE.test(text) ? text.replace(UNSPEAKABLES, '\ufffd') : text;
}

/** True for an object of JSON. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for
const UNSPEAKABLE = /\p{Cs}|\u0000/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is replaced
const UNSPEAKABLES = /\p{Cs}|\u0000/gu;
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

class WireReader {
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
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
    // Without a prototype `__proto__` is a name like any other.
    const object: Record<string, JsonValue> = Object.create(null);
    this.skipSpace();
    if (this.text[this.at] === '}') return this.close(object);
    for (;;) {
      this.skipSpace();
      if (this.text[this.at] !== '"') throw this.malformed('expected the name of a member');
      const name = this.readString();
      if (name in object) {
        throw new TransparencyError('json.duplicate-member', `a name again, at ${this.at}`);
      }
      this.skipSpace();
      this.expect(':');
      object[name] = this.readValue();
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
    const start = this.at;
    let value = '';
    let from = start;
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
    // Only escapes can have made what no text can hold.
    return escaped ? speakable(value) : value;
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

  private readNumber(): number | string {
    const digits = this.match(NUMBER);
    if (digits === '') throw this.malformed('expected a value');
    const value = Number(digits);
    return Number.isSafeInteger(value) && String(value) === digits ? value : digits;
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
    if (this.depth > WIRE_DEPTH_MAX) {
      throw new TransparencyError('json.too-deep', `more than ${WIRE_DEPTH_MAX} open`);
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
