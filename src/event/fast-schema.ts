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
} from './fast-check.ts';
import { checkTime } from './fast-time.ts';
import { EVENT_LIMITS } from './limits.ts';
import { schemas } from './schema.generated.ts';

/** Is told where a member lies that was accepted: from its first byte to behind its last. */
export type Tell = (at: number, end: number) => void;

/** What a check of events tells while it runs. If it refuses in the end, nothing of that counts. */
export interface Told {
  /** By the pointer of a member, `-` for each item of an array: `/res/-/id`. */
  readonly places: Readonly<Record<string, Tell>>;
  readonly onKind?: (kind: string) => void;
}

/**
 * The check of the schema of events, in one pass over their bytes. It accepts what is in canonical form, valid and of
 * printable ASCII without escapes; `source.*` kinds are left to the slow path.
 */
export function compileEventCheck(told: Told): Check {
  return compile(eventSchema, '', told);
}

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

function compile(schema: Schema, pointer: string, told: Told): Check {
  const known = KNOWN_RULES[pointer] ?? [];
  if (Object.keys(schema).some((name) => !KEYWORDS.has(name) && !known.includes(name)))
    return never;
  if (schema.$ref !== undefined) {
    const part = eventSchema.$defs?.[schema.$ref.replace('#/$defs/', '')];
    return part === undefined ? never : compile(part, pointer, told);
  }
  return withHook(compileType(schema, pointer, told), pointer, told);
}

function compileType(schema: Schema, pointer: string, told: Told): Check {
  if (schema.const !== undefined) return oneString([schema.const]);
  if (schema.enum !== undefined) return compileEnum(schema.enum, pointer, told);
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
      return arrayOf(compile(schema.items ?? {}, `${pointer}/-`, told), schema.maxItems ?? 0);
    case 'object':
      return compileObject(schema, pointer, told);
    default:
      return never;
  }
}

function compileEnum(values: readonly string[], pointer: string, told: Told): Check {
  if (pointer !== '/kind') return oneString(values);
  // The rules of bodies are the slow path's: a source speaks of itself once a minute.
  const kinds = values.filter((kind) => !kind.startsWith('source.'));
  return oneString(kinds, told.onKind);
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

function compileObject(schema: Schema, pointer: string, told: Told): Check {
  const { properties, propertyNames, additionalProperties = true } = schema;
  if (properties !== undefined) {
    if (additionalProperties !== false || propertyNames !== undefined) return never;
    const members = Object.entries(properties).map(([name, member]) => ({
      name,
      check: compile(member, `${pointer}/${name}`, told),
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
        ? compile(additionalProperties, `${pointer}/-`, told)
        : anyValue(EVENT_LIMITS.eventDepthMax - 2),
    max: schema.maxProperties,
  });
}

function withHook(check: Check, pointer: string, told: Told): Check {
  if (pointer === '/src') return sequenced(check);
  const name = pointer.replace('/src/', '');
  if (name === 'epoch' || name === 'seq' || name === 'prev') {
    return hook(check, (at) => {
      sequence[name] = at;
    });
  }
  const tell = told.places[pointer];
  return tell === undefined ? check : hook(check, tell);
}

/** Where the last run found these of `src`; 0 for one that is not there. */
const sequence = { epoch: 0, seq: 0, prev: 0 };

function hook(check: Check, tell: Tell): Check {
  return (at) => {
    const end = check(at);
    if (end >= 0) tell(at, end);
    return end;
  };
}

/** epoch, seq and prev together or not at all; prev is null at seq 0 and nowhere else. (spec/5-submission.md §2) */
function sequenced(check: Check): Check {
  return (at) => {
    sequence.epoch = 0;
    sequence.seq = 0;
    sequence.prev = 0;
    const end = check(at);
    if (end < 0) return end;
    const { epoch, seq, prev } = sequence;
    if (epoch === 0 && seq === 0 && prev === 0) return end;
    if (epoch === 0 || seq === 0 || prev === 0) return -1;
    return (byteAt(seq) === 0x30) === (byteAt(prev) === 0x6e) ? end : -1;
  };
}
