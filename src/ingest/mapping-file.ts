import type { JsonValue } from '../event/strict-json.ts';

/**
 * The rules that make events of one format, as a file of `spec/mappings` holds them. (spec/12-ingest.md §3)
 *
 * A mapping is data and has a hash, which stands in each leaf that it made. It is never changed: a fixed one gets the
 * next number.
 */
export interface MappingFile {
  /** `kubernetes/1`: stands in `recv.map.id`. */
  readonly id: string;
  /** Stands in `recv.adapter`, and in the path of the route. */
  readonly adapter: string;
  /** Stands in `src.format`. */
  readonly format: string;
  /** For people. */
  readonly title: string;
  /** The directory that its people are in, where every emitter of the format has the same. Default: the actor's issuer. */
  readonly people?: string;
  /** Is it tested with an emitter that was not written here? */
  readonly emitters: 'live' | 'fixture only';
  /** The first whose conditions hold says the kind; without one the event is `unmapped`. */
  readonly rules: readonly KindRule[];
  /** Of several for one place the first that finds a value gives it. Those of the kind come before these. */
  readonly fields: readonly Rule[];
  /** What is withheld: a salted commitment stands for it. */
  readonly commit: readonly CommitRule[];
  /** Pointers of what says nothing that the format itself does not say. */
  readonly drop: readonly string[];
}

/** What kind of event it is. */
export interface KindRule {
  /** Default: what a rule of `fields` for `/kind` finds. */
  readonly kind?: string;
  /** Default: that of the kind. */
  readonly class?: string;
  /** Default: what a rule for `/phase` finds, else `point`. */
  readonly phase?: string;
  readonly privileged?: boolean;
  readonly when?: readonly Condition[];
  readonly fields?: readonly Rule[];
}

/** One value, or one item of a list. */
export type Rule = FieldRule | AppendRule;

/** What stands at one place of the event. */
export interface FieldRule {
  /** Pointer of the place. */
  readonly to: string;
  /** Where the value comes from: `/pointer` in the input, `@/pointer` in the item of `each`. Several are joined. */
  readonly from?: string | readonly string[];
  /** A constant. */
  readonly value?: JsonValue;
  /** How text is read. Default: as it is, and as RFC 3339 where a time stands. */
  readonly as?: Conversion;
  /** Between joined values; all of them must be there. Default ':'. */
  readonly join?: string;
  /** What the text must match; its first group is the value. */
  readonly match?: string;
  readonly prefix?: string;
  readonly suffix?: string;
  /** Text → value. What is not in it gives no value, unless `otherwise` does. */
  readonly table?: Readonly<Record<string, string>>;
  readonly otherwise?: string;
  readonly when?: readonly Condition[];
}

/** One item of a list, or one for each item of an input list. */
export interface AppendRule {
  /** Pointer of the list. */
  readonly append: string;
  /** Pointer of an input list: its items are what `@` stands for. */
  readonly each?: string;
  /** Places in the item, as `/type`. Without a value for the first of them there is no item. */
  readonly fields: readonly FieldRule[];
  readonly when?: readonly Condition[];
}

/** How text is read. */
export type Conversion =
  | 'text'
  | 'lower'
  | 'hex'
  | 'json'
  | 'words'
  | 'commas'
  | 'seconds'
  | 'milliseconds'
  | 'nanoseconds'
  | 'aws-date'
  | 'not-zero';

/** What is withheld. */
export interface CommitRule {
  readonly at: string;
  /** Where in the event it would stand. Default: `/in` and the pointer itself. */
  readonly to?: string;
  /** True: no opening is kept, since it is likely to hold a secret. */
  readonly sealed?: boolean;
}

/** What must hold of the input. Of several members all must hold. */
export interface Condition {
  /** Pointer in the input, or `@/pointer` in the item of `each`. */
  readonly at?: string;
  readonly is?: JsonValue;
  readonly in?: readonly JsonValue[];
  readonly matches?: string;
  readonly exists?: boolean;
  readonly least?: number;
  readonly not?: Condition;
  readonly any?: readonly Condition[];
}
