import { sha256 } from '#sha256';
import { hex } from '../core/hex.ts';
import { canonicalJson } from '../event/canonical.ts';
import type { JsonValue } from '../event/strict-json.ts';
import { holdsSecret } from './commitment.ts';
import { type Place, placeOf, readPlace, type Scope, testOf } from './condition.ts';
import { Draft, type PartValue } from './draft.ts';
import { fieldValue, shapeOf } from './field-value.ts';
import type { AppendRule, CommitRule, FieldRule, MappingFile, Rule } from './mapping-file.ts';
import { valueAt } from './pointer.ts';
import type { Shape } from './shapes.generated.ts';

/** The rules of a format, ready to be used. */
export interface Mapping {
  readonly file: MappingFile;
  /** As `recv.map` holds it: the hash is that of the file's canonical form. */
  readonly map: { readonly id: string; readonly sha256: string };
  /**
   * The draft of an event. Every value of the input is in it, withheld, or dropped by name; what no rule speaks of is
   * withheld together, under `/rest`. (spec/12-ingest.md §3)
   *
   * @param options.traced  true: the draft also says where each value came from
   * @param options.suspicious  true: the input holds a usable secret somewhere; no text that does is put into the event
   */
  draft(
    input: JsonValue,
    options?: { readonly traced?: boolean; readonly suspicious?: boolean },
  ): Draft;
}

/** Compiles the rules of a file. */
export function openMapping(file: MappingFile): Mapping {
  // A file is JSON, and so is its text.
  const text = canonicalJson(file as unknown as JsonValue);
  const kinds = file.rules.map((rule) => ({
    rule,
    test: testOf(rule.when),
    apply: (rule.fields ?? []).map(compileRule),
  }));
  const fields = file.fields.map(compileRule);
  const commits = file.commit.map(compileCommit);
  return {
    file,
    map: { id: file.id, sha256: hex(sha256(text)) },
    draft(input, options = {}) {
      const draft = new Draft(options.traced === true, options.suspicious === true);
      const scope: Scope = { input, item: undefined };
      const kind = kinds.find(({ test }) => test(scope));
      if (kind !== undefined) {
        const { rule } = kind;
        if (rule.kind !== undefined) draft.set('/kind', rule.kind, []);
        if (rule.phase !== undefined) draft.set('/phase', rule.phase, []);
        if (rule.class !== undefined) draft.set('/action/class', rule.class, []);
        if (rule.privileged === true) draft.set('/action/privileged', true, []);
        for (const apply of kind.apply) apply(draft, scope);
      }
      for (const apply of fields) apply(draft, scope);
      for (const commit of commits) commit(draft, input);
      for (const pointer of file.drop) draft.accounted.add(pointer);
      const rest = restOf(input, '', draft.accounted);
      if (rest !== undefined) draft.withheld.push({ pointer: '/rest', value: rest, sealed: false });
      return draft;
    },
  };
}

type Apply = (draft: Draft, scope: Scope) => void;

function compileRule(rule: Rule): Apply {
  return 'append' in rule ? compileAppend(rule) : compileField(rule);
}

function compileField(rule: FieldRule): Apply {
  const find = findOf(rule, shapeOf(rule.to));
  return (draft, scope) => {
    if (draft.has(rule.to)) return;
    const found = find(scope, '');
    if (found === undefined || isSecret(draft, rule.to, found)) return;
    draft.set(rule.to, found.value as PartValue, found.from);
    settle(draft, rule.to, found);
  };
}

/** Items of a list: one, or one for each item of an input list. */
function compileAppend(rule: AppendRule): Apply {
  const test = testOf(rule.when);
  const each = rule.each === undefined ? undefined : placeOf(rule.each);
  const shape = shapeOf(rule.append);
  const max = shape?.type === 'array' ? shape.max : 0;
  const finds = rule.fields.map((field) => ({
    to: field.to,
    find: findOf(field, shapeOf(`${rule.append}/0${field.to}`)),
  }));
  const appendOne = (draft: Draft, scope: Scope, base: string): void => {
    const held = draft.get(rule.append);
    const index = Array.isArray(held) ? held.length : 0;
    if (index >= max) return;
    const [first] = finds;
    const named = first?.find(scope, base);
    if (named === undefined || isSecret(draft, `${rule.append}/${index}`, named)) return;
    for (const { to, find } of finds) {
      const pointer = `${rule.append}/${index}${to}`;
      const found = draft.has(pointer) ? undefined : find(scope, base);
      if (found === undefined || isSecret(draft, pointer, found)) continue;
      draft.set(pointer, found.value as PartValue, found.from);
      settle(draft, pointer, found);
    }
  };
  return (draft, { input }) => {
    if (each === undefined) {
      const scope = { input, item: undefined };
      if (test(scope)) appendOne(draft, scope, '');
      return;
    }
    const items = valueAt(input, each.path);
    if (!Array.isArray(items)) return;
    for (const [i, item] of items.entries()) {
      const scope = { input, item };
      if (test(scope)) appendOne(draft, scope, `${each.pointer}/${i}`);
    }
  };
}

interface Found {
  readonly value: JsonValue;
  /** What the value was made of, before it was made to fit; of several texts also each of them. */
  readonly sent: JsonValue;
  readonly from: readonly string[];
  readonly altered: boolean;
  /** False: the value tells less than the input. */
  readonly whole: boolean;
}

/** What is altered, or told in fewer words, stays unaccounted: the whole of it is withheld with the rest. */
function settle(draft: Draft, pointer: string, found: Found): void {
  if (found.altered) draft.altered.push(pointer);
  if (!found.altered && found.whole) for (const from of found.from) draft.accounted.add(from);
}

/**
 * True for what holds a usable secret: it stays out of the event, and what it came from is withheld with the rest. What
 * was sent is judged, since making it fit may hide what it is.
 */
function isSecret(draft: Draft, pointer: string, { sent, from }: Found): boolean {
  if (!draft.suspicious || sent === null) return false;
  const name = from[0]?.slice(from[0].lastIndexOf('/') + 1) ?? '';
  if (!holdsSecret(sent, `/${name}`)) return false;
  draft.scrubbed.push(pointer);
  return true;
}

/** How a rule finds the value of its place: the conditions, the input, the table, the shape of the place. */
function findOf(
  rule: FieldRule,
  shape: Shape | undefined,
): (scope: Scope, base: string) => Found | undefined {
  const test = testOf(rule.when);
  const places = (typeof rule.from === 'string' ? [rule.from] : (rule.from ?? [])).map(placeOf);
  const pattern = rule.match === undefined ? undefined : new RegExp(rule.match, 'u');
  const { table, otherwise, prefix = '', suffix = '', as } = rule;
  const place = { pointer: rule.to, shape };
  const constant = rule.value;
  return (scope, base) => {
    if (!test(scope)) return undefined;
    if (constant !== undefined) {
      return { value: constant, sent: null, from: [], altered: false, whole: true };
    }
    const read = readAll(places, scope, rule.join ?? ':');
    if (read === undefined) return undefined;
    let input: JsonValue = read.value;
    let whole = true;
    if ((pattern !== undefined || table !== undefined) && typeof input === 'object')
      return undefined;
    if (pattern !== undefined) {
      const matched = pattern.exec(String(input));
      if (matched === null) return undefined;
      input = matched[1] ?? matched[0];
      whole = input === String(read.value);
    }
    if (table !== undefined) {
      const key = String(input);
      const value = Object.hasOwn(table, key) ? table[key] : otherwise;
      if (value === undefined) return undefined;
      // What has an entry of its own can be told from the value.
      whole &&= value === key;
      input = value;
    }
    if ((prefix !== '' || suffix !== '') && typeof input !== 'object') {
      input = prefix + String(input) + suffix;
    }
    const fitted = fieldValue(input, place, as);
    if (fitted === undefined) return undefined;
    const from = places.map(({ inItem, pointer }) => (inItem ? base + pointer : pointer));
    return { value: fitted.value, sent: read.sent, from, altered: fitted.altered, whole };
  };
}

/** One value as it is, several as one text; undefined if any is missing. */
function readAll(
  places: readonly Place[],
  scope: Scope,
  separator: string,
): Pick<Found, 'value' | 'sent'> | undefined {
  const [only] = places;
  if (only !== undefined && places.length === 1) {
    const value = readPlace(only, scope);
    if (value === undefined || value === null || value === '') return undefined;
    return { value, sent: value };
  }
  const texts: string[] = [];
  for (const place of places) {
    const value = readPlace(place, scope);
    if (value === undefined || value === null || value === '' || typeof value === 'object') {
      return undefined;
    }
    texts.push(String(value));
  }
  const value = texts.join(separator);
  return { value, sent: [value, ...texts] };
}

function compileCommit(rule: CommitRule): (draft: Draft, input: JsonValue) => void {
  const place = placeOf(rule.at);
  const pointer = rule.to ?? `/in${rule.at}`;
  return (draft, input) => {
    const value = valueAt(input, place.path);
    if (value === undefined || value === null || draft.accounted.has(rule.at)) return;
    if (draft.withheld.some((other) => other.pointer === pointer)) return;
    draft.withheld.push({ pointer, value, sealed: rule.sealed === true });
    draft.accounted.add(rule.at);
    draft.origins?.set(`/sd${pointer}`, [rule.at]);
  };
}

/** What is left of a value without what is accounted for; undefined if nothing is. */
function restOf(
  value: JsonValue,
  pointer: string,
  accounted: ReadonlySet<string>,
): JsonValue | undefined {
  if (accounted.has(pointer)) return undefined;
  if (typeof value !== 'object' || value === null) return value;
  const rest: Record<string, JsonValue> = Object.create(null);
  let taken = false;
  let left = false;
  for (const [name, member] of Object.entries(value)) {
    const step = name.includes('~') || name.includes('/') ? escaped(name) : name;
    const below = restOf(member as JsonValue, `${pointer}/${step}`, accounted);
    taken ||= below !== member;
    if (below === undefined) continue;
    rest[name] = below;
    left = true;
  }
  if (!taken) return value;
  return left ? rest : undefined;
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
