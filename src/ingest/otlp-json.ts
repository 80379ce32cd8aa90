import { base64, parseBase64 } from '../core/base64.ts';
import { isTransparencyError } from '../core/error.ts';
import { scanArrayItems } from '../event/array-items.ts';
import { OPEN_BRACKET } from '../event/json-scan.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../event/strict-json.ts';
import { partCount } from './json-items.ts';
import { putNew } from './new-name.ts';
import type { MessageField } from './otlp-fields.ts';
import { groupsOf, malformedExport, type OtlpContainer, type OtlpGroup } from './otlp-group.ts';
import { integerOf, isUnset } from './otlp-values.ts';
import { parseWireJson } from './wire-json.ts';
import { scanMembers } from './wire-scan.ts';

/** Names of the members that hold resources, scopes and records. */
export interface OtlpNames {
  readonly resources: string;
  readonly scopes: string;
  readonly records: string;
}

/**
 * The groups of a JSON export request.
 *
 * @param itemsMax  more parts than this are refused before they are gathered
 * @throws {TransparencyError} ingest.malformed, json.malformed, json.too-deep, json.duplicate-member,
 *   submission.too-many-items
 */
export function jsonGroups(
  body: Uint8Array,
  names: OtlpNames,
  itemsMax: number,
): readonly OtlpGroup[] {
  const take = partCount(itemsMax);
  const listOf = (bytes: Uint8Array | undefined, name: string): readonly Uint8Array[] => {
    const list = givenOf(bytes);
    if (list === undefined) return [];
    if (list[0] !== OPEN_BRACKET) throw malformedExport(`${name} is no list`);
    const items = scanArrayItems(list, { itemsMax });
    for (const _ of items) take();
    return items;
  };
  const container =
    (list: string, shared?: string) =>
    (bytes: Uint8Array): OtlpContainer => {
      const known = shared === undefined ? [list] : [list, shared, 'schemaUrl'];
      const members = scanMembers(bytes, known);
      if (members === undefined) throw malformedExport(`what should hold ${list} is no object`);
      const { wanted, others } = members;
      return {
        shared: givenOf(shared === undefined ? undefined : wanted.get(shared)),
        schemaUrl: textOf(wanted.get('schemaUrl')),
        items: listOf(wanted.get(list), list),
        others: othersOf(others()),
      };
    };
  return groupsOf(body, {
    request: container(names.resources),
    resource: container(names.scopes, 'resource'),
    scope: container(names.records, 'scope'),
  });
}

/**
 * What a message in JSON says, in the form that protobuf gives: the same record is the same document. What has another
 * type than its field stays as it is.
 *
 * @throws {TransparencyError} ingest.malformed, json.*
 */
export function jsonMessage(bytes: Uint8Array, fields: readonly MessageField[]): JsonObject {
  const value = parseWireJson(bytes);
  if (!isJsonObject(value)) throw malformedExport('a message that is no object');
  return messageOf(value, fields);
}

function messageOf(object: JsonObject, fields: readonly MessageField[]): JsonObject {
  const message: Record<string, JsonValue> = Object.create(null);
  for (const [name, value] of Object.entries(object)) {
    const field = fields.find((one) => one.name === name);
    if (field === undefined) message[name] = value;
    else {
      const read = readField(value, field);
      // An unset value is no value in either form.
      if (!isUnset(read, field.type)) message[name] = read;
    }
  }
  return message;
}

function readField(value: JsonValue, { type, repeated }: MessageField): JsonValue {
  if (typeof type === 'object') {
    const one = (item: JsonValue): JsonValue => (isJsonObject(item) ? messageOf(item, type) : item);
    if (repeated !== true) return one(value);
    if (!Array.isArray(value)) return value;
    return value.length > 0 ? value.map(one) : null;
  }
  switch (type) {
    case 'any':
      return anyValue(value);
    case 'attributes':
      return Array.isArray(value) ? attributesOf(value) : value;
    case 'hex':
      return typeof value === 'string' ? value.toLowerCase() : value;
    case 'fixed64':
      return typeof value === 'number' ? String(value) : value;
    case 'int64':
    case 'varint':
    case 'fixed32':
      return typeof value === 'string' ? integerOf(value) : value;
    default:
      return value;
  }
}

function attributesOf(list: readonly JsonValue[]): JsonObject {
  const attributes: Record<string, JsonValue> = Object.create(null);
  for (const item of list) {
    const { key = '', value = null, ...others } = isJsonObject(item) ? item : { others: item };
    // What is no attribute has no name, and is kept whole.
    if (typeof key !== 'string' || Object.keys(others).length > 0) putNew(attributes, '', item);
    else putNew(attributes, key, anyValue(value));
  }
  return attributes;
}

/** What an `AnyValue` holds; one that is not set is null, and what is none stays as it is. */
function anyValue(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  const [[kind, held] = ['', null], ...others] = Object.entries(value);
  if (others.length > 0) return value;
  return held === null ? null : (heldValue(kind, held) ?? value);
}

/** Undefined for what such a kind of value cannot hold. */
function heldValue(kind: string, held: JsonValue): JsonValue | undefined {
  switch (kind) {
    case 'stringValue':
      return typeof held === 'string' ? held : undefined;
    case 'boolValue':
      return typeof held === 'boolean' ? held : undefined;
    case 'intValue':
      if (typeof held === 'number') return held;
      return typeof held === 'string' && /^-?[0-9]{1,20}$/.test(held) ? integerOf(held) : undefined;
    case 'doubleValue':
      return typeof held === 'number' || typeof held === 'string' ? String(held) : undefined;
    case 'arrayValue':
      return valuesOf(held)?.map(anyValue);
    case 'kvlistValue': {
      const list = valuesOf(held);
      return list === undefined ? undefined : attributesOf(list);
    }
    case 'bytesValue':
      return typeof held === 'string' ? plainBase64(held) : undefined;
    default:
      return undefined;
  }
}

/** The items of `{values: […]}`; undefined for anything else. */
function valuesOf(held: JsonValue): readonly JsonValue[] | undefined {
  if (!isJsonObject(held)) return undefined;
  const { values = [], ...others } = held;
  return Array.isArray(values) && Object.keys(others).length === 0 ? values : undefined;
}

/** One spelling of the same bytes. */
function plainBase64(text: string): string {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const padded = plain + '='.repeat((4 - (plain.length % 4)) % 4);
  try {
    return base64(parseBase64(padded));
  } catch (error) {
    if (isTransparencyError(error)) return text;
    throw error;
  }
}

/** Bytes of a member that has a value: null is how JSON writes none. */
function givenOf(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes?.length === 4 && bytes[0] === LETTER_N ? undefined : bytes;
}

const LETTER_N = 0x6e;

function textOf(bytes: Uint8Array | undefined): string | undefined {
  const given = givenOf(bytes);
  const value = given === undefined ? '' : parseWireJson(given);
  if (typeof value !== 'string') throw malformedExport('schemaUrl is no text');
  return value === '' ? undefined : value;
}

function othersOf(others: ReadonlyMap<string, Uint8Array>): JsonValue | undefined {
  if (others.size === 0) return undefined;
  return Object.fromEntries([...others].map(([name, value]) => [name, parseWireJson(value)]));
}
