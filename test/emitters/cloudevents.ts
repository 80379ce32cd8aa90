import { CloudEvent, emitterFor, HTTP, httpTransport, Mode } from 'cloudevents';
import type { Target } from './emitters.ts';

/** Sends one event in three modes, and a batch, with the CloudEvents SDK. */
export async function sendCloudEvents(target: Target): Promise<void> {
  const { url, check } = target;
  const event = new CloudEvent({
    id: 'A234-1234-1234',
    source: '//vault.acme.test/cluster-1',
    type: 'test.nhi.secret.read.v1',
    subject: 'agent-42',
    time: '2026-11-20T09:27:00.594Z',
    datacontenttype: 'application/json',
    authtype: 'service_account',
    authid: 'agent-42',
    sequence: '42',
    data: { resource: 'secret/data/prod/db', outcome: 'success' },
  });
  const { headers, body } = HTTP.structured(event);
  const post = async (
    fields: Readonly<Record<string, unknown>>,
    text: unknown,
  ): Promise<{ readonly status: number; readonly json: unknown }> => {
    const answer = await fetch(`${url}/events`, {
      method: 'POST',
      headers: Object.entries(fields).map(([name, value]): [string, string] => [
        name,
        String(value),
      ]),
      body: String(text),
    });
    return { status: answer.status, json: await answer.json() };
  };
  const structured = await post(headers, body);
  check(structured.status === 201, `structured: ${structured.status}`);
  const binary = HTTP.binary(event);
  const second = await post(binary.headers, binary.body);
  check(second.status === 200, `binary, the same event: ${second.status}, a duplicate`);
  const others = [1, 2, 3].map((n) => event.cloneWith({ id: `B-${n}` }));
  const batch = await post(
    { 'content-type': 'application/cloudevents-batch+json' },
    JSON.stringify([event, ...others]),
  );
  check(
    batch.status === 201 && Array.isArray(batch.json) && batch.json.length === 4,
    `batch: ${batch.status}, a receipt for each`,
  );
  const emit = emitterFor(httpTransport(`${url}/events`), { mode: Mode.BINARY });
  await emit(event.cloneWith({ id: 'C-1', authtype: 'user', authid: 'däna@acme.test' }));
  const leaves = await target.leaves();
  check(
    leaves.length === 5 &&
      leaves.every(
        ({ event: { kind, outcome } }) => kind === 'secret.read' && outcome.result === 'success',
      ),
    `five leaves: ${leaves.length}`,
  );
  const last = leaves.at(-1)?.event.actor;
  check(last?.type === 'human' && last.id.startsWith('sub:'), 'a user is a pseudonym');
}
