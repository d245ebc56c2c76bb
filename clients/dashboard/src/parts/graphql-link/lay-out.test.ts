import { parse, print } from 'graphql';
import { expect, it } from 'vitest';
import { RunListDocument, RunRowDetailsDocument, StepDetailDocument } from '../../api/generated/graphql.ts';
import { layOut } from './lay-out.ts';

it('lays a document out as the reference implementation does', () => {
  for (const document of [RunListDocument, RunRowDetailsDocument, StepDetailDocument]) {
    expect(layOut(document.toString())).toBe(`${print(parse(document.toString()))}\n`);
  }
});
