import { parseBase64 } from '../core/base64.ts';
import { ASSIGNED_SECRET_LITERALS, holdsAssignedSecret } from './assigned-secret.ts';

/** What a usable secret looks like. */
export interface SecretPattern {
  /** Told instead of the secret. */
  readonly name: string;
  /** One of them occurs wherever the pattern matches, also in canonical JSON text. */
  readonly literals: readonly string[];
  readonly pattern: Pick<RegExp, 'test'>;
}

/**
 * Patterns of credentials that work for whoever holds them. (spec/5-submission.md §7)
 *
 * Identifiers of credentials are none: access key ids (AKIA…), accessors, `jti`, key ids. Nor is entropy a sign where no
 * name says what it is: an identifier of a credential is as random as the credential. Each begins where no letter,
 * digit, `_` or `-` precedes, so that digests do not match by chance.
 */
export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    name: 'private-key',
    // In PEM; in base64 of PEM, as a kubeconfig has it; of age.
    literals: ['PRIVATE KEY', 'LS0tLS1CRUdJTi', 'AGE-SECRET-KEY-'],
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----|LS0tLS1CRUdJTiB(?:QUklWQVRFIEtFWS|SU0EgUFJJVkFURSBLRVkt|FQyBQUklWQVRFIEtFWS|PUEVOU1NIIFBSSVZBVEUgS0VZ|FTkNSWVBURUQgUFJJVkFURSBLRVkt|EU0EgUFJJVkFURSBLRVkt)|AGE-SECRET-KEY-1[0-9A-Z]{58}/,
  },
  {
    name: 'github-token',
    literals: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    pattern: at('gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{36,}'),
  },
  {
    name: 'gitlab-token',
    literals: [
      'glpat-',
      'gldt-',
      'glrt-',
      'glcbt-',
      'glptt-',
      'glft-',
      'glsoat-',
      'glagent-',
      'gloas-',
    ],
    pattern: at('gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[A-Za-z0-9_.-]{20,}'),
  },
  {
    name: 'vault-token',
    literals: ['hvs.', 'hvb.', 'hvr.', '"s.', '"b.', ' s.', ':s.', '=s.'],
    pattern: at(
      'hv[sbr]\\.[A-Za-z0-9_-]{24,}|[sb]\\.(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])[A-Za-z0-9]{24}(?![A-Za-z0-9])',
    ),
  },
  {
    name: 'slack-token',
    literals: [
      'xoxa-',
      'xoxb-',
      'xoxe',
      'xoxo-',
      'xoxp-',
      'xoxr-',
      'xoxs-',
      'xapp-',
      'hooks.slack.com/',
    ],
    pattern: at(
      'xox[abopers](?:\\.xox[bp])?-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{20,}|hooks\\.slack\\.com/(?:services|workflows)/[A-Za-z0-9/]{20,}',
    ),
  },
  {
    // Three parts, the last of them a signature; or the five of an encrypted one.
    name: 'json-web-token',
    literals: ['eyJ'],
    pattern: at(
      'eyJ[A-Za-z0-9_-]{10,}\\.(?:eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{16,}|[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,})',
    ),
  },
  {
    name: 'bearer-token',
    literals: ['earer '],
    pattern: at('[Bb]earer +[A-Za-z0-9._~+/-]{20,}'),
  },
  {
    name: 'basic-credentials',
    literals: ['asic '],
    pattern: { test: holdsBasicCredentials },
  },
  {
    name: 'package-token',
    literals: ['npm_', 'pypi-Ag', 'dckr_pat_'],
    pattern: at('npm_[A-Za-z0-9]{36}|pypi-Ag[A-Za-z0-9_-]{50,}|dckr_pat_[A-Za-z0-9_-]{20,}'),
  },
  {
    name: 'model-key',
    literals: ['sk-ant-', 'sk-proj-', 'sk-svcacct-', 'sk-admin-', 'T3BlbkFJ', 'hf_'],
    pattern: at(
      'sk-(?:ant|proj|svcacct|admin)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|hf_[A-Za-z0-9]{34}',
    ),
  },
  {
    name: 'google-key',
    literals: ['AIza', 'GOCSPX-', 'ya29.'],
    pattern: at('AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{28}|ya29\\.[A-Za-z0-9_-]{20,}'),
  },
  {
    name: 'azure-key',
    literals: ['AccountKey=', 'SharedAccessKey=', 'Q~'],
    pattern:
      /(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{43,86}=|(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])/,
  },
  {
    name: 'aws-secret-key',
    literals: ['ecretAccessKey', 'ecret_access_key', 'SECRET_ACCESS_KEY'],
    pattern:
      /(?:[Ss]ecretAccessKey|[Ss]ecret_access_key|SECRET_ACCESS_KEY)[\\"': =]{1,8}[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/,
  },
  {
    // The id alone is an identifier. Beside forty characters of three kinds it is a pair.
    name: 'aws-key-pair',
    literals: ['AKIA', 'ASIA'],
    pattern: { test: (text) => AWS_KEY_ID.test(text) && AWS_SECRET.test(text) },
  },
  {
    name: 'aws-session-token',
    literals: [
      ...['IQoJb3JpZ2lu', 'FwoGZXIvYXdz', 'FQoGZXIvYXdz'],
      ...['essionToken', 'ession_token', 'SESSION_TOKEN'],
    ],
    pattern:
      /(?<![A-Za-z0-9])(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9+/]{80,}|[Ss](?:ession_?[Tt]oken|ESSION_TOKEN)[\\"': =]{1,8}[A-Za-z0-9+/]{100,}/,
  },
  {
    name: 'payment-key',
    literals: ['k_live_', 'k_test_', 'whsec_'],
    pattern: at('[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{24,}'),
  },
  {
    name: 'service-token',
    literals: [
      'dop_v1_',
      'doo_v1_',
      'dor_v1_',
      'SG.',
      'dapi',
      'lin_api_',
      'shpat_',
      'shpca_',
      'shppa_',
      'shpss_',
      '.atlasv1.',
      'NRAK-',
      'pul-',
      'glsa_',
      ':AA',
    ],
    pattern: at(
      'do[opr]_v1_[0-9a-f]{64}|SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}|dapi[0-9a-f]{32}|lin_api_[A-Za-z0-9]{32,}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{60,}|NRAK-[A-Z0-9]{27}|pul-[0-9a-f]{40}|glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|[0-9]{8,10}:AA[A-Za-z0-9_-]{33}',
    ),
  },
  {
    // Whoever has the address has what it opens.
    name: 'signed-url',
    literals: ['?sig=', '&sig=', '-Signature='],
    pattern: /[?&]sig=[A-Za-z0-9%/+_-]{40,}|X-(?:Amz|Goog)-Signature=[0-9a-f]{64}/,
  },
  {
    name: 'assigned-secret',
    literals: ASSIGNED_SECRET_LITERALS,
    pattern: { test: holdsAssignedSecret },
  },
  {
    // Not where it is struck out: stars, x, or a word in brackets.
    name: 'password-in-url',
    literals: ['@'],
    pattern:
      /[a-z][a-z0-9+.-]{1,20}:\/\/[^/\s:@"\\]{0,128}:(?!\*|[xX]+@|[<[{$])[^/\s:@"\\]{3,128}@/,
  },
];

const BASIC_HEADER = at('[Aa]uthorization[\\\\"\': =]{1,8}[Bb]asic +[A-Za-z0-9+/]{8,}');
const latin1 = new TextDecoder('latin1');
const AWS_KEY_ID = /(?:AKIA|ASIA)[A-Z0-9]{16}/;
const AWS_SECRET =
  /(?<![A-Za-z0-9/+=_.:-])(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z0-9/+]*[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_.:-])/;

/** `Basic` behind the name of its header, or before the base64 of a user, a colon and what only this user knows. */
function holdsBasicCredentials(text: string): boolean {
  if (BASIC_HEADER.test(text)) return true;
  for (const [, code = ''] of text.matchAll(
    /(?<![A-Za-z0-9_-])[Bb]asic +([A-Za-z0-9+/]{8,2048})/g,
  )) {
    // Whole groups of four are base64 whatever they say; the last few characters change nothing.
    const pair = latin1.decode(parseBase64(code.slice(0, code.length - (code.length % 4))));
    if (/^[ -~]{0,512}:[ -~]{3,}$/.test(pair)) return true;
  }
  return false;
}

/** A pattern that begins where no letter, digit, `_` or `-` precedes. */
function at(alternatives: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9_-])(?:${alternatives})`);
}
