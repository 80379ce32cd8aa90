import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { concat } from '../core/bytes.ts';
import { type ErrorCode, TransparencyError } from '../core/error.ts';
import type { HttpRequest } from './request.ts';

/** A body that was read. Its bytes count as in flight until `release` is called. */
export interface Body {
  readonly bytes: Uint8Array;
  release(): void;
}

/** Bytes that something may hold at a time: the server, or one token. */
export interface ByteBudget {
  /** @throws {TransparencyError} when the bytes do not fit any more; nothing is taken then */
  take(bytes: number): void;
  give(bytes: number): void;
  readonly taken: number;
}

/** Bounds of one body. */
export interface BodyBounds {
  /** Longest body; beyond, it is not read on. */
  readonly bytesMax: number;
  /** Code of that refusal; default request.body-too-large. */
  readonly tooLarge?: ErrorCode;
  /** True: `Content-Encoding: gzip` is unpacked, within the same bounds. Default: it is refused. */
  readonly gzip?: boolean;
  /** Another budget that the body must fit in. */
  readonly budget?: ByteBudget | undefined;
}

/** Reads bodies as bytes within bounds, and counts what is in flight. */
export interface BodyReader {
  readonly inFlightBytes: number;
  /**
   * Reads a whole body.
   *
   * @throws {TransparencyError} request.bad-content-encoding, request.body-too-large, request.overloaded,
   *   request.malformed when the sender went away
   */
  read(request: HttpRequest, bounds: BodyBounds): Promise<Body>;
}

/** A budget that refuses with a code of its own. */
export function createByteBudget(bytesMax: number, code: ErrorCode, whose: string): ByteBudget {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > bytesMax) {
        throw new TransparencyError(code, `${whose}: ${taken} bytes of bodies in flight`);
      }
      taken += bytes;
    },
    give(bytes) {
      taken -= bytes;
    },
    get taken() {
      return taken;
    },
  };
}

/** @param inFlightBytesMax  bodies of all unanswered requests together */
export function createBodyReader(inFlightBytesMax: number): BodyReader {
  const server = createByteBudget(inFlightBytesMax, 'request.overloaded', 'the server');
  return {
    get inFlightBytes() {
      return server.taken;
    },
    async read(request, bounds) {
      const packed = isPacked(request.header('content-encoding'), bounds.gzip === true);
      const intake = new Intake(server, bounds);
      try {
        const told = request.header('content-length');
        // A length that was told is taken before the first byte, so that a burst is refused and not half read.
        if (told !== undefined) intake.expect(Number(told));
        if (request.incoming !== undefined) await readIncoming(request.incoming, intake);
        else {
          intake.add(new Uint8Array(await request.arrayBuffer()));
          intake.finish();
        }
        return packed ? await unpacked(intake, new Intake(server, bounds)) : intake;
      } catch (error) {
        intake.release();
        throw error;
      }
    },
  };
}

/** The chunks of one body and what they take of the budgets. */
class Intake implements Body {
  bytes: Uint8Array = new Uint8Array(0);
  private readonly server: ByteBudget;
  private readonly bounds: BodyBounds;
  private chunks: Uint8Array[] | undefined;
  /** Where the length was told: the whole body, filled from the front. Chunks and their sum would lie there twice. */
  private whole: Uint8Array | undefined;
  private told: number | undefined;
  private received = 0;
  private taken = 0;

  constructor(server: ByteBudget, bounds: BodyBounds) {
    this.server = server;
    this.bounds = bounds;
  }

  expect(length: number): void {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new TransparencyError('request.malformed', 'Content-Length is not a length');
    }
    if (length > this.bounds.bytesMax) throw this.tooLong(length);
    this.take(length);
    this.told = length;
  }

  add(chunk: Uint8Array): void {
    this.received += chunk.length;
    if (this.received > this.bounds.bytesMax) throw this.tooLong(this.received);
    if (this.received > this.taken) this.take(this.received - this.taken);
    const { told } = this;
    if (told !== undefined && this.received > told) {
      throw new TransparencyError('request.malformed', 'longer than its Content-Length');
    }
    if (this.received === chunk.length && (told ?? chunk.length) === chunk.length) {
      this.bytes = chunk;
    } else if (told !== undefined) {
      this.whole ??= new Uint8Array(told);
      this.whole.set(chunk, this.received - chunk.length);
    } else {
      this.chunks ??= [this.bytes];
      this.chunks.push(chunk);
    }
  }

  finish(): void {
    if (this.whole !== undefined) this.bytes = this.whole.subarray(0, this.received);
    if (this.chunks !== undefined) this.bytes = concat(...this.chunks);
    this.whole = undefined;
    this.chunks = undefined;
  }

  release(): void {
    this.server.give(this.taken);
    this.bounds.budget?.give(this.taken);
    this.taken = 0;
  }

  private take(bytes: number): void {
    this.bounds.budget?.take(bytes);
    try {
      this.server.take(bytes);
    } catch (error) {
      this.bounds.budget?.give(bytes);
      throw error;
    }
    this.taken += bytes;
  }

  private tooLong(length: number): TransparencyError {
    return new TransparencyError(
      this.bounds.tooLarge ?? 'request.body-too-large',
      `body of ${length} bytes or more, at most ${this.bounds.bytesMax}`,
    );
  }
}

/**
 * Reads the raw stream: three times as many requests a second as through a `Request` (bench/http-floor.ts).
 *
 * There is no timer here: the node server ends a request whose body takes longer than `requestTimeoutMs`.
 */
function readIncoming(incoming: IncomingMessage, intake: Intake): Promise<void> {
  return new Promise((resolve, reject) => {
    let refused = false;
    incoming.on('data', (chunk: Uint8Array) => {
      if (refused) return;
      try {
        intake.add(chunk);
      } catch (error) {
        // The server reads on for a moment and throws it away, so that the sender can read the refusal.
        refused = true;
        reject(error);
      }
    });
    incoming.on('end', () => {
      intake.finish();
      resolve();
    });
    const leave = (): void => {
      if (!incoming.readableEnded) reject(gone());
    };
    incoming.on('close', leave);
    incoming.on('error', leave);
    if (incoming.destroyed) leave();
  });
}

function gone(): TransparencyError {
  return new TransparencyError('request.malformed', 'the sender went away before its body ended');
}

/** Unpacks gzip piece by piece, so that a bomb is refused where it passes the bounds. The packed bytes are let go. */
async function unpacked(packed: Intake, plain: Intake): Promise<Intake> {
  try {
    await new Promise<void>((resolve, reject) => {
      const gunzip = createGunzip({ chunkSize: 65_536 });
      gunzip.on('data', (chunk: Uint8Array) => {
        try {
          plain.add(chunk);
        } catch (error) {
          gunzip.destroy();
          reject(error);
        }
      });
      gunzip.on('end', () => {
        // What follows a zero is passed over by zlib: it would be lost without a word.
        if (gunzip.bytesWritten === packed.bytes.length) resolve();
        else reject(new TransparencyError('request.malformed', 'something follows the gzip'));
      });
      gunzip.on('error', (cause) => {
        reject(new TransparencyError('request.malformed', 'the body is not gzip', { cause }));
      });
      gunzip.end(packed.bytes);
    });
    plain.finish();
    return plain;
  } catch (error) {
    plain.release();
    throw error;
  } finally {
    packed.release();
  }
}

function isPacked(encoding: string | undefined, gzip: boolean): boolean {
  if (encoding === undefined || encoding === '' || encoding.toLowerCase() === 'identity') {
    return false;
  }
  if (gzip && encoding.toLowerCase() === 'gzip') return true;
  throw new TransparencyError(
    'request.bad-content-encoding',
    `Content-Encoding other than identity${gzip ? ' and gzip' : ''} is not read here`,
  );
}
