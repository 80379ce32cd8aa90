import type { KeyPairKeyObjectResult } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Target } from './emitters.ts';

const TYPE = 'https://schemas.openid.net/secevent/caep/event-type/';

/** Pushes security event tokens that a JOSE library signed. (RFC 8935) */
export async function sendJose(
  { url, check, leaves }: Target,
  keys: { readonly jose: KeyPairKeyObjectResult },
): Promise<void> {
  const push = async (type: string, event: object, jti: string, spoil = false): Promise<number> => {
    const token = await new SignJWT({
      events: { [`${TYPE}${type}`]: event },
      sub_id: { format: 'opaque', id: 'agent-42' },
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'secevent+jwt', kid: 'k1' })
      .setIssuer('https://idp.acme.test/')
      .setAudience('https://nhi-log.acme.test')
      .setIssuedAt()
      .setJti(jti)
      .sign(keys.jose.privateKey);
    const answer = await fetch(`${url}/ingest/caep`, {
      method: 'POST',
      headers: { 'content-type': 'application/secevent+jwt' },
      body: spoil ? token.replace(/\.[^.]{4}/, '.AAAA') : token,
    });
    await answer.text();
    return answer.status;
  };
  check(
    (await push('session-revoked', { event_timestamp: 1_763_630_949 }, 's-1')) === 202,
    'a session revoked',
  );
  check(
    (await push('credential-change', { credential_type: 'x509', change_type: 'revoke' }, 's-2')) ===
      202,
    'a credential revoked',
  );
  check(
    (await push('session-revoked', {}, 's-3', true)) === 400,
    'a token that was altered is refused',
  );
  const events = (await leaves()).map(({ event }) => event);
  check(
    events.map(({ kind }) => kind).join() === 'token.revoke,credential.disable' &&
      events.every(({ ext }) => ext?.['nhi.signature'] === 'verified'),
    'both are leaves, verified',
  );
}
