import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxTokensOf } from './request.ts';

describe('maxTokensOf', () => {
  it('is at least the bytes of the request plus the tokens of the answer', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 5 }),
        text,
        fc.integer({ min: 1, max: 5_000 }),
        (said, about, maxTokens) => {
          const messages = said.map((content) => ({ role: 'user' as const, content }));
          const described = { name: 'tool', description: about, parameters: { type: 'object', title: about } };
          const tools = [{ type: 'function' as const, function: described }];
          const bytes = [...said, about, about].reduce((sum, one) => sum + Buffer.byteLength(one), 0);
          const without = maxTokensOf({ messages, maxTokens });
          const all = maxTokensOf({ messages, tools, maxTokens, schema: { title: about } });
          expect(all).toBeGreaterThan(bytes + maxTokens);
          expect(all).toBeGreaterThan(without + 2 * Buffer.byteLength(about));
        },
      ),
    );
  });
});
