import type { JsonObject, JsonValue } from '../event/strict-json.ts';

/** Steps of a JSON pointer, unescaped. (RFC 6901) */
export type Path = readonly string[];

/** The steps of a pointer; '' has none. Pointers come from mappings, never from emitters. */
export function parsePointer(pointer: string): Path {
  const known = parsed.get(pointer);
  if (known !== undefined) return known;
  const path = stepsOf(pointer);
  if (parsed.size < PARSED_MAX) parsed.set(pointer, path);
  return path;
}

/** Those of all mappings, with the indices of their lists, are some thousands. */
const PARSED_MAX = 8_192;
const parsed = new Map<string, Path>();

function stepsOf(pointer: string): Path {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new Error(`bug: ${pointer} is no pointer`);
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A step as it stands in a pointer. */
export function escapeStep(step: string): string {
  return /[~/]/.test(step) ? step.replaceAll('~', '~0').replaceAll('/', '~1') : step;
}

/** What stands at a path; undefined if nothing does. Members that objects inherit do not exist. */
export function valueAt(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    if (Array.isArray(here))
      here = /^(?:0|[1-9][0-9]{0,8})$/.test(step) ? here[Number(step)] : undefined;
    else here = Object.hasOwn(here, step) ? (here as JsonObject)[step] : undefined;
  }
  return here;
}
