import type { JsonValue } from '../event/strict-json.ts';
import { parsePointer } from './pointer.ts';

/** A value that will be withheld. */
export interface Withheld {
  /** Where in the event it would stand. */
  readonly pointer: string;
  readonly value: JsonValue;
  /** True: no opening of it is made. */
  readonly sealed: boolean;
}

/** A part of an event that is being made. */
export type Part = { [name: string]: PartValue };
/** A value of such a part. */
export type PartValue = null | boolean | number | string | PartValue[] | Part;

/** An event in the making, and an account of where everything in it came from. */
export class Draft {
  readonly event: Part = {};
  readonly withheld: Withheld[] = [];
  /** Pointers of the input whose values are in the event, whole, or are withheld, or are dropped. */
  readonly accounted: Set<string> = new Set();
  /** Places of the event whose text is not quite the one that was sent. */
  readonly altered: string[] = [];
  /** Places of the event whose text was taken out because it holds a usable secret. */
  readonly scrubbed: string[] = [];
  /** Place of the event → the pointers it came from; kept only where someone asks. */
  readonly origins: Map<string, readonly string[]> | null;

  /** Does the input hold a usable secret somewhere? */
  readonly suspicious: boolean;

  constructor(traced: boolean, suspicious: boolean) {
    this.suspicious = suspicious;
    this.origins = traced ? new Map() : null;
  }

  /** Sets a place that has no value yet. */
  set(pointer: string, value: PartValue, from: readonly string[]): void {
    const path = parsePointer(pointer);
    const last = path.at(-1) ?? '';
    let here: Part = this.event;
    for (const [i, step] of path.slice(0, -1).entries())
      here = this.#below(here, step, path[i + 1]);
    here[last] = value;
    this.origins?.set(pointer, from);
  }

  has(pointer: string): boolean {
    let here: PartValue | undefined = this.event;
    for (const step of parsePointer(pointer)) {
      if (typeof here !== 'object' || here === null) return false;
      here = (here as Part)[step];
    }
    return here !== undefined;
  }

  get(pointer: string): PartValue | undefined {
    let here: PartValue | undefined = this.event;
    for (const step of parsePointer(pointer)) {
      if (typeof here !== 'object' || here === null) return undefined;
      here = (here as Part)[step];
    }
    return here;
  }

  /** Takes a place out, and what held nothing else. */
  delete(pointer: string): void {
    const path = parsePointer(pointer);
    const above = pointer.slice(0, pointer.lastIndexOf('/'));
    const holder = this.get(above);
    const last = path.at(-1) ?? '';
    if (Array.isArray(holder)) holder.splice(Number(last), 1);
    else if (typeof holder === 'object' && holder !== null) delete holder[last];
    this.origins?.delete(pointer);
    if (above !== '' && holder !== undefined && Object.keys(holder ?? {}).length === 0) {
      this.delete(above);
    }
  }

  /** Names in mappings are those of the schema, so none is a number where an object stands. */
  #below(here: Part, step: string, next: string | undefined): Part {
    const value = here[step];
    if (typeof value === 'object' && value !== null) return value as Part;
    const made = /^[0-9]+$/.test(next ?? '') ? [] : {};
    here[step] = made;
    return made as Part;
  }
}
