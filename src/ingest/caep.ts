import { TransparencyError } from '../core/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../event/strict-json.ts';
import type { Adapter } from './adapter.ts';
import { parseCompactJws } from './jws.ts';
import { mappingOf } from './mappings.ts';
import { judgeSignature } from './trust.ts';

/**
 * The adapter of security event tokens: CAEP and RISC, pushed. (RFC 8417, RFC 8935)
 *
 * Where keys of the issuer are known, a token that none of them made is refused. Where none are, it is recorded, and the
 * event says that nobody verified it. The token itself is what is committed to.
 */
export const CAEP: Adapter = {
  name: 'caep',
  mapping: mappingOf('caep'),
  contentTypes: ['application/secevent+jwt', 'application/jwt'],
  setErrors: true,
  *read(body, _headers, { trust }) {
    const { header, claims, signingInput: message, signature } = parseCompactJws(body);
    const issuer = claims['iss'];
    const keys = typeof issuer === 'string' ? (trust.issuers.get(issuer) ?? []) : [];
    const result = judgeSignature({
      keys,
      kid: textOf(header['kid']),
      // A key of another type makes none, so a header cannot choose a weaker one; `none` names no type.
      algorithm: textOf(header['alg']) ?? 'none',
      message,
      signature,
    });
    const [type, event] = firstEvent(claims['events']);
    const input: JsonObject = {
      header,
      claims: withoutFirst(claims, type),
      event_type: shortName(type),
      event: event ?? {},
      signature: result,
    };
    yield { item: { raw: body, input }, mapping: CAEP.mapping };
  },
};

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function firstEvent(events: JsonValue | undefined): readonly [string, JsonValue] {
  const [first] = isJsonObject(events) ? Object.entries(events) : [];
  if (first !== undefined) return first;
  throw new TransparencyError('ingest.malformed', 'a token without an event');
}

/** The claims without the event that stands beside them; others stay, so that nothing is lost. */
function withoutFirst(claims: JsonObject, type: string): JsonObject {
  const { events, ...rest } = claims;
  const { [type]: _, ...others } = isJsonObject(events) ? events : {};
  return Object.keys(others).length === 0 ? rest : { ...rest, events: others };
}

/** `https://schemas.openid.net/secevent/caep/event-type/session-revoked` is `session-revoked`; others stay whole. */
function shortName(type: string): string {
  return (
    /^https:\/\/schemas\.openid\.net\/secevent\/(?:caep|risc)\/event-type\/([a-z-]+)$/.exec(
      type,
    )?.[1] ?? type
  );
}
