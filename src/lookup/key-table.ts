/**
 * Numbers for the values of one selector, from 0 on in the order in which they came: a hash table over bytes, so that a
 * value that comes again costs neither a string nor a hash of SHA-256.
 *
 * Sources choose their values, and with them where they fall. A place further than `PROBES_MAX` from where a value
 * belongs is not looked at: such values are told apart by a `Map`, whose hash nobody can guess.
 */
export class KeyTable {
  /** Numbers + 1 by hash; 0 is a free place. At most half of them are taken. */
  #places = new Int32Array(64);
  #size = 0;
  #hashes = new Uint32Array(32);
  /** Value `i` lies in `bytes` from the end of the one before it. */
  #ends = new Uint32Array(32);
  #bytes = new Uint8Array(1024);
  readonly #far = new Map<string, number>();

  /** How many values there are. */
  get size(): number {
    return this.#size;
  }

  /** The number of the value at [from, to) of some bytes; the next number if it is new. */
  numberOf(bytes: Uint8Array, from: number, to: number): number {
    const hash = hashOf(bytes, from, to);
    const place = this.#find(hash, bytes, from, to);
    const taken = place === FAR ? 0 : (this.#places[place] as number);
    if (taken > 0) return taken - 1;
    const isFar = place === FAR || this.#far.size > 0;
    const text = isFar ? latin1.decode(bytes.subarray(from, to)) : '';
    const known = isFar ? this.#far.get(text) : undefined;
    if (known !== undefined) return known;
    const number = this.#append(hash, bytes, from, to);
    if (place === FAR) this.#far.set(text, number);
    else this.#places[place] = number + 1;
    if (2 * this.#size >= this.#places.length) this.#widen();
    return number;
  }

  /** The bytes of the value of a number. */
  valueOf(number: number): Uint8Array {
    return this.#bytes.subarray(this.#startOf(number), this.#ends[number]);
  }

  /** The place where a value is, or the free one where it would be. */
  #find(hash: number, bytes: Uint8Array, from: number, to: number): number {
    const places = this.#places;
    const first = hash % places.length;
    for (let i = 0; i < PROBES_MAX; i++) {
      const place = (first + i) % places.length;
      const taken = places[place] as number;
      if (taken === 0) return place;
      const number = taken - 1;
      if (this.#hashes[number] === hash && this.#isValue(number, bytes, from, to)) return place;
    }
    return FAR;
  }

  #isValue(number: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#startOf(number);
    if ((this.#ends[number] as number) - start !== to - from) return false;
    for (let i = from; i < to; i++) {
      if (this.#bytes[start + i - from] !== bytes[i]) return false;
    }
    return true;
  }

  #append(hash: number, bytes: Uint8Array, from: number, to: number): number {
    const number = this.#size;
    const start = this.#startOf(number);
    const end = start + to - from;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    for (let i = from; i < to; i++) this.#bytes[start + i - from] = bytes[i] as number;
    this.#ends[number] = end;
    this.#hashes[number] = hash;
    this.#size += 1;
    return number;
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] as number);
  }

  /** Twice the places. A value that has none near its own goes to those that are far. */
  #widen(): void {
    const places = new Int32Array(2 * this.#places.length);
    this.#hashes = enlarged(this.#hashes, places.length / 2);
    this.#ends = enlarged(this.#ends, places.length / 2);
    const numbers = this.#places.filter((taken) => taken > 0);
    this.#places = places;
    for (const taken of numbers) {
      const number = taken - 1;
      const value = this.valueOf(number);
      const place = this.#find(this.#hashes[number] as number, value, 0, value.length);
      if (place === FAR) this.#far.set(latin1.decode(value), number);
      else places[place] = taken;
    }
  }
}

const PROBES_MAX = 16;
const FAR = -1;
const latin1 = new TextDecoder('latin1');

function enlarged(from: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(length);
  to.set(from);
  return to;
}

/** FNV-1a, its upper half mixed into the lower: 0 to 2^32 - 1. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c_9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x0100_0193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
