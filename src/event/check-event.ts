import { type ErrorCode, TransparencyError } from '../core/error.ts';
import { isIdentifier } from './identifier.ts';
import type { NhiEvent } from './nhi-event.ts';
import { type SchemaFault, schemas } from './schema.generated.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';
import { isEventTime } from './time.ts';

/**
 * The value as an `nhi.event/1`: schema, times, identifiers, in this order. (spec/5-submission.md §2, §4)
 *
 * `details.pointer` of a refusal is the JSON pointer of the member at fault. Values are never told; nor are names that
 * do not look like a name of a member: the pointer is then that of what holds them.
 *
 * @throws {TransparencyError} event.schema, event.unknown-member, event.sequence, event.body, event.time,
 *   event.identifier
 */
export function checkEvent(value: JsonValue): NhiEvent {
  if (!schemas.event(value)) throw refusal(schemas.event.errors?.[0]);
  // The schema holds, so the value has the shape of its type.
  const event = value as unknown as NhiEvent;
  for (const path of schemas.formats['nhi-time']) {
    checkStrings(value, path, isEventTime, 'event.time', 'no such time');
  }
  for (const path of schemas.formats['nhi-identifier']) {
    checkStrings(value, path, isIdentifier, 'event.identifier', LOOK_ALIKE);
  }
  return event;
}

const LOOK_ALIKE = 'not NFC, or a character that cannot be seen';

/** Checks the strings at a path: a member's name, `*` for each item, `#` for each name. */
function checkStrings(
  value: JsonValue | undefined,
  path: readonly string[],
  accepts: (text: string) => boolean,
  code: ErrorCode,
  why: string,
  pointer = '',
): void {
  if (typeof value === 'string' && path.length === 0 && !accepts(value)) {
    throw refuse(code, pointer, why);
  }
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return;
  if (step === '#') {
    for (const name of Object.keys(value)) if (!accepts(name)) throw refuse(code, pointer, why);
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      checkStrings(value[i], rest, accepts, code, why, `${pointer}/${i}`);
    }
  } else {
    const member = (value as JsonObject)[step];
    checkStrings(member, rest, accepts, code, why, `${pointer}/${step}`);
  }
}

function refusal(fault: SchemaFault | undefined): TransparencyError {
  if (fault === undefined) return refuse('event.schema', '', 'not valid');
  const pointer = pointerOf(fault);
  return refuse(codeOf(fault, pointer), pointer, REASONS[fault.keyword] ?? fault.keyword);
}

const TIMES = /\/(?:occurred|observed|issued_at|expires_at|at|not_before|not_after|since|until)$/;
const SEQUENCE = /^\/src\/(?:epoch|seq|prev)$/;

function codeOf({ keyword, schemaPath }: SchemaFault, pointer: string): ErrorCode {
  if (keyword === 'additionalProperties') return 'event.unknown-member';
  if ((keyword === 'pattern' || keyword === 'maxLength') && TIMES.test(pointer))
    return 'event.time';
  if (SEQUENCE.test(pointer) && /\/(?:dependentRequired|then|else)\b/.test(schemaPath)) {
    return 'event.sequence';
  }
  if (/^\/body(?:\/|$)/.test(pointer) || keyword === 'false schema') return 'event.body';
  return 'event.schema';
}

const REASONS: Readonly<Record<string, string>> = {
  additionalProperties: 'an unknown member',
  required: 'a member is missing',
  dependentRequired: 'a member is missing: epoch, seq and prev come together',
  'false schema': 'not allowed for this kind',
  pattern: 'another form',
  enum: 'none of the known values',
  const: 'another value',
  type: 'another type',
  propertyNames: 'a name of another form',
};

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/;
const STEPS = /^(?:\/(?:~1[A-Za-z0-9_.-]{1,32})+|\/[A-Za-z0-9_.-]{1,32})*$/;

/** Pointer of the member at fault, or of what holds it if its name is better not repeated. */
function pointerOf({ instancePath, params }: SchemaFault): string {
  const holder = STEPS.test(instancePath) ? instancePath : instancePath.split('/', 2).join('/');
  const name = params['missingProperty'] ?? params['additionalProperty'];
  return typeof name === 'string' && NAME.test(name) ? `${holder}/${name}` : holder;
}

function refuse(code: ErrorCode, pointer: string, why: string): TransparencyError {
  return new TransparencyError(code, `${why}: ${pointer === '' ? 'the event' : pointer}`, {
    details: { pointer },
  });
}
