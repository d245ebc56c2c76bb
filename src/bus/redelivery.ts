/** When a message that was not taken is delivered again. */
export const REDELIVERY = { baseMs: 200, maxMs: 30_000, random: Math.random } as const;
