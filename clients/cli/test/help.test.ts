import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { VERBS as SERVER_VERBS } from '../../../src/cli/verbs.ts';
import { run } from '../src/main.ts';
import { VERBS } from '../src/verbs/verbs.ts';

const LINES = [...VERBS, ...SERVER_VERBS].flatMap((verb) => [
  [verb.name],
  ...('verbs' in verb ? verb.verbs.map(({ name }) => [verb.name, name]) : []),
]);

async function signalbox(args: readonly string[]) {
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), isTty: () => false };
  const code = await run(args, { io, env: {}, serverVerbs: SERVER_VERBS, version: '1.2.3' });
  const [output, complaint] = await Promise.all([io.stdout, io.stderr].map((stream) => text(stream.end())));
  return { code, output, complaint };
}

describe('the help', () => {
  it.each(LINES)('describes a verb with --help and -h: %s %s', async (...words) => {
    const args = words.filter((word) => word !== undefined);
    const { code, output, complaint } = await signalbox([...args, '--help']);
    expect([code, complaint]).toEqual([0, '']);
    expect(output).toMatch(new RegExp(`^Usage: signalbox ${args.join(' ')} `));
    expect(output).toMatch(/^ {2}-h, --help /m);
    expect((await signalbox([...args, '-h'])).output).toBe(output);
  });

  it('has the version of its package', async () => {
    for (const flag of ['--version', '-V'])
      expect(await signalbox([flag])).toEqual({ code: 0, output: '1.2.3\n', complaint: '' });
    const version = await signalbox(['workflows', 'show', 'nightly', '--version', 'old']);
    expect(version).toMatchObject({ code: 2, output: '', complaint: expect.stringContaining('number from 1') });
  });

  it('names the verbs that exist when one is misspelled, and the one that is similar', async () => {
    const group = await signalbox(['workers', 'drian']);
    expect([group.code, group.output]).toEqual([2, '']);
    expect(group.complaint).toMatch(
      /unknown command 'drian'\n\(Did you mean drain\?\)[\s\S]*^ {2}list [\s\S]*^ {2}drain /m,
    );
    const verb = await signalbox(['wrokers']);
    expect([verb.code, verb.complaint]).toEqual([2, expect.stringContaining('(Did you mean workers?)')]);
    const option = await signalbox(['runs', '--stat', 'FAILED']);
    expect([option.code, option.complaint]).toEqual([2, expect.stringContaining('(Did you mean --state?)')]);
  });
});
