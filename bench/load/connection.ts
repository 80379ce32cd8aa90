import { createConnection, type Socket } from 'node:net';

/** A reply as it was read. `body` is undefined unless it was asked for. */
export type OnReply = (status: number, body: Buffer | undefined) => void;

/** Where a connection goes, and whom it tells. */
export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly onReply: OnReply;
  /** The connection ended, or what came is no reply with a length: nothing more comes of it. */
  readonly onBroken: (why: string) => void;
}

const HEAD_BYTES_MAX = 8192;
const READ_BYTES = 64 * 1024;

/**
 * A connection of HTTP/1.1 that sends one request at a time and reads as little of a reply as it can: status, length,
 * and the body where it is wanted. autocannon took a third more processor time for a request, without making a new body for
 * each, on a machine where the server needs it.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  #wantsBody = false;
  /** The start of a head that came in two. */
  #head: Buffer | undefined;
  #status = 0;
  /** Bytes of the body that are still to come; -1 while the head is. */
  #missing = -1;
  #parts: Buffer[] = [];
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#socket = createConnection({
      host: options.host,
      port: options.port,
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafe(READ_BYTES),
        callback: (length, buffer) => {
          this.#read(Buffer.from(buffer.buffer, buffer.byteOffset, length));
          return true;
        },
      },
    });
    this.#socket.on('error', (error) => this.#break(error.message));
    this.#socket.on('close', () => this.#break('closed'));
  }

  /** Sends a request. Its bytes must stay as they are until the reply; nothing else may be sent before. */
  send(request: Buffer, wantsBody: boolean): void {
    this.#wantsBody = wantsBody;
    this.#socket.write(request);
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#closed) return;
    let body = chunk;
    if (this.#missing < 0) {
      const whole = this.#head === undefined ? chunk : Buffer.concat([this.#head, chunk]);
      const text = whole.toString('latin1', 0, HEAD_BYTES_MAX);
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) {
        if (whole.length >= HEAD_BYTES_MAX) this.#break('a head without an end');
        else this.#head = Buffer.from(whole);
        return;
      }
      this.#head = undefined;
      const length = /\r\ncontent-length: *([0-9]+)/i.exec(text.slice(0, end + 2))?.[1];
      if (length === undefined) {
        this.#break('a reply without a length');
        return;
      }
      this.#status = Number(text.slice(9, 12));
      this.#missing = Number(length);
      body = whole.subarray(end + 4);
    }
    if (body.length > this.#missing) {
      this.#break('more bytes than the length says');
      return;
    }
    this.#missing -= body.length;
    // The buffer is read into again: what is kept is copied.
    if (this.#wantsBody && body.length > 0) this.#parts.push(Buffer.from(body));
    if (this.#missing > 0) return;
    this.#missing = -1;
    const parts = this.#parts;
    const whole = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    this.#parts = [];
    this.#options.onReply(this.#status, this.#wantsBody ? whole : undefined);
  }

  #break(why: string): void {
    if (this.#closed) return;
    this.close();
    this.#options.onBroken(why);
  }
}
