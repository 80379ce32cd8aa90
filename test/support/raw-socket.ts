import { connect, type Socket } from 'node:net';

/** What came back on a socket. */
export interface RawAnswer {
  /** 0 where the connection was closed without an answer. */
  readonly status: number;
  readonly text: string;
  /** Code of the problem in it, or ''. */
  readonly code: string;
}

/** Sends bytes as they are, and reads until the server closes the connection, or `waitMs` after an answer began. */
export function talkRaw(
  port: number,
  parts: readonly (string | Uint8Array)[],
  waitMs = 5_000,
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = '';
    const socket: Socket = connect(port, '127.0.0.1', () => {
      for (const part of parts) socket.write(part);
    });
    const timer = setTimeout(() => socket.destroy(), waitMs);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    // Reset while still sending: what was answered before counts.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0);
      resolve({ status, text, code: /"code":"([a-z0-9.-]+)"/.exec(text)?.[1] ?? '' });
    });
  });
}
