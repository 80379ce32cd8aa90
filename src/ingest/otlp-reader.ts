import protobuf from 'protobufjs/minimal.js';
import { base64 } from '../core/base64.ts';
import { utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import type { JsonObject, JsonValue } from '../event/strict-json.ts';
import { putNew } from './new-name.ts';
import { speakable } from './wire-json.ts';

/** How a value is written. (Protocol Buffers, "Message Structure") */
export const WIRE = { varint: 0, bits64: 1, bytes: 2, bits32: 5 } as const;

/**
 * Reads the fields of a message, one after the other.
 *
 * @param wires  the fields that are known: their numbers, and how each is written
 * @param see  called where the value of a known field begins; it reads on to its end
 * @returns the other fields as `field<number>`, so that nothing is lost; undefined: there are none
 * @throws {TransparencyError} ingest.malformed for bytes that are no message; what `see` throws
 */
export function readFields(
  bytes: Uint8Array,
  wires: ReadonlyMap<number, number>,
  see: (number: number, reader: protobuf.Reader) => void,
): JsonObject | undefined {
  let others: Record<string, JsonValue> | undefined;
  const reader = protobuf.Reader.create(bytes);
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      const number = Math.floor(tag / 8);
      if (wires.get(number) === tag % 8) {
        see(number, reader);
        continue;
      }
      others ??= Object.create(null) as Record<string, JsonValue>;
      putNew(others, `field${number}`, unknownValue(reader, tag % 8));
    }
  } catch (cause) {
    if (cause instanceof TransparencyError) throw cause;
    throw new TransparencyError('ingest.malformed', 'not such a message', { cause });
  }
  return others;
}

/** A view, where the reader's own `bytes()` would copy. */
export function viewOf(reader: protobuf.Reader): Uint8Array {
  const length = reader.uint32();
  const start = reader.pos;
  reader.skip(length);
  return reader.buf.subarray(start, start + length);
}

/** A text. The reader's own `string()` would make something of bytes that are none. @throws {TransparencyError} bytes.not-utf8 */
export function textOf(reader: protobuf.Reader): string {
  return speakable(utf8Text(viewOf(reader)));
}

/** Digits of 64 bits: the reader's own methods give a double, which is not exact. */
export function fixed64(reader: protobuf.Reader): string {
  const low = reader.fixed32();
  const high = reader.fixed32();
  const value = high * 0x1_0000_0000 + low;
  return Number.isSafeInteger(value)
    ? String(value)
    : String(BigInt(high) * 0x1_0000_0000n + BigInt(low));
}

/** Digits of a varint of 64 bits, signed. @throws {TransparencyError} ingest.malformed */
export function signed64(reader: protobuf.Reader): string {
  let value = 0n;
  for (let place = 1n; ; place *= 128n) {
    const byte = reader.buf[reader.pos++];
    if (byte === undefined || reader.pos > reader.len || place > 1n << 63n) {
      throw new TransparencyError('ingest.malformed', 'a number that does not end');
    }
    value += BigInt(byte % 128) * place;
    if (byte < 128) return String(BigInt.asIntN(64, value));
  }
}

/** What a field holds that nobody knows: its text where it is one, else its bytes. */
function unknownValue(reader: protobuf.Reader, wire: number): JsonValue {
  if (wire === WIRE.bytes) {
    const view = viewOf(reader);
    try {
      return speakable(utf8Text(view));
    } catch {
      return base64(view);
    }
  }
  const start = reader.pos;
  reader.skipType(wire);
  return base64(reader.buf.subarray(start, reader.pos));
}
