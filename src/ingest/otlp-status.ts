import protobuf from 'protobufjs/minimal.js';

/** Codes of google.rpc.Status by HTTP status. */
const CODES: ReadonlyMap<number, number> = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [404, 5],
  [413, 8],
  [429, 8],
  [500, 13],
  [503, 14],
]);

/**
 * The body of a failure, as OTLP asks for it: a google.rpc.Status in the form of the request. (OTLP/HTTP, "Failures")
 */
export function formatRpcStatus(
  failure: { readonly status: number; readonly message: string },
  form: 'protobuf' | 'json',
): Uint8Array | string {
  const code = CODES.get(failure.status) ?? 2;
  if (form === 'json') return JSON.stringify({ code, message: failure.message });
  return protobuf.Writer.create().uint32(8).int32(code).uint32(18).string(failure.message).finish();
}
