import { describe, expect, it } from 'vitest';
import { chooseStack } from './choose-stack.ts';

const STACKS = [
  { name: 'fastapi-sqlalchemy', title: 'FastAPI and SQLAlchemy' },
  { name: 'node-yoga', title: 'GraphQL Yoga on Node' },
  { name: 'python-stdlib', title: 'Python, standard library only' },
];

describe('chooseStack', () => {
  it.each([
    ['FastAPI + SQLAlchemy + Postgres', 'fastapi-sqlalchemy'],
    ['a service by sqlalchemy, with FASTAPI', 'fastapi-sqlalchemy'],
    ['Node 24 with GraphQL Yoga', 'node-yoga'],
    ['Python with the standard library', 'python-stdlib'],
    ['Python (stdlib)', 'python-stdlib'],
    ['FastAPI', undefined],
    ['Python + Flask', undefined],
    ['', undefined],
    ['../../etc', undefined],
  ])('of %j is %s', (words, name) => {
    expect(chooseStack(words, STACKS)).toBe(name);
  });

  it('chooses none of two that fit equally well', () => {
    expect(
      chooseStack('FastAPI, SQLAlchemy, Node, Yoga', [...STACKS.slice(0, 1), { name: 'node-yoga', title: 'y' }]),
    ).toBe(undefined);
  });
});
