/** Random numbers that a seed decides. */
export interface SeededRandom {
  /** 0 ≤ n < limit; limit 1 to 2^32. */
  below(limit: number): number;
  /** True in `share` of all cases, 0 to 1. */
  chance(share: number): boolean;
  pick<T>(choices: readonly T[]): T;
  bytes(length: number): Uint8Array;
  /** A generator of its own, so that what one part draws does not move another. */
  fork(): SeededRandom;
}

/** Random numbers of a seed (its low 32 bits): the same ones every time. The generator is sfc32. */
export function seededRandom(seed: number): SeededRandom {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  const random: SeededRandom = {
    below: (limit) => Math.floor((next() / 0x1_0000_0000) * limit),
    chance: (share) => next() / 0x1_0000_0000 < share,
    pick: (choices) => choices[random.below(choices.length)] as (typeof choices)[number],
    bytes: (length) => Uint8Array.from({ length }, () => random.below(256)),
    fork: () => seededRandom(next()),
  };
  return random;
}
