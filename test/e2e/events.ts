/** A valid event of one source; `number` tells it apart from all others, `size` grows it by about that many bytes. */
export function eventOf(tenant: string, source: string, number: number, size = 0): string {
  const minute = String(number % 60).padStart(2, '0');
  const event = {
    v: 'nhi.event/1',
    id: `${source}-${number}`,
    kind: 'tool.invoke',
    phase: 'complete',
    tenant,
    time: { occurred: `2026-11-20T09:${minute}:00.300Z` },
    src: { id: source, format: 'mcp.2026-07-28' },
    actor: { type: 'ai_agent', id: `spiffe://acme.test/agent/${number % 97}` },
    action: { name: 'tools/call', class: 'exec' },
    outcome: { result: 'success' },
    ...(size === 0 ? {} : { ctx: { request_id: 'r'.repeat(Math.min(size, 256)) } }),
  };
  return JSON.stringify(event);
}
