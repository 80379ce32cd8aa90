import { randomBytes } from 'node:crypto';
import { TransparencyError } from '../core/error.ts';
import { formatToken, hashOfToken, type Role, type Token } from '../http/http.ts';
import type { Command, CommandIo } from './command.ts';
import { readFolderConfig } from './config.ts';
import { type Flags, parseFlags } from './flags.ts';
import { checkLogName } from './log-identity.ts';
import { changeTokens, readTokens } from './token-file.ts';

/** `varve token` */
export const token: Command = {
  name: 'token',
  summary: "make, list and revoke the tokens of a server that runs with 'serve --auth'",
  help: `varve token add NAME --role submit|audit|operate... [--log NAME]...
                    [--source ID]... [--data DIR] [--keys DIR] [--config FILE]
varve token list [--data DIR] [--keys DIR] [--config FILE]
varve token revoke NAME... [--data DIR] [--keys DIR] [--config FILE]

'add' prints a new token, once: 256 random bits, of which the server keeps the
SHA-256. Its holder sends it as 'Authorization: Bearer TOKEN'. 'list' prints a
line of JSON for each token, 'revoke' takes tokens away. A running server sees
either within a second; it need not be started again.

  --role R       submit: send events. audit: read entries. operate: metrics,
                 states, events of kind source.*. None includes another
  --log NAME     only for these logs; default: all, also those to come
  --source ID    sends events of these sources (src.id) only; default: of any
  --data DIR     as for serve; default ./varve-data
  --keys DIR     as for serve; default DIR/keys. tokens.json lies there
`,
  async run(args, io) {
    const flags = parseFlags(args, {
      text: ['data', 'keys', 'config'],
      texts: ['role', 'log', 'source'],
      operands: [1, Number.MAX_SAFE_INTEGER],
    });
    const { tokens: path } = await readFolderConfig(flags, io.env);
    const [what, ...names] = flags.operands;
    if (what === 'add') return await add(path, { flags, names, io });
    const given = ['role', 'log', 'source'].find((name) => flags.texts(name).length > 0);
    if (given !== undefined) throw malformed(`--${given} is of token add`);
    if (what === 'list' && names.length === 0) return list(path, io);
    if (what === 'revoke' && names.length > 0) return await revoke(path, names, io);
    throw malformed(`'${flags.operands.join(' ')}' is none of add NAME, list and revoke NAME...`);
  },
};

async function add(
  path: string,
  asked: { readonly flags: Flags; readonly names: readonly string[]; readonly io: CommandIo },
): Promise<0> {
  const { flags, names, io } = asked;
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) throw malformed('token add takes one NAME');
  const text = formatToken(new Uint8Array(randomBytes(32)));
  const made = tokenOf(name, flags, hashOfToken(text));
  await changeTokens(path, {
    now: io.now(),
    change: (tokens) => {
      if (tokens.some((one) => one.name === name)) {
        throw malformed(`there is a token named '${name}': revoke it, or choose another name`);
      }
      return [...tokens, made];
    },
  });
  io.note(`The token of '${name}' (${made.roles.join(', ')}). It is shown this once:`);
  io.write(`${text}\n`);
  return 0;
}

function tokenOf(name: string, flags: Flags, sha256: string): Token {
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(name)) {
    throw malformed(`'${name}' is not a name of a token: 1 to 63 of a-z, 0-9, '.', '_' and '-'`);
  }
  const roles = [...new Set(flags.texts('role'))].map(roleOf);
  if (roles.length === 0) throw malformed('--role has to say what the token is for');
  const [logs, sources] = [flags.texts('log'), flags.texts('source')];
  for (const log of logs) checkLogName(log);
  return {
    name,
    sha256,
    roles,
    logs: logs.length === 0 ? null : logs,
    sources: sources.length === 0 ? null : sources,
  };
}

function roleOf(text: string): Role {
  if (text === 'submit' || text === 'audit' || text === 'operate') return text;
  throw malformed(`--role '${text}' is none of submit, audit and operate`);
}

function list(path: string, io: CommandIo): 0 {
  for (const { name, roles, logs, sources } of readTokens(path)) {
    io.write(`${JSON.stringify({ name, roles, logs, sources })}\n`);
  }
  return 0;
}

async function revoke(path: string, names: readonly string[], io: CommandIo): Promise<0> {
  await changeTokens(path, {
    now: io.now(),
    change: (tokens) => {
      const missing = names.find((name) => !tokens.some((one) => one.name === name));
      if (missing !== undefined) throw malformed(`there is no token named '${missing}'`);
      return tokens.filter((one) => !names.includes(one.name));
    },
  });
  io.note(`Revoked: ${names.join(', ')}.`);
  return 0;
}

function malformed(message: string): TransparencyError {
  return new TransparencyError('config.malformed', message);
}
