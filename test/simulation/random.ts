/** Random draws, always the same ones for the same seed. */
export interface Random {
  /** From 0, inclusive, to 1, exclusive. */
  real(): number;
  /** An integer; both limits are included. */
  whole(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** SplitMix32: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014), on 32 bits. */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  const real = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  const whole = (min: number, max: number) => min + Math.floor(real() * (max - min + 1));
  return {
    real,
    whole,
    chance: (probability) => real() < probability,
    pick: <T>(from: readonly T[]) => from[whole(0, from.length - 1)] as T,
  };
}
