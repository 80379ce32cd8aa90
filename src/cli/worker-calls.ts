import type { MessagePort, Worker } from 'node:worker_threads';
import { type ErrorCode, isTransparencyError, TransparencyError } from '../core/error.ts';

/** What one side of a pair of threads answers. Arguments and answers are cloned, or moved. */
export type Handlers = Readonly<Record<string, (argument: never) => Promise<Reply>>>;

/** An answer, and the buffers of it that are moved and not copied. */
export interface Reply {
  readonly value: unknown;
  readonly move?: readonly ArrayBuffer[];
}

/** The other thread. */
export interface Caller {
  /**
   * Calls a handler of the other thread.
   *
   * @throws {TransparencyError} what the handler threw; any other error as one with its message
   */
  call(name: string, argument: unknown): Promise<unknown>;
  /** Ends all calls that wait. */
  end(error: Error): void;
}

type Message =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly name: string;
      readonly argument: unknown;
    }
  | { readonly kind: 'value'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorText };

/** An error as text: classes do not survive the way. */
interface ErrorText {
  readonly code: string | null;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

/** Calls over a port, both ways. */
export function callsOver(port: MessagePort | Worker, handlers: Handlers): Caller {
  const waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  let lastId = 0;
  const send = (message: Message, move: readonly ArrayBuffer[] = []): void => {
    port.postMessage(message, [...move]);
  };
  port.on('message', (message: Message) => {
    if (message.kind === 'call') {
      void answer(handlers, message, send);
      return;
    }
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === 'value') asked?.resolve(message.value);
    else asked?.reject(errorOf(message.error));
  });
  return {
    call(name, argument) {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        send({ kind: 'call', id, name, argument });
      });
    },
    end(error) {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    },
  };
}

async function answer(
  handlers: Handlers,
  message: Extract<Message, { kind: 'call' }>,
  send: (message: Message, move?: readonly ArrayBuffer[]) => void,
): Promise<void> {
  const { id, name, argument } = message;
  try {
    const handler = handlers[name];
    if (handler === undefined) throw new Error(`bug: nobody answers ${name}`);
    // Both sides are of one program: names and shapes of arguments are agreed on.
    const { value, move } = await handler(argument as never);
    send({ kind: 'value', id, value }, move);
  } catch (error) {
    send({ kind: 'error', id, error: textOf(error) });
  }
}

function textOf(error: unknown): ErrorText {
  if (isTransparencyError(error)) {
    const { code, details } = error;
    return { code, message: error.message.slice(code.length + 2), details };
  }
  return {
    code: null,
    message: error instanceof Error ? error.message : String(error),
    details: {},
  };
}

function errorOf({ code, message, details }: ErrorText): Error {
  if (code === null) return new Error(message);
  // It was a code when it left the other thread.
  return new TransparencyError(code as ErrorCode, message, { details });
}
