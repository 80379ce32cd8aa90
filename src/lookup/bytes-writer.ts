/** Writes fields of rows one behind the other: fixed bytes, and numbers in groups of 7 bits, the lowest first. */
export class BytesWriter {
  #bytes: Uint8Array = new Uint8Array(512);
  #length = 0;

  number(n: number): void {
    this.#reserve(8);
    let rest = n;
    while (rest >= 128) {
      this.#bytes[this.#length++] = 128 + (rest % 128);
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What was written, good until the next `begin`. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins anew, over the same memory. */
  begin(): void {
    this.#length = 0;
  }

  #reserve(length: number): void {
    if (this.#length + length <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#length + length));
    larger.set(this.view());
    this.#bytes = larger;
  }
}

/** Reads what a `BytesWriter` wrote. Reading beyond the end gives `undefined` numbers and short bytes. */
export class BytesReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next number; undefined if it is cut off or above 2^53 - 1. */
  number(): number | undefined {
    let n = 0;
    for (let weight = 1; weight <= 2 ** 49; weight *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) return undefined;
      n += (byte % 128) * weight;
      if (byte < 128) return Number.isSafeInteger(n) ? n : undefined;
    }
    return undefined;
  }

  /** A view of the next bytes. */
  bytes(length: number): Uint8Array {
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  /** Is everything read, and nothing beyond? */
  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }
}
