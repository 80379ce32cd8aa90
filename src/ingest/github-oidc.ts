import { TransparencyError } from '../core/error.ts';
import { type AdaptedItem, type Adapter, JSON_TYPES, jsonAdapter } from './adapter.ts';
import { parseCompactJws } from './jws.ts';
import type { IngestContext } from './mapped-event.ts';
import { mappingOf } from './mappings.ts';
import { judgeSignature } from './trust.ts';

const TOKEN_TYPE = 'application/jwt';
const CLAIMS = jsonAdapter(mappingOf('github-oidc'));

/**
 * The adapter of the OIDC tokens that GitHub Actions mints: their claims as JSON, or the token itself.
 *
 * Of a token the signature is held against the keys of its issuer, and kept nowhere: what is committed to is the part that
 * was signed, which opens no door. A token that no known key of its issuer made is refused.
 */
export const GITHUB_OIDC: Adapter = {
  ...CLAIMS,
  contentTypes: [...JSON_TYPES, TOKEN_TYPE],
  *read(body, headers, context) {
    const type = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
    if (type === TOKEN_TYPE) yield tokenItem(body, context);
    else yield* CLAIMS.read(body, headers, context);
  },
};

function tokenItem(body: Uint8Array, { trust }: IngestContext): AdaptedItem {
  const { header, claims, signingInput, signature } = parseCompactJws(body);
  if (Object.hasOwn(claims, 'token')) {
    throw new TransparencyError('ingest.malformed', 'a claim of a name that is used here');
  }
  const { iss: issuer } = claims;
  const { alg, kid } = header;
  const result = judgeSignature({
    keys: typeof issuer === 'string' ? (trust.issuers.get(issuer) ?? []) : [],
    kid: typeof kid === 'string' ? kid : undefined,
    algorithm: typeof alg === 'string' ? alg : 'none',
    message: signingInput,
    signature,
  });
  const input = { ...claims, token: { header, signature: result } };
  return { item: { raw: signingInput, input }, mapping: CLAIMS.mapping };
}
