import { describe, expect, it } from 'vitest';
import { canonicalUri } from '../resources/canonical-uri.ts';
import { job } from './job.ts';

const kind = job(canonicalUri);
const reads = (input: object) => kind.readUris?.({ topic: 'job.x', ...input })?.map(({ href }) => href);

describe('a job', () => {
  it('is the action of its topic', () => {
    expect(kind.actionOf?.({ topic: 'job.builds.app' })).toBe('job:builds.app');
  });

  it('requires that the caller may read what its pointer names', () => {
    expect(reads({ context_ptr: 'https://files.example/a' })).toEqual(['https://files.example/a']);
    expect(reads({ context_ptr: 'redis://ctx:mine', job_id: 'mine' })).toEqual(['redis://ctx:mine']);
    expect(reads({ context: 1 })).toEqual([]);
  });

  it.each(['builds', 'job', 'job.*', 'job.a..b', 'job.>', 'job.a b', 'sys.job.submit'])('has no topic %s', (topic) => {
    expect(() => kind.accessedUris?.({ topic })).toThrow(/is not a topic|must/);
  });

  it('has a context or a pointer to one, not both', () => {
    expect(() => kind.accessedUris?.({ topic: 'job.x', context: 1, context_ptr: 'redis://ctx:a' })).toThrow(/not both/);
  });
});
