import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeOpenai } from '../../../test/support/agents/openai.ts';
import { type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import { startLossyProxy } from './lossy-proxy.ts';
import { outputOf } from './python-program.ts';

/** Documents that the programs start. */
const DOCUMENTS = `
DOUBLED = '''
name: doubled
inputs: { n: { type: number, default: 1 } }
steps:
  - { id: twice, kind: transform, input: { data: "{{ n }}", expression: $ * 2 } }
outputs: { twice: "{{ steps.twice.output }}" }
'''
ASKS = '''
name: asks
steps:
  - { id: agree, kind: approval, input: { reason: Really? } }
'''
FAILS = '''
name: fails
steps:
  - { id: bad, kind: transform, input: { data: 1, expression: "$error('no')" } }
'''
`;

let server: Server;
let token: string;
beforeAll(async () => {
  server = await startServer();
  token = await tokenFor('admin', { roles: ['admin'] });
});
afterAll(() => server?.stop('SIGKILL'));

/** What a program with a `client` prints. */
const run = (program: string, env: Record<string, string> = {}) =>
  outputOf(`${DOCUMENTS}${program}`, { url: server.url, token, env });

describe('commands', () => {
  it('return what they make, and raise a refusal', async () => {
    const lines = await run(
      `
outcome = client.commands.convert_to_json({'text': {'text': 'a;b\\n1;2\\n', 'mediaType': 'text/csv'}}, delimiter=';')
print(outcome['resource']['json']['rows'], outcome['run']['state'])
print(client.commands.execute('convertToBase64', options={'source': {'text': {'text': 'a'}}})['run']['state'])
bob = Client(os.environ['SIGNALBOX_URL'], token=os.environ['BOB'])
try: bob.commands.fetch({'uri': 'https://private.example/x.csv'})
except Refused as error: print(error.code, error.details['decision']['effect'])`,
      { BOB: await tokenFor('bob', { roles: ['user'] }) },
    );
    expect(lines).toEqual(["[{'a': '1', 'b': '2'}] SUCCEEDED", 'SUCCEEDED', 'FORBIDDEN DENY']);
  });

  it('run once although the connection is lost before the answer', async () => {
    const proxy = await startLossyProxy(server.url, 2);
    try {
      const lines = await run(
        `
import logging
logging.disable()
count = lambda: len(list(client.runs.list(filter={'kind': ['COMMAND']})))
before = count()
lossy = Client(os.environ['PROXY'], token=os.environ['SIGNALBOX_TOKEN'])
lossy.commands.convert_to_json({'text': {'text': 'a\\n2\\n', 'mediaType': 'text/csv'}})
print(count() - before)`,
        { PROXY: proxy.url },
      );
      expect([lines, proxy.losses()]).toEqual([['1'], 0]);
    } finally {
      proxy.close();
    }
  });

  it('are repeated until the timeout', async () => {
    const lines = await run(`
import logging, time
logging.disable()
begin = time.monotonic()
try: Client('http://127.0.0.1:9', timeout=1).commands.render(source={'text': {'text': 'a'}})
except ConnectionLost as error: print(error.code, 0.9 < time.monotonic() - begin < 10)`);
    expect(lines).toEqual(['UNAVAILABLE True']);
  });
});

describe('runs', () => {
  it('start with inputs, and have a result', async () => {
    const lines = await run(`
id = client.runs.start({'yaml': DOUBLED}, inputs={'n': 4})['id']
print(client.runs.result(id))
print(client.runs.get(id)['state'], [step['key'] for step in client.runs.get(id)['steps']])
for call in (lambda: client.runs.get('run_none'), lambda: client.runs.start({'name': 'none'})):
    try: call()
    except SignalboxError as error: print(error.code)`);
    expect(lines).toEqual(["{'twice': 8}", "SUCCEEDED ['twice']", 'NOT_FOUND', 'NOT_FOUND']);
  });

  it('raise RunFailed with the run and the step, and can be retried', async () => {
    const lines = await run(`
id = client.runs.start({'yaml': FAILS})['id']
try: client.runs.result(id)
except RunFailed as error: print(error.code, error.step, error.run['state'], error.run['id'] == id)
print(client.runs.retry(id)['id'] == id, client.runs.wait(id)['state'])
id = client.runs.start({'yaml': DOUBLED})['id']
client.runs.wait(id)
try: client.runs.retry(id)
except SignalboxError as error: print(error.code)`);
    expect(lines).toEqual(['BAD_INPUT bad FAILED True', 'True FAILED', 'CONFLICT']);
  });

  it('list page by page, or whole', async () => {
    const lines = await run(`
label = {'list': 'pages'}
for n in range(5): client.runs.start({'yaml': DOUBLED}, inputs={'n': n}, labels=label)
page = client.runs.list(filter={'label': label}, first=2).page()
print(len(page.nodes), page.has_next_page)
print(len(client.runs.list(filter={'label': label}, first=2, after=page.end_cursor).page().nodes))
print(len({run['id'] for run in client.runs.list(filter={'label': label}, first=2)}))`);
    expect(lines).toEqual(['2 True', '2', '5']);
  });

  it('have events, until they end', async () => {
    const lines = await run(`
id = client.runs.start({'yaml': DOUBLED})['id']
events = list(client.runs.events(id))
print([event['seq'] for event in events] == list(range(1, len(events) + 1)), events[-1]['to'])
changes = [event for event in events if event['type'] == 'STEP_STATE_CHANGED' and event['step'] == 'twice']
print(len(changes) > 1, list(client.runs.events(id, types=['STEP_STATE_CHANGED'], steps=['twice'])) == changes)
print(list(client.runs.events(id, steps=['none'])))
print(list(client.runs.events(id, after=events[1]['cursor'])) == events[2:])
logged = [event for event in events if event['type'] == 'LOG']
print(list(client.runs.logs(id, follow=False)) == logged, list(client.runs.logs(id)) == logged)`);
    expect(lines).toEqual(['True SUCCEEDED', 'True True', '[]', 'True', 'True True']);
  });

  it('have a log that can be read while they continue', async () => {
    const lines = await run(`
id = client.runs.start({'yaml': ASKS})['id']
list(client.runs.logs(id, follow=False))
print(client.runs.get(id)['state'] in ('PENDING', 'RUNNING', 'WAITING'))
try: client.runs.wait(id, timeout=0.1)
except SignalboxError as error: print(error.code)
print(client.runs.cancel(id, reason='enough')['id'] == id)
try: client.runs.result(id)
except RunFailed as error: print(error.code)`);
    expect(lines).toEqual(['True', 'TIMEOUT', 'True', 'CANCELLED']);
  });

  it('take signals, and start again', async () => {
    const lines = await run(`
WAITS = '''
name: waits
steps:
  - { id: word, kind: signal, input: { name: word } }
outputs: { word: "{{ steps.word.output }}" }
'''
id = client.runs.start({'yaml': WAITS})['id']
client.runs.signal(id, 'word', {'a': 1})
print(client.runs.result(id))
id = client.runs.start({'yaml': DOUBLED}, inputs={'n': 4}, labels={'team': 'sales'})['id']
client.runs.wait(id)
again = client.runs.rerun(id)
print(again['labels'], client.runs.result(again['id']))
print(client.runs.result(client.runs.rerun(id, inputs={'n': 5})['id']))
print(client.runs.result(client.runs.rerun(id, from_step='twice')['id']))`);
    expect(lines).toEqual([
      expect.stringContaining("'a': 1"),
      "{'team': 'sales'} {'twice': 8}",
      "{'twice': 10}",
      "{'twice': 8}",
    ]);
  });
});

describe('agents', () => {
  it('start, and are read as they write', async () => {
    const model = await startFakeOpenai([
      { text: ['I will ', 'tell them.'], calls: [{ name: 'notify_send', arguments: '{"message":"it is done"}' }] },
      { text: ['They have ', 'been told.'] },
    ]);
    const env = {
      LLM_API_BASE: model.url,
      LLM_MODEL: 'scripted',
      LLM_API_KEY: 'a',
      ALLOWED_PRIVATE_HOSTS: model.endpoint,
    };
    try {
      await using own = await startServer({ env });
      const lines = await outputOf(
        `
id = client.runs.agent(agent={
    'role': 'Herald', 'goal': 'Tell everybody that it is done.', 'tools': ['notify.send'],
    'backend': {'litellm': {'model': 'scripted'}},
})['id']
written = list(client.runs.text(id))
print(''.join(written))
print(list(client.runs.text(id, step=client.runs.get(id)['steps'][0]['key'])) == written)
print(list(client.runs.text(id, step='another')), client.runs.result(id)['text'])`,
        { url: own.url, token },
      );
      expect(lines).toEqual([expect.stringContaining('They have been told.'), 'True', '[] They have been told.']);
    } finally {
      await model.close();
    }
  });
});

describe('approvals', () => {
  it('are listed, approved and rejected', async () => {
    const lines = await run(`
first, second = (client.runs.start({'yaml': ASKS})['id'] for _ in range(2))
for event in client.events(after=client.runs.get(first)['cursor']):
    if event['__typename'] == 'ApprovalRequested' and event['runId'] == second: break
wanted = {approval['run']['id']: approval['id'] for approval in client.approvals.list(state='OPEN', mine=True)}
print(client.approvals.get(wanted[first])['reason'])
print(client.approvals.approve(wanted[first], comment='yes')['comment'], client.runs.wait(first)['state'])
print(client.approvals.reject(wanted[second])['state'], client.runs.wait(second)['state'])
for id in ('apr_none', first):
    try: client.approvals.get(id)
    except SignalboxError as error: print(error.code)`);
    expect(lines).toEqual(['Really?', 'yes SUCCEEDED', 'REJECTED DENIED', 'NOT_FOUND', 'NOT_FOUND']);
  });
});

describe('workflows', () => {
  it('are saved, started by name, and run again in the same version', async () => {
    const lines = await run(`
print(client.workflows.validate({'yaml': DOUBLED}, inputs={'n': 1})['valid'])
print(client.workflows.save(DOUBLED)['version'])
id = client.runs.start({'name': 'doubled'}, inputs={'n': 3})['id']
client.runs.wait(id)
client.workflows.save(DOUBLED.replace('* 2', '* 3'), if_version=1)
try: client.workflows.save(DOUBLED, if_version=1)
except Refused as error: print(error.code)
print(client.runs.result(client.runs.rerun(id)['id']))
print([workflow['version'] for workflow in client.workflows.versions('doubled')])
print('* 2' in client.workflows.get('doubled', version=1)['yaml'], '* 3' in client.workflows.get('doubled')['yaml'])
print([workflow['name'] for workflow in client.workflows.list()], client.workflows.delete('doubled')['name'])
for call in (lambda: client.workflows.get('doubled'), lambda: list(client.workflows.versions('doubled'))):
    try: call()
    except SignalboxError as error: print(error.code)`);
    expect(lines).toEqual([
      'True',
      '1',
      'CONFLICT',
      "{'twice': 6}",
      '[2, 1]',
      'True True',
      "['doubled'] doubled",
      'NOT_FOUND',
      'NOT_FOUND',
    ]);
  });
});
