import type protobuf from 'protobufjs/minimal.js';
import { base64 } from '../core/base64.ts';
import { concat } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import type { JsonObject, JsonValue } from '../event/strict-json.ts';
import { partCount } from './json-items.ts';
import { putNew } from './new-name.ts';
import { ANY_VALUE, type FieldType, type MessageField } from './otlp-fields.ts';
import { groupsOf, type OtlpContainer, type OtlpGroup } from './otlp-group.ts';
import { fixed64, readFields, signed64, textOf, viewOf, WIRE } from './otlp-reader.ts';
import { integerOf, isUnset } from './otlp-values.ts';
import { WIRE_DEPTH_MAX } from './wire-json.ts';

/**
 * The groups of a protobuf export request: what is common to records of one scope, and the records as views. Nothing in
 * a record is read yet. (opentelemetry-proto, ExportLogsServiceRequest and ExportTraceServiceRequest)
 *
 * @param itemsMax  more parts than this are refused before they are gathered
 * @throws {TransparencyError} ingest.malformed for bytes that are no such message; submission.too-many-items
 */
export function protoGroups(body: Uint8Array, itemsMax: number): readonly OtlpGroup[] {
  const take = partCount(itemsMax);
  const container =
    (wires: ReadonlyMap<number, number>, list: number) =>
    (bytes: Uint8Array): OtlpContainer => {
      const items: Uint8Array[] = [];
      const shared: Uint8Array[] = [];
      let schemaUrl = '';
      const others = readFields(bytes, wires, (number, reader) => {
        if (number === list) {
          take();
          items.push(viewOf(reader));
        } else if (number === SCHEMA_URL) schemaUrl = textOf(reader);
        else shared.push(viewOf(reader));
      });
      return {
        // A message that comes in parts is all of them, one after the other.
        shared: shared.length > 1 ? concat(...shared) : shared[0],
        schemaUrl: schemaUrl === '' ? undefined : schemaUrl,
        items,
        others,
      };
    };
  return groupsOf(body, {
    request: container(REQUEST, 1),
    resource: container(GROUP, 2),
    scope: container(GROUP, 2),
  });
}

const SCHEMA_URL = 3;
const REQUEST: ReadonlyMap<number, number> = new Map([[1, WIRE.bytes]]);
const GROUP: ReadonlyMap<number, number> = new Map([1, 2, SCHEMA_URL].map((n) => [n, WIRE.bytes]));

/**
 * What a message says. Fields that no table names are kept as `field<number>`, so that nothing is lost.
 *
 * @throws {TransparencyError} ingest.malformed, bytes.not-utf8, json.too-deep
 */
export function protoMessage(bytes: Uint8Array, fields: readonly MessageField[]): JsonObject {
  return messageOf(bytes, fields, 0);
}

function messageOf(bytes: Uint8Array, fields: readonly MessageField[], depth: number): JsonObject {
  checkDepth(depth);
  const message: Record<string, JsonValue> = Object.create(null);
  const attributes: Record<string, JsonValue> = Object.create(null);
  const table = tableOf(fields);
  const others = readFields(bytes, table.wires, (number, reader) => {
    const field = table.byNumber.get(number);
    if (field === undefined) return;
    if (field.type === 'attributes') {
      message[field.name] = attributes;
      putAttribute(attributes, viewOf(reader), depth);
      return;
    }
    const value = readField(reader, field.type, depth);
    const before = message[field.name];
    if (field.repeated === true) {
      if (Array.isArray(before)) before.push(value);
      else message[field.name] = [value];
    } else if (!isUnset(value, field.type)) putNew(message, field.name, value);
  });
  return others === undefined ? message : { ...message, ...others };
}

interface FieldTable {
  readonly wires: ReadonlyMap<number, number>;
  readonly byNumber: ReadonlyMap<number, MessageField>;
}

const tables = new WeakMap<readonly MessageField[], FieldTable>();

function tableOf(fields: readonly MessageField[]): FieldTable {
  const known = tables.get(fields);
  if (known !== undefined) return known;
  const table = {
    wires: new Map(fields.map(({ number, type }) => [number, wireOf(type)])),
    byNumber: new Map(fields.map((field) => [field.number, field])),
  };
  tables.set(fields, table);
  return table;
}

function wireOf(type: FieldType): number {
  switch (type) {
    case 'fixed64':
    case 'double':
      return WIRE.bits64;
    case 'fixed32':
      return WIRE.bits32;
    case 'int64':
    case 'varint':
    case 'bool':
      return WIRE.varint;
    default:
      return WIRE.bytes;
  }
}

function readField(reader: protobuf.Reader, type: FieldType, depth: number): JsonValue {
  switch (type) {
    case 'text':
      return textOf(reader);
    case 'hex':
      return hex(viewOf(reader));
    case 'bytes':
      return base64(viewOf(reader));
    case 'fixed64':
      return fixed64(reader);
    case 'fixed32':
      return reader.fixed32();
    case 'int64':
    case 'varint':
      return integerOf(signed64(reader));
    case 'double':
      return String(reader.double());
    case 'bool':
      return reader.bool();
    case 'any':
      return anyValue(viewOf(reader), depth + 1);
    case 'attributes':
      return null;
    default:
      return messageOf(viewOf(reader), type, depth + 1);
  }
}

/** What an `AnyValue` holds; one that is not set is null, and what is none stays as fields by their names. */
function anyValue(bytes: Uint8Array, depth: number): JsonValue {
  checkDepth(depth);
  const held: Record<string, JsonValue> = Object.create(null);
  const others = readFields(bytes, ANY_WIRES, (number, reader) => {
    putNew(held, ANY_NAMES.get(number) ?? '', heldValue(number, reader, depth));
  });
  const [value, ...more] = Object.values(held);
  if (others !== undefined || more.length > 0) return { ...held, ...others };
  return value ?? null;
}

const ANY_NAMES: ReadonlyMap<number, string> = new Map(
  ANY_VALUE.map(({ number, name }) => [number, name]),
);
const ANY_WIRES: ReadonlyMap<number, number> = new Map([
  [1, WIRE.bytes],
  [2, WIRE.varint],
  [3, WIRE.varint],
  [4, WIRE.bits64],
  [5, WIRE.bytes],
  [6, WIRE.bytes],
  [7, WIRE.bytes],
]);

function heldValue(number: number, reader: protobuf.Reader, depth: number): JsonValue {
  switch (number) {
    case 1:
      return textOf(reader);
    case 2:
      return reader.bool();
    case 3:
      return integerOf(signed64(reader));
    case 4:
      return String(reader.double());
    case 5:
      return partsOf(viewOf(reader)).map((one) => anyValue(one, depth + 1));
    case 6: {
      const list: Record<string, JsonValue> = Object.create(null);
      for (const one of partsOf(viewOf(reader))) putAttribute(list, one, depth + 1);
      return list;
    }
    default:
      return base64(viewOf(reader));
  }
}

/** The values of an `ArrayValue` or a `KeyValueList`. */
function partsOf(bytes: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  const others = readFields(bytes, REQUEST, (_, reader) => parts.push(viewOf(reader)));
  if (others === undefined) return parts;
  throw new TransparencyError('ingest.malformed', 'a list with other fields');
}

/** A `KeyValue`, put among the others. */
function putAttribute(among: Record<string, JsonValue>, bytes: Uint8Array, depth: number): void {
  let name = '';
  const values: Uint8Array[] = [];
  const others = readFields(bytes, KEY_VALUE, (number, reader) => {
    if (number === 1) name = textOf(reader);
    else values.push(viewOf(reader));
  });
  const [first] = values;
  const bytesOfValue = values.length > 1 ? concat(...values) : first;
  putNew(among, name, bytesOfValue === undefined ? null : anyValue(bytesOfValue, depth + 1));
  if (others !== undefined) putNew(among, `${name}#`, others);
}

const KEY_VALUE: ReadonlyMap<number, number> = new Map([
  [1, WIRE.bytes],
  [2, WIRE.bytes],
]);

function checkDepth(depth: number): void {
  if (depth > WIRE_DEPTH_MAX / 2) throw new TransparencyError('json.too-deep', 'a value in values');
}
