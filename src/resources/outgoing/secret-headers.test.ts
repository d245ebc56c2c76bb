import { describe, expect, it } from 'vitest';
import { createTestSession } from '../../../test/support/agents/agent-session.ts';
import { canonicalUri } from '../canonical-uri.ts';
import { resolveSecrets } from './secret-headers.ts';

const uri = canonicalUri('https://example.com/mcp');

describe('resolveSecrets', () => {
  it('replaces names by secrets, and authorizes each for its URI', () => {
    const session = createTestSession({ secrets: { USER: 'ada', KEY: '$& s3cret' } });
    const values = { Authorization: 'Basic secret:USER:secret:KEY', Plain: 'no secret at all' };
    expect(resolveSecrets(values, uri, session)).toEqual({
      Authorization: 'Basic ada:$& s3cret',
      Plain: 'no secret at all',
    });
    expect(session.authorized).toEqual(['secret:USER https://example.com/mcp', 'secret:KEY https://example.com/mcp']);
  });

  it('ignores names inside words and inside secrets', () => {
    const session = createTestSession({ secrets: { A: 'secret:B', B: 'never' } });
    expect(resolveSecrets({ x: 'secret:A', y: 'my_secret:B' }, uri, session)).toEqual({
      x: 'secret:B',
      y: 'my_secret:B',
    });
  });

  it('rejects an unknown secret, and a value with line breaks', () => {
    const session = createTestSession({ secrets: { LINES: 'a\r\nHost: evil' } });
    const refused = (code: string) => expect.objectContaining({ code });
    expect(() => resolveSecrets({ x: 'secret:NONE' }, uri, session)).toThrow(refused('NOT_FOUND'));
    expect(() => resolveSecrets({ x: 'secret:LINES' }, uri, session)).toThrow(refused('BAD_INPUT'));
  });
});
