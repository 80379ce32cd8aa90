import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import type { MappedItem } from '../../src/event/mapped-item.ts';
import { ADAPTERS, ingest } from '../../src/ingest/ingest.ts';
import { headersOf, testContext } from './golden.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../spec/fixtures/${name}.json`, import.meta.url), 'utf8');

function itemOf(name: string, body: unknown): MappedItem {
  const adapter = ADAPTERS.get(name);
  if (adapter === undefined) throw new Error(`no adapter ${name}`);
  const sent = { body: utf8(JSON.stringify(body)), headers: headersOf({}) };
  const [item] = ingest(adapter, sent, testContext(name));
  if (item === undefined) throw new Error('nothing');
  return item;
}

/** Everything that the log keeps of an item, and could show. */
function keptOf(item: MappedItem): string {
  const raw = item.rawSalt === null ? '' : utf8Text(item.raw);
  return [utf8Text(item.event.canonical), raw, ...item.disclosures].join('\n');
}

describe('a token that no pattern knows', () => {
  // A device with log_raw writes tokens as they are, and an operator may have chosen any text for one.
  const TOKEN = 'chosen-by-hand';

  it('is in nothing that is kept of a line of Vault', () => {
    const line = JSON.parse(fixture('vault_token_create_response'));
    const { auth, request, response } = line;
    const item = itemOf('vault', {
      ...line,
      auth: { ...auth, client_token: TOKEN },
      request: { ...request, client_token: TOKEN },
      response: { ...response, auth: { ...response.auth, client_token: TOKEN } },
    });
    expect(item.event.event.kind).toBe('token.mint');
    expect(item.event.event.cred?.fp).toBeUndefined();
    expect(keptOf(item)).not.toContain(TOKEN);
    const pointers = Object.keys(item.event.event.sd ?? {});
    for (const place of ['auth', 'request', 'response/auth']) {
      expect(pointers).toContain(`/in/${place}/client_token`);
    }
  });

  it('stays a fingerprint where Vault made one of it', () => {
    const { event } = itemOf('vault', JSON.parse(fixture('vault_token_create_response'))).event;
    expect(event.cred?.fp).toMatch(/^hmac-sha256:/);
    expect(event.ext?.['com.hashicorp.issued_fp']).toMatch(/^hmac-sha256:/);
  });

  it('is in nothing that is kept of a bot that joined Teleport by its name', () => {
    const join = {
      ...{ event: 'bot.join', uid: 'u-1', code: 'TJ001I', time: '2026-11-20T09:04:34.621Z' },
      ...{ cluster_name: 'root', success: true, bot_name: 'deployer', token_name: TOKEN },
    };
    for (const event of [{ ...join, method: 'token' }, join]) {
      const item = itemOf('teleport', event);
      expect(item.event.event.kind).toBe('auth.attempt');
      expect(keptOf(item)).not.toContain(TOKEN);
    }
    expect(itemOf('teleport', { ...join, method: 'github' }).event.event.cred?.id).toBe(TOKEN);
  });

  it('is in nothing that is kept of an exchange with its header fields', () => {
    const exchange = JSON.parse(fixture('mcp_tools_call_2025-11-25'));
    for (const name of ['Authorization', 'authorization', 'Cookie', 'cookie']) {
      for (const holder of ['http', '_http']) {
        const item = itemOf('mcp', { ...exchange, [holder]: { [name]: `Bearer ${TOKEN}` } });
        expect(item.event.event.kind).toBe('tool.invoke');
        expect(keptOf(item), name).not.toContain(TOKEN);
      }
    }
  });
});
