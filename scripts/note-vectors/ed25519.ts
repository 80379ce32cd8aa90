import { Point } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, utf8 } from '../../src/core/bytes.ts';
import { hex, parseHex } from '../../src/core/hex.ts';

const L = 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn;
const P = 2n ** 255n - 19n;
/** A point of order 8. */
const TORSION = Point.fromHex(
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  true,
);

interface Case {
  readonly name: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
  /** Only where true: the equation of RFC 8032 holds, with the cofactor or without, and yet it is refused. */
  readonly equationHolds?: boolean;
}

/** Signatures that every back end must judge alike, crafted where they are known to differ. */
export function ed25519Vectors(): unknown {
  return {
    description:
      'Ed25519 as Varve verifies it: the equation without cofactor, R compared as bytes; A and R canonical and not of small order; S < L. All values in hexadecimal.',
    cases: [
      ...rfc8032(),
      ...smallOrderKeys(),
      ...smallOrderR(),
      ...cofactor(),
      ...scalars(),
      ...shapes(),
    ],
    points: points(),
  };
}

/** RFC 8032 §7.1, tests 1 to 3. */
function rfc8032(): Case[] {
  const rows = [
    [
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ] as const;
  return rows.map(([publicKey, message, signature], i) => {
    return { name: `RFC 8032 §7.1 test ${i + 1}`, publicKey, message, signature, valid: true };
  });
}

/** Encodings of the points whose order divides 8, canonical ones first. */
function smallEncodings(): { encoded: Uint8Array; point: Point; why: string }[] {
  const canonical = Array.from({ length: 8 }, (_, i) =>
    TORSION.multiply(BigInt(i || 8), false),
  ).map((point, i) => ({ encoded: point.toBytes(), point, why: `${i} times a point of order 8` }));
  const others = [
    [
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      'y = -1 with the sign of x set',
    ],
    [
      '0100000000000000000000000000000000000000000000000000000000000080',
      'y = 1 with the sign of x set',
    ],
    ['edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'y = p'],
    [
      'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      'y = p with the sign of x set',
    ],
    ['eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'y = p + 1'],
    [
      'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      'y = p + 1 with the sign of x set',
    ],
  ] as const;
  return [
    ...canonical,
    ...others.map(([text, why]) => ({
      encoded: parseHex(text),
      point: Point.fromHex(text, true),
      why,
    })),
  ];
}

/** A is of small order, R = rB, S = r, and the message such that the challenge cancels A. */
function smallOrderKeys(): Case[] {
  const r = 12345678901234567890n;
  return smallEncodings().map(({ encoded, why }) => {
    const signed = grind(Point.BASE.multiply(r).toBytes(), encoded, (k) => k % 8n === 0n);
    return {
      name: `public key of small order: ${why}`,
      ...signed(r),
      valid: false,
      equationHolds: true,
    };
  });
}

/** R is of small order and S = k·a: holds with the cofactor, and without where R is the identity. */
function smallOrderR(): Case[] {
  const a = 987654321987654321n;
  const publicKey = Point.BASE.multiply(a).toBytes();
  return smallEncodings().map(({ encoded, why }) => {
    const signed = grind(encoded, publicKey, () => true);
    return {
      name: `R of small order: ${why}`,
      ...signed((k) => (k * a) % L),
      valid: false,
      equationHolds: true,
    };
  });
}

/** Parts of order 8: the RFC's equation with the cofactor always holds, the one without where they cancel out. */
function cofactor(): Case[] {
  const [a, r] = [555555555555n, 777777777777n];
  const [A, R] = [Point.BASE.multiply(a), Point.BASE.multiply(r)];
  const [mixedA, mixedR] = [A.add(TORSION).toBytes(), R.add(TORSION).toBytes()];
  const make = (R: Uint8Array, A: Uint8Array, residue?: bigint) => {
    const isWanted = (k: bigint): boolean => residue === undefined || k % 8n === residue;
    return grind(R, A, isWanted)((k) => (r + k * a) % L);
  };
  const held = { valid: false, equationHolds: true };
  return [
    { name: 'R with a part of order 8', ...make(mixedR, A.toBytes()), ...held },
    { name: 'public key with a part of order 8', ...make(R.toBytes(), mixedA, 1n), ...held },
    { name: 'both with a part of order 8', ...make(mixedR, mixedA, 1n), ...held },
    {
      name: 'public key with a part of order 8 that the challenge cancels',
      ...make(R.toBytes(), mixedA, 0n),
      valid: true,
    },
    {
      name: 'both with a part of order 8, and the challenge makes them one',
      ...make(mixedR, mixedA, 7n),
      valid: true,
    },
  ];
}

/** S that is right modulo L and not below it; and plain wrong ones. */
function scalars(): Case[] {
  const [a, r] = [31415926535n, 27182818284n];
  const R = Point.BASE.multiply(r).toBytes();
  const signed = grind(R, Point.BASE.multiply(a).toBytes(), () => true);
  const s = (k: bigint): bigint => (r + k * a) % L;
  return [
    { name: 'S as it should be', ...signed(s), valid: true },
    { name: 'S + L', ...signed((k) => s(k) + L), valid: false, equationHolds: true },
    { name: 'S + 8L', ...signed((k) => s(k) + 8n * L), valid: false, equationHolds: true },
    { name: 'S = L', ...signed(L), valid: false },
    { name: 'S = 0', ...signed(0n), valid: false },
    { name: 'S of all ones', ...signed(2n ** 256n - 1n), valid: false },
    { name: 'S + 1', ...signed((k) => s(k) + 1n), valid: false },
  ];
}

function shapes(): Case[] {
  const [good] = scalars();
  if (good === undefined) throw new RangeError('no case');
  const { publicKey, message, signature } = good;
  const bad = (name: string, change: Partial<Case>): Case => ({
    ...good,
    name,
    ...change,
    valid: false,
  });
  return [
    bad('a message with one byte more', { message: `${message}00` }),
    bad('a signature of 63 bytes', { signature: signature.slice(2) }),
    bad('a signature of 65 bytes', { signature: `${signature}00` }),
    bad('no signature', { signature: '' }),
    bad('a public key of 31 bytes', { publicKey: publicKey.slice(2) }),
    bad('a public key of 33 bytes', { publicKey: `${publicKey}00` }),
    bad('a public key off the curve', { publicKey: `02${'00'.repeat(31)}` }),
    bad('an R off the curve', { signature: `02${'00'.repeat(31)}${signature.slice(64)}` }),
  ];
}

/** Encoded points, and whether each may be a public key. */
function points(): { name: string; point: string; sound: boolean }[] {
  const small = smallEncodings().map(({ encoded, why }) => {
    return { name: `small order: ${why}`, point: hex(encoded), sound: false };
  });
  const high = Array.from({ length: 17 }, (_, i) => {
    return { name: `y = p + ${i + 2}`, point: hex(le(P + BigInt(i + 2))), sound: false };
  });
  const fine = [3n, 4n, P - 2n].map((y) => ({ name: `y = ${y}`, point: hex(le(y)), sound: true }));
  return [
    ...small,
    ...high,
    { name: 'the base point', point: Point.BASE.toHex(), sound: true },
    ...fine,
  ];
}

/** Tries messages until the challenge is as wanted; then makes the case of an S, or of an S made of the challenge. */
function grind(
  R: Uint8Array,
  publicKey: Uint8Array,
  isWanted: (k: bigint) => boolean,
): (s: bigint | ((k: bigint) => bigint)) => {
  publicKey: string;
  message: string;
  signature: string;
} {
  for (let i = 0; ; i++) {
    const message = utf8(`message ${i}`);
    const k = leNumber(sha512(concat(R, publicKey, message))) % L;
    if (!isWanted(k)) continue;
    return (s) => ({
      publicKey: hex(publicKey),
      message: hex(message),
      signature: hex(concat(R, le(typeof s === 'bigint' ? s : s(k)))),
    });
  }
}

function le(n: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((n >> BigInt(8 * i)) & 255n));
}

function leNumber(bytes: Uint8Array): bigint {
  return bytes.reduceRight((n, byte) => n * 256n + BigInt(byte), 0n);
}
