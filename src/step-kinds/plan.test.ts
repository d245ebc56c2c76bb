import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { Check } from 'typebox/value';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestOutgoing } from '../../test/support/agents/agent.ts';
import { type ScriptedAnswer, startFakeOpenai } from '../../test/support/agents/openai.ts';
import { createTestStepSession } from '../../test/support/step-kinds/step-session.ts';
import { createLanguageModel } from '../agents/llm/language-model.ts';
import type { LanguageModel } from '../core/agent.ts';
import type { AgentSession } from '../core/agent-session.ts';
import { Fault } from '../core/errors.ts';
import { checkPlan } from './plan/check-plan.ts';
import { type ServicePlan, ServicePlanSchema } from './plan/plan-schema.ts';
import { plan } from './plan.ts';

const stacksDir = fileURLToPath(new URL('../../examples/stacks', import.meta.url));

async function run(
  input: Parameters<ReturnType<typeof plan>['run']>[0],
  session: AgentSession,
  more: { model?: LanguageModel } = {},
): Promise<ServicePlan> {
  return (await plan({ stacksDir, ...more }).run(input, session)) as unknown as ServicePlan;
}

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A model that follows this script, behind a real server. */
async function modelThatSays(...script: readonly ScriptedAnswer[]) {
  const server = await startFakeOpenai(script);
  const out = createTestOutgoing(server.endpoint);
  open.push(out.outgoing, server);
  return createLanguageModel({ ...out, apiBase: server.url, model: 'own', backoffMs: 10 });
}

const proposal = (fields: unknown) => ({
  text: [JSON.stringify({ description: 'A room.', fields, queries: ['rooms'], requirements: [] })],
});

describe('plan', () => {
  it('plans a service around a resource of the lexicon', async () => {
    const servicePlan = await run({ goal: 'A service for listings', resource: 'Listing' }, createTestStepSession());
    expect(servicePlan).toMatchObject({
      title: 'Listing service',
      resource: 'Listing',
      stack: 'python-stdlib',
      made_by: 'rules',
      entity: { name: 'Listing', variable: 'listing', plural: 'listings', table: 'listings' },
    });
    expect(servicePlan.entity.fields).toContainEqual({ name: 'price', type: 'number', required: true, minimum: 0 });
    expect(servicePlan.endpoints).toContainEqual({
      method: 'PATCH',
      path: '/listings/{id}',
      summary: 'Changes fields of one listing.',
    });
    expect(servicePlan.files).toContain('listing_service/app.py');
    expect(servicePlan.queries).toContain('listing REST API');
    expect(servicePlan.tests.length).toBeGreaterThan(3);
  });

  it('returns the same plan each time, valid for codegen', async () => {
    const input = { goal: 'Keep orders', stack: 'node-yoga', requirements: ['gift: boolean', 'Nobody waits'] };
    const servicePlan = await run(input, createTestStepSession());
    expect(await run(input, createTestStepSession())).toEqual(servicePlan);
    expect(Check(ServicePlanSchema, servicePlan)).toBe(true);
    checkPlan(servicePlan);
  });

  it('finds the resource in the goal, and uses a default when the goal names none', async () => {
    const named = await run({ goal: 'Let people write reviews' }, createTestStepSession());
    const unnamed = await run({ goal: 'Do something nice' }, createTestStepSession());
    expect([named.resource, unnamed.resource]).toEqual(['Review', 'Entry']);
  });

  it('looks up a compound by its last word', async () => {
    const { entity } = await run({ goal: 'Help', resource: 'support tickets' }, createTestStepSession());
    expect(entity.name).toBe('SupportTicket');
    expect(entity.fields.map(({ name }) => name)).toContain('requester_email');
  });

  it('turns requirements in field syntax into fields, and keeps the others as text', async () => {
    const requirements = ['Bed count: integer required >= 1', 'price: integer', 'It must be\nfast'];
    const servicePlan = await run({ goal: 'Rooms', resource: 'Listing', requirements }, createTestStepSession());
    expect(servicePlan.entity.fields).toContainEqual({
      name: 'bed_count',
      type: 'integer',
      required: true,
      minimum: 1,
    });
    expect(servicePlan.entity.fields).toContainEqual({ name: 'price', type: 'integer', required: false });
    expect(servicePlan.requirements).toEqual(['It must be fast']);
  });

  it('returns a plan that is valid for codegen, or rejects the input, whatever the requirements', async () => {
    const piece = fc.constantFrom(
      'a',
      'B c',
      ': ',
      'string',
      'integer',
      'one of ',
      'x, y!',
      ' required',
      ' >= 5',
      ' <= 1.5',
      ' up to 0',
      '(',
      ')',
      '"',
      '\n',
      '\ud800',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 8 }), async (pieces) => {
        const input = { goal: 'A goal', requirements: [pieces.join('')] };
        const servicePlan = await run(input, createTestStepSession()).catch((error: unknown) => error);
        if (servicePlan instanceof Fault) {
          expect(servicePlan.code).toBe('BAD_INPUT');
          return;
        }
        expect(Check(ServicePlanSchema, servicePlan)).toBe(true);
        checkPlan(servicePlan as ServicePlan);
      }),
    );
  });

  it.each([
    ['an invalid field', { requirements: ['class: string'] }, 'BAD_INPUT', /class/],
    ['an unknown stack', { stack: 'cobol' }, 'NOT_FOUND', /fastapi-sqlalchemy, node-yoga, python-stdlib/],
    ['a stack elsewhere', { stack: '../../policy' }, 'NOT_FOUND', /There is no stack/],
  ])('rejects %s', async (_, more, code, message) => {
    await expect(run({ goal: 'A goal', ...more }, createTestStepSession())).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  describe('with a model', () => {
    it('uses its fields and queries, and nothing else', async () => {
      const model = await modelThatSays(proposal([{ name: 'beds', type: 'integer', required: true, minimum: 1 }]));
      const servicePlan = await run({ goal: 'Rooms', resource: 'Room' }, createTestStepSession(), { model });
      expect(servicePlan).toMatchObject({ made_by: 'own', resource: 'Room', queries: ['rooms'] });
      expect(servicePlan.entity.fields).toEqual([{ name: 'beds', type: 'integer', required: true, minimum: 1 }]);
      expect(servicePlan.files).toContain('room_service/app.py');
    });

    it.each([
      ['answers with invalid names', [proposal([{ name: 'class', type: 'string', required: true }])]],
      ['answers with something else, twice', [{ text: ['No.'] }]],
      ['is unreachable', [{ status: 503 }]],
    ] as [string, ScriptedAnswer[]][])('uses the rules when it %s', async (_, script) => {
      const model = await modelThatSays(...script);
      const session = createTestStepSession();
      const servicePlan = await run({ goal: 'Rooms', resource: 'Listing' }, session, { model });
      expect(servicePlan).toEqual(await run({ goal: 'Rooms', resource: 'Listing' }, createTestStepSession()));
      expect(session.logged).toContainEqual(expect.stringMatching(/^WARN The model gave no usable answer/));
    });
  });
});
