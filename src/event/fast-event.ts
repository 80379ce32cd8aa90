import type { ParsedEvent } from './event.ts';
import {
  anyValue,
  arrayOf,
  byteAt,
  type Check,
  dictionaryOf,
  either,
  integer,
  literal,
  never,
  objectOf,
  oneString,
  patternString,
  plainString,
  runCheck,
  textBetween,
} from './fast-check.ts';
import { checkTime } from './fast-time.ts';
import { EVENT_LIMITS } from './limits.ts';
import type { NhiEvent, SeenHead } from './nhi-event.ts';
import { schemas } from './schema.generated.ts';

/** An event that was accepted in one pass, and where it ends. */
export interface FastEvent {
  readonly event: ParsedEvent;
  readonly end: number;
}

/**
 * The event at an offset, if it can be accepted in one pass over its bytes; else null, which says nothing of it: the slow
 * path judges, and it alone words refusals. Accepted is what is in canonical form, valid and of printable ASCII without
 * escapes; `source.*` kinds are left to the slow path.
 *
 * About nine times as fast as strict JSON, schema and canonical form one after another (bench/event-codec.ts). What it accepts
 * the slow path accepts and gives the same bytes for: a test mutates events to hold one against the other.
 */
export function fastEvent(bytes: Uint8Array, at: number): FastEvent | null {
  found.seen = 0;
  const end = runCheck(checkEvent, bytes, at);
  if (end < 0 || end - at > EVENT_LIMITS.eventBytesMax) return null;
  return { event: new PlainEvent(bytes.subarray(at, end)), end };
}

/** What the last run found, as a parsed event. A class, since its `event` is read when it is asked for: most are not. */
class PlainEvent implements ParsedEvent {
  readonly canonical: Uint8Array;
  readonly id: string;
  readonly sourceId: string;
  readonly tenant: string;
  readonly kind: string;
  readonly seen: SeenHead | null;

  constructor(canonical: Uint8Array) {
    this.canonical = canonical;
    this.id = textBetween(found.id + 1, found.idEnd - 1);
    this.sourceId = textBetween(found.source + 1, found.sourceEnd - 1);
    this.tenant = textBetween(found.tenant + 1, found.tenantEnd - 1);
    this.kind = found.kind;
    // The check went over these very bytes, so they are JSON of that shape.
    this.seen = found.seen === 0 ? null : JSON.parse(textBetween(found.seen, found.seenEnd));
  }

  get event(): NhiEvent {
    return JSON.parse(decoder.decode(this.canonical));
  }
}

const decoder = new TextDecoder();

/** What the last run found, as offsets. `seen` is 0 where there is none. */
const found = {
  id: 0,
  idEnd: 0,
  source: 0,
  sourceEnd: 0,
  tenant: 0,
  tenantEnd: 0,
  seen: 0,
  seenEnd: 0,
  epoch: 0,
  seq: 0,
  prev: 0,
  kind: '',
};

/** The part of JSON Schema that the schema of an event uses. */
interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly maxProperties?: number;
}

/** Keywords that are understood here. A member with another one is left to the slow path. */
const KEYWORDS: ReadonlySet<string> = new Set([
  ...['$ref', 'type', 'enum', 'const', 'minLength', 'maxLength', 'pattern', 'format'],
  ...['minimum', 'maximum', 'items', 'maxItems', 'properties', 'required'],
  ...['additionalProperties', 'propertyNames', 'maxProperties'],
]);

/** Keywords whose rules stand here in code, by the member that has them. */
const KNOWN_RULES: Readonly<Record<string, readonly string[]>> = {
  '': ['$id', '$defs', 'allOf'],
  '/src': ['dependentRequired', 'if', 'then'],
};

// Made by this package from its own schema file, so it has the shape of its type.
const eventSchema = schemas.eventSchema as Schema;
const checkEvent: Check = compile(eventSchema, '');

function compile(schema: Schema, pointer: string): Check {
  const known = KNOWN_RULES[pointer] ?? [];
  if (Object.keys(schema).some((name) => !KEYWORDS.has(name) && !known.includes(name)))
    return never;
  if (schema.$ref !== undefined) {
    const part = eventSchema.$defs?.[schema.$ref.replace('#/$defs/', '')];
    return part === undefined ? never : compile(part, pointer);
  }
  return withHook(compileType(schema, pointer), pointer);
}

function compileType(schema: Schema, pointer: string): Check {
  if (schema.const !== undefined) return oneString([schema.const]);
  if (schema.enum !== undefined) return compileEnum(schema.enum, pointer);
  switch (typeof schema.type === 'object' ? schema.type.join() : schema.type) {
    case 'string':
      return compileString(schema);
    case 'string,null':
      return either(literal('null'), compileString(schema));
    case 'integer':
      return integer(schema.minimum ?? Number.NaN, schema.maximum ?? Number.NaN);
    case 'boolean':
      return either(literal('true'), literal('false'));
    case 'array':
      return arrayOf(compile(schema.items ?? {}, `${pointer}/*`), schema.maxItems ?? 0);
    case 'object':
      return compileObject(schema, pointer);
    default:
      return never;
  }
}

function compileEnum(values: readonly string[], pointer: string): Check {
  if (pointer !== '/kind') return oneString(values);
  // The rules of bodies are the slow path's: a source speaks of itself once a minute.
  const kinds = values.filter((kind) => !kind.startsWith('source.'));
  return oneString(kinds, (kind) => {
    found.kind = kind;
  });
}

function compileString(schema: Schema): Check {
  if (schema.format === 'nhi-time') return checkTime;
  if (schema.format !== undefined && schema.format !== 'nhi-identifier') return never;
  const plain = plainString({
    min: schema.minLength ?? 0,
    max: schema.maxLength ?? Number.MAX_SAFE_INTEGER,
    identifier: schema.format === 'nhi-identifier',
  });
  return schema.pattern === undefined ? plain : patternString(plain, schema.pattern);
}

function compileObject(schema: Schema, pointer: string): Check {
  const { properties, propertyNames, additionalProperties = true } = schema;
  if (properties !== undefined) {
    if (additionalProperties !== false || propertyNames !== undefined) return never;
    const members = Object.entries(properties).map(([name, member]) => ({
      name,
      check: compile(member, `${pointer}/${name}`),
      required: schema.required?.includes(name) ?? false,
    }));
    return objectOf(members);
  }
  // `ext` and `sd`; `body` has no limit on its members and is left to the slow path.
  if (schema.maxProperties === undefined || propertyNames === undefined) return never;
  return dictionaryOf({
    name: compileString({ ...propertyNames, type: 'string' }),
    value:
      typeof additionalProperties === 'object'
        ? compile(additionalProperties, `${pointer}/*`)
        : anyValue(EVENT_LIMITS.eventDepthMax - 2),
    max: schema.maxProperties,
  });
}

function withHook(check: Check, pointer: string): Check {
  switch (pointer) {
    case '/id':
      return hook(check, (at, end) => {
        found.id = at;
        found.idEnd = end;
      });
    case '/tenant':
      return hook(check, (at, end) => {
        found.tenant = at;
        found.tenantEnd = end;
      });
    case '/src/id':
      return hook(check, (at, end) => {
        found.source = at;
        found.sourceEnd = end;
      });
    case '/ctx/seen':
      return hook(check, (at, end) => {
        found.seen = at;
        found.seenEnd = end;
      });
    case '/src/epoch':
    case '/src/seq':
    case '/src/prev': {
      const name = pointer === '/src/epoch' ? 'epoch' : pointer === '/src/seq' ? 'seq' : 'prev';
      return hook(check, (at) => {
        found[name] = at;
      });
    }
    case '/src':
      return sequenced(check);
    default:
      return check;
  }
}

function hook(check: Check, tell: (at: number, end: number) => void): Check {
  return (at) => {
    const end = check(at);
    if (end >= 0) tell(at, end);
    return end;
  };
}

/** epoch, seq and prev together or not at all; prev is null at seq 0 and nowhere else. (spec/5-submission.md §2) */
function sequenced(check: Check): Check {
  return (at) => {
    found.epoch = 0;
    found.seq = 0;
    found.prev = 0;
    const end = check(at);
    if (end < 0) return end;
    const { epoch, seq, prev } = found;
    if (epoch === 0 && seq === 0 && prev === 0) return end;
    if (epoch === 0 || seq === 0 || prev === 0) return -1;
    return (byteAt(seq) === 0x30) === (byteAt(prev) === 0x6e) ? end : -1;
  };
}
