import type { Receipt } from '../event/receipt.ts';

/**
 * Text of a receipt: that of the bytes of `formatReceipt`, which a test holds it to.
 *
 * Members stand in canonical order; strings of a fixed alphabet are not escaped. A tenth of the general way's time on
 * the path that every event takes (bench/http-floor.ts).
 */
export function receiptText(receipt: Receipt): string {
  const { adapter, at, by, conflict, map, raw, salt } = receipt.recv;
  const mapText =
    map === null ? 'null' : `{"id":${JSON.stringify(map.id)},"sha256":"${map.sha256}"}`;
  const byText = by === null ? 'null' : JSON.stringify(by);
  const rawText = raw === null ? 'null' : `"${raw}"`;
  return (
    `{"duplicate":${receipt.duplicate},"index":${receipt.index},"leafHash":"${receipt.leafHash}",` +
    `"recv":{"adapter":"${adapter}","at":${at},"by":${byText},"conflict":${conflict},` +
    `"map":${mapText},"raw":${rawText},"salt":"${salt}"}}`
  );
}
