import { describe, expect, it, vi } from 'vitest';
import { readStable } from './read-stable.ts';

const digest = (text: string) => text;
const quickly = { pauseMs: 1 };

function reading(...texts: readonly string[]) {
  let reads = 0;
  return vi.fn(async () => texts[Math.min(reads++, texts.length - 1)] as string);
}

describe('reading files that may still be written', () => {
  it('accepts nothing that it read only once', async () => {
    const read = reading('', 'half', 'whole', 'whole');
    expect(await readStable(read, digest, quickly)).toBe('whole');
    expect(read).toHaveBeenCalledTimes(4);
  });

  it('gives up on files that never stop changing', async () => {
    let reads = 0;
    const restless = readStable(async () => String(reads++), digest, quickly);
    await expect(restless).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(reads).toBe(100);
  });

  it('passes read errors on', async () => {
    await expect(readStable(() => Promise.reject(new Error('gone')), digest, quickly)).rejects.toThrow('gone');
  });
});
