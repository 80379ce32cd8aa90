import { TransparencyError } from '../core/error.ts';
import { isJsonObject, type JsonValue } from '../event/strict-json.ts';

/**
 * An object of a configuration file. Every refusal names the place: `logs[1].origin: not a text`. A member is known by
 * being asked for; `end` refuses the others.
 */
export interface ConfigObject {
  /** A text that is not empty. */
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  /** An object of texts, as pairs of name and text. */
  textsByName(name: string): readonly (readonly [string, string])[];
  /** @param otherwise  where the member is absent; default false */
  isOn(name: string, otherwise?: boolean): boolean;
  /** Members that are integers, by name; the names and ranges are those of the table. */
  integers<Name extends string>(
    name: string,
    ranges: Readonly<Record<Name, readonly [number, number]>>,
  ): Partial<Record<Name, number>>;
  object(name: string): ConfigObject | undefined;
  objects(name: string): readonly ConfigObject[];
  /** The refusal of what a member says. */
  wrong(name: string, why: string): TransparencyError;
  /** @throws {TransparencyError} config.malformed for a member that nobody asked for */
  end(): void;
}

/**
 * Reads an object of a configuration.
 *
 * @param where  its place: the file's path, or `FILE: logs[1]`
 * @throws {TransparencyError} config.malformed, as all of its members do
 */
export function configObject(value: JsonValue, where: Place): ConfigObject {
  if (!isJsonObject(value)) throw wrongAt(where, 'not an object');
  const asked = new Set<string>();
  const at = (name: string): Place => placeOf(where, name);
  const take = (name: string): JsonValue | undefined => {
    asked.add(name);
    return Object.hasOwn(value, name) ? value[name] : undefined;
  };
  return {
    text(name) {
      const text = take(name);
      return text === undefined ? undefined : textOf(text, at(name));
    },
    texts: (name) => listOf(take(name), at(name)).map(([text, place]) => textOf(text, place)),
    textsByName(name) {
      const member = take(name);
      if (member === undefined) return [];
      if (!isJsonObject(member)) throw wrongAt(at(name), 'not an object');
      return Object.entries(member).map(([key, text]) => [
        key,
        textOf(text, placeOf(at(name), key)),
      ]);
    },
    isOn(name, otherwise = false) {
      const flag = take(name) ?? otherwise;
      if (typeof flag !== 'boolean') throw wrongAt(at(name), 'not true or false');
      return flag;
    },
    integers: (name, ranges) => {
      const member = take(name);
      return member === undefined ? {} : integersOf(member, at(name), ranges);
    },
    object(name) {
      const member = take(name);
      return member === undefined ? undefined : configObject(member, at(name));
    },
    objects: (name) => listOf(take(name), at(name)).map(([one, place]) => configObject(one, place)),
    wrong: (name, why) => wrongAt(at(name), why),
    end() {
      const other = Object.keys(value).find((name) => !asked.has(name));
      if (other !== undefined) throw wrongAt(at(other), 'no such setting');
    },
  };
}

/** The file, and the members that lead to a value in it. */
export interface Place {
  readonly file: string;
  readonly path: string;
}

function placeOf({ file, path }: Place, name: string): Place {
  return { file, path: path === '' ? name : `${path}.${name}` };
}

function textOf(value: JsonValue, where: Place): string {
  if (typeof value === 'string' && value !== '') return value;
  throw wrongAt(where, 'not a text');
}

function listOf(
  value: JsonValue | undefined,
  where: Place,
): readonly (readonly [JsonValue, Place])[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrongAt(where, 'not an array');
  return value.map((item: JsonValue, i) => [item, { ...where, path: `${where.path}[${i}]` }]);
}

function integersOf<Name extends string>(
  value: JsonValue,
  where: Place,
  ranges: Readonly<Record<Name, readonly [number, number]>>,
): Partial<Record<Name, number>> {
  if (!isJsonObject(value)) throw wrongAt(where, 'not an object');
  const integers: Partial<Record<Name, number>> = {};
  for (const [name, integer] of Object.entries(value)) {
    const place = placeOf(where, name);
    if (!isNameOf(name, ranges)) throw wrongAt(place, 'no such limit');
    const [least, most] = ranges[name];
    if (typeof integer !== 'number' || integer < least || integer > most) {
      throw wrongAt(place, `not an integer from ${least} to ${most}`);
    }
    integers[name] = integer;
  }
  return integers;
}

function isNameOf<Name extends string>(
  name: string,
  ranges: Readonly<Record<Name, readonly [number, number]>>,
): name is Name {
  return Object.hasOwn(ranges, name);
}

function wrongAt({ file, path }: Place, why: string): TransparencyError {
  const where = path === '' ? file : `${file}: ${path}`;
  return new TransparencyError('config.malformed', `${where}: ${why}`);
}
