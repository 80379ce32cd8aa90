import { base64, base64url } from '../../src/core/base64.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { hex } from '../../src/core/hex.ts';
import { type SeededRandom, seededRandom } from '../support/random.ts';

/** A credential that works for whoever reads it; made up at run time, so that no scanner of repositories finds one. */
export interface Secret {
  readonly kind: string;
  /** As an emitter would leak it. */
  readonly text: string;
  /** What of it must be nowhere: the parts that make it usable, 12 characters at least. */
  readonly cores: readonly string[];
}

/** Secrets of each kind. */
export const SECRETS_PER_KIND = 8;

/** 200 secrets of 25 kinds, the same ones of a seed every time. */
export function corpusOf(seed: number): readonly Secret[] {
  const random = seededRandom(seed);
  return Object.entries(KINDS).flatMap(([kind, make]) =>
    Array.from({ length: SECRETS_PER_KIND }, (_, n) => ({ kind, ...make(textsOf(random), n) })),
  );
}

/** Random texts of the alphabets that credentials are made of. */
interface Texts {
  readonly random: SeededRandom;
  of(length: number, alphabet?: string): string;
}

type Made = Pick<Secret, 'text' | 'cores'>;

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const DIGITS = '0123456789';
const ALNUM = UPPER + LOWER + DIGITS;
const B64 = `${ALNUM}+/`;
const B64URL = `${ALNUM}-_`;
const HEX = '0123456789abcdef';

function textsOf(random: SeededRandom): Texts {
  return {
    random,
    of: (length, alphabet = ALNUM) =>
      Array.from({ length }, () => alphabet.charAt(random.below(alphabet.length))).join(''),
  };
}

/** A secret that is whole in its text. */
function whole(text: string): Made {
  return { text, cores: [text] };
}

/** A password as generators make them: letters of both cases, digits, a sign where the place allows one. */
function password(t: Texts, length = 20): string {
  return `${t.of(1, UPPER)}${t.of(1, LOWER)}${t.of(2, DIGITS)}${t.of(length - 4)}`;
}

function pem(t: Texts, label: string, lines = 4): Made {
  const body = Array.from({ length: lines }, () => t.of(64, B64));
  const text = [`-----BEGIN ${label}-----`, ...body, `-----END ${label}-----`, ''].join('\n');
  return { text, cores: body };
}

const PRIVATE = ['PRIVATE', 'KEY'].join(' ');

function jwt(t: Texts, claims: object): Made {
  const part = (value: object): string => base64url(utf8(JSON.stringify(value)));
  const signature = base64url(t.random.bytes(t.random.pick([32, 64, 256])));
  const head = part({ alg: t.random.pick(['RS256', 'ES256']), kid: t.of(8), typ: 'JWT' });
  return { text: `${head}.${part(claims)}.${signature}`, cores: [signature] };
}

const KINDS: Readonly<Record<string, (t: Texts, n: number) => Made>> = {
  'aws-access-key': (t, n) => {
    const id = `AKIA${t.of(16, UPPER + DIGITS)}`;
    const key = `${t.of(37, B64)}aZ9`;
    const texts = [
      `AWS_ACCESS_KEY_ID=${id} AWS_SECRET_ACCESS_KEY=${key}`,
      `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${key}\n`,
      JSON.stringify({ AccessKeyId: id, SecretAccessKey: key }),
      `accessKeyId: ${id}, secretAccessKey: ${key}`,
    ];
    return { text: texts[n % 4] as string, cores: [key] };
  },
  'aws-session-token': (t, n) => {
    const token = `${n % 2 === 0 ? 'IQoJb3JpZ2lu' : 'FwoGZXIvYXdz'}${t.of(280, B64)}`;
    const texts = [
      `AWS_SESSION_TOKEN=${token}==`,
      JSON.stringify({ SessionToken: `${token}==` }),
      `aws_session_token = ${token}`,
      token,
    ];
    return { text: texts[n % 4] as string, cores: [token.slice(12)] };
  },
  'github-classic': (t) => whole(`ghp_${t.of(36)}`),
  'github-app': (t, n) => whole(`gh${'ousr'.charAt(n % 4)}_${t.of(36)}`),
  'github-fine-grained': (t) => whole(`github_pat_${t.of(22)}_${t.of(59)}`),
  gitlab: (t, n) => {
    const prefix = ['glpat', 'glrt', 'gldt', 'glcbt', 'glptt', 'glsoat', 'glft', 'glagent'][n];
    return whole(`${prefix}-${t.of(20, B64URL)}`);
  },
  slack: (t, n) => {
    const texts = [
      `xoxb-${t.of(12, DIGITS)}-${t.of(12, DIGITS)}-${t.of(24)}`,
      `xoxp-${t.of(12, DIGITS)}-${t.of(12, DIGITS)}-${t.of(32, HEX)}`,
      `xapp-1-A${t.of(10, UPPER + DIGITS)}-${t.of(13, DIGITS)}-${t.of(64, HEX)}`,
      `https://hooks.slack.com/services/T${t.of(8, UPPER + DIGITS)}/B${t.of(8, UPPER + DIGITS)}/${t.of(24)}`,
    ];
    const text = texts[n % 4] as string;
    return { text, cores: [text.slice(-24)] };
  },
  stripe: (t, n) => {
    const prefix = ['sk_live', 'sk_test', 'rk_live', 'rk_test'][n % 4];
    return whole(n === 7 ? `whsec_${t.of(32)}` : `${prefix}_${t.of(24 + n)}`);
  },
  'service-key': (t, n) => {
    const texts = [
      `sk-ant-api03-${t.of(93, B64URL)}AA`,
      `sk-proj-${t.of(60, B64URL)}`,
      `SG.${t.of(22, B64URL)}.${t.of(43, B64URL)}`,
      `dop_v1_${t.of(64, HEX)}`,
      `hf_${t.of(34)}`,
      `glsa_${t.of(32)}_${t.of(8, HEX)}`,
      `dapi${t.of(32, HEX)}`,
      `shpat_${t.of(32, HEX)}`,
    ];
    return whole(texts[n] as string);
  },
  'private-key': (t, n) => {
    const label = ['RSA ', '', 'EC ', 'ENCRYPTED '][n % 4];
    return pem(t, `${label}${PRIVATE}`);
  },
  'ssh-key': (t) => pem(t, `OPENSSH ${PRIVATE}`, 5),
  jwt: (t) => jwt(t, { iss: 'https://as.acme.test', sub: t.of(8), exp: 1_900_000_000 }),
  'bearer-header': (t, n) => {
    const token = t.of(40 + n, B64URL);
    const texts = [
      `Authorization: Bearer ${token}`,
      `curl -H "authorization: bearer ${token}" https://api.acme.test/`,
      JSON.stringify({ headers: { Authorization: `Bearer ${token}` } }),
      `Bearer ${token}`,
    ];
    return { text: texts[n % 4] as string, cores: [token] };
  },
  'basic-header': (t, n) => {
    const secret = password(t);
    const pair = base64(utf8(`deploy:${secret}`));
    const texts = [
      `Authorization: Basic ${pair}`,
      `curl -H 'Authorization: Basic ${pair}' https://api.acme.test/`,
      JSON.stringify({ authorization: [`Basic ${pair}`] }),
      `Basic ${pair}`,
    ];
    return { text: texts[n % 4] as string, cores: [pair, secret] };
  },
  'password-in-url': (t, n) => {
    const secret = password(t);
    const user = n % 2 === 0 ? 'deploy' : 'x-access-token';
    return { text: `https://${user}:${secret}@git.acme.test/billing.git`, cores: [secret] };
  },
  'connection-string': (t, n) => {
    const secret = password(t);
    const texts = [
      `postgresql://app:${secret}@db.acme.test:5432/prod?sslmode=require`,
      `mongodb+srv://app:${secret}@cluster0.acme.test/?retryWrites=true`,
      `Server=tcp:db.acme.test,1433;Database=prod;User Id=app;Password=${secret};Encrypt=True;`,
      `jdbc:mysql://db.acme.test:3306/prod?user=app&password=${secret}&useSSL=true`,
      `redis://:${secret}@cache.acme.test:6379/0`,
      `amqps://app:${secret}@mq.acme.test/vhost`,
      `host=db.acme.test port=5432 dbname=prod user=app password=${secret} sslmode=require`,
      `Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${t.of(43, B64)}=`,
    ];
    const text = texts[n] as string;
    return { text, cores: n === 7 ? [text.slice(-44, -1)] : [secret] };
  },
  'google-api-key': (t) => whole(`AIza${t.of(35, B64URL)}`),
  'google-oauth': (t, n) => {
    if (n % 3 === 0) return whole(`ya29.${t.of(120, B64URL)}`);
    if (n % 3 === 1) return whole(`GOCSPX-${t.of(28, B64URL)}`);
    const key = pem(t, PRIVATE, 3);
    return {
      text: JSON.stringify({ type: 'service_account', private_key: key.text }),
      cores: key.cores,
    };
  },
  'azure-storage': (t, n) => {
    const key = `${t.of(86, B64)}==`;
    const signature = encodeURIComponent(`${t.of(43, B64)}=`);
    const texts = [
      `DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=${key};EndpointSuffix=core.windows.net`,
      `https://acme.blob.core.windows.net/c?sv=2024-11-04&se=2027-01-01T00%3A00%3A00Z&sr=c&sp=rl&sig=${signature}`,
    ];
    const core = n % 2 === 0 ? key.slice(0, 86) : signature.slice(0, -3);
    return { text: texts[n % 2] as string, cores: [core] };
  },
  'azure-client-secret': (t) => whole(`${t.of(3)}8Q~${t.of(34)}`),
  npm: (t) => whole(`npm_${t.of(36)}`),
  pypi: (t) => whole(`pypi-AgEIcHlwaS5vcmc${t.of(130, B64URL)}`),
  'vault-token': (t, n) => {
    const texts = [
      `hvs.${t.of(90, B64URL)}`,
      `hvb.${t.of(120, B64URL)}`,
      `X-Vault-Token: s.${t.of(22)}aZ`,
      `VAULT_TOKEN=hvs.${t.of(28, B64URL)}`,
    ];
    const text = texts[n % 4] as string;
    return { text, cores: [text.slice(-22)] };
  },
  kubeconfig: (t, n) => {
    const account = jwt(t, { sub: 'system:serviceaccount:prod:billing' });
    const key = pem(t, `RSA ${PRIVATE}`, 3);
    const data = base64(utf8(key.text));
    return n % 2 === 0
      ? { text: `users:\n- name: ci\n  user:\n    token: ${account.text}\n`, cores: account.cores }
      : { text: `user: {client-key-data: ${data}}`, cores: [...key.cores, data.slice(60)] };
  },
  'password-assignment': (t, n) => {
    const secret = password(t, 16 + n);
    const texts = [
      `password=${secret}`,
      `DB_PASSWORD: ${secret}`,
      JSON.stringify({ client_secret: secret, grant_type: 'client_credentials' }),
      `api_key="${secret}"`,
      `export API_TOKEN='${secret}'`,
      `--password ${secret} --host db`,
      `passwd: "${secret}"`,
      `https://api.acme.test/v1?access_token=${secret}&page=2`,
    ];
    return { text: texts[n] as string, cores: [secret] };
  },
};

/** Names of the kinds. */
export const SECRET_KINDS: readonly string[] = Object.keys(KINDS);

/** Hex of a text, for what looks for it in other forms. */
export function hexOf(text: string): string {
  return hex(utf8(text));
}
