import { sha256 } from '#sha256';
import { base64, parseBase64 } from '../core/base64.ts';
import { concat, utf8 } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../event/strict-json.ts';
import { type Adapter, readOr } from './adapter.ts';
import { jsonItems } from './json-items.ts';
import { mappingOf } from './mappings.ts';
import { type IngestTrust, judgeSignature, type SignatureResult } from './trust.ts';
import { parseWireJson } from './wire-json.ts';

/**
 * The adapter of DSSE envelopes, whose payload is an in-toto statement or anything else. (DSSE v1, in-toto v1)
 *
 * Where keys of attesters are known, an envelope that none of them signed is refused. Its id is the digest of its bytes.
 */
export const DSSE: Adapter = {
  name: 'dsse',
  mapping: mappingOf('dsse'),
  contentTypes: [
    'application/vnd.dsse+json',
    'application/vnd.dsse.envelope.v1+json',
    'application/json',
    'application/x-ndjson',
  ],
  *read(body, _headers, { trust, itemsMax }) {
    const items = jsonItems(body, itemsMax);
    const inputs = items.map((raw) => readOr(() => inputOf(raw, trust)));
    for (const [i, raw] of items.entries()) {
      yield { item: { raw, input: inputs[i] }, mapping: DSSE.mapping };
    }
  },
};

function inputOf(raw: Uint8Array, trust: IngestTrust): JsonValue {
  const envelope = parseWireJson(raw);
  if (!isJsonObject(envelope)) throw malformed('no envelope');
  const { payload, ...rest } = envelope;
  const payloadType = envelope['payloadType'];
  if (typeof payload !== 'string' || typeof payloadType !== 'string') throw malformed('no payload');
  const bytes = bytesOf(payload);
  const signature = verifiedBy(envelope, { payloadType, bytes }, trust);
  const digest = `sha256:${hex(sha256(raw))}`;
  const statement = readOr(() => parseWireJson(bytes));
  const said = isJsonObject(statement) ? { statement } : { payload: base64(bytes) };
  return { digest, envelope: rest, signature, ...said };
}

/** Pre-authentication encoding. (DSSE v1, protocol.md) */
function paeOf(payloadType: string, bytes: Uint8Array): Uint8Array {
  const type = utf8(payloadType);
  return concat(utf8(`DSSEv1 ${type.length} `), type, utf8(` ${bytes.length} `), bytes);
}

function verifiedBy(
  envelope: JsonObject,
  signed: { readonly payloadType: string; readonly bytes: Uint8Array },
  { attesters }: IngestTrust,
): SignatureResult {
  if (attesters.length === 0) return 'unverified';
  const message = paeOf(signed.payloadType, signed.bytes);
  const signatures = envelope['signatures'];
  for (const one of Array.isArray(signatures) ? signatures : []) {
    if (!isJsonObject(one) || typeof one['sig'] !== 'string') continue;
    const { keyid } = one;
    const kid = typeof keyid === 'string' ? keyid : undefined;
    try {
      const signature = bytesOf(one['sig']);
      return judgeSignature({ keys: attesters, kid, algorithm: undefined, message, signature });
    } catch (error) {
      if (!(error instanceof TransparencyError)) throw error;
    }
  }
  throw new TransparencyError('ingest.bad-signature', 'no known key signed this envelope');
}

/** Base64 in either alphabet: producers use both. */
function bytesOf(text: string): Uint8Array {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  return parseBase64(plain + '='.repeat((4 - (plain.length % 4)) % 4));
}

function malformed(what: string): TransparencyError {
  return new TransparencyError('ingest.malformed', what);
}
