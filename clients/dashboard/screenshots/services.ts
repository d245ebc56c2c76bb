import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { startFakeOpenai } from '../../../test/support/agents/openai.ts';
import { startWebServer } from '../../../test/support/web-server.ts';
import type { Services } from './documents.ts';

const SEARCH = '{"query":"Silesian Porcelain","limit":3}';
const MESSAGE = '{"message":"Silesian Porcelain makes porcelain for hotels; it delivers to Poland and Germany."}';
const BRIEF = [
  '**Silesian Porcelain** makes porcelain for hotels and restaurants.\n\n',
  '- It delivers to *Poland* and *Germany*, within five days.\n',
  '- The smallest order is 40 pieces.\n\n',
  'The team has been told.',
];

/** What the workflows call, behind real servers on this computer. */
export async function startServices() {
  const closing = new AsyncDisposableStack();
  let asked = 0;
  const web = closing.use(
    await startWebServer((request, response) => {
      if (request.url !== '/stock') {
        request.resume().on('end', () => response.writeHead(request.url === '/gone' ? 500 : 204).end());
        return;
      }
      asked += 1;
      // Every second answer; so each run shows a retry.
      response.writeHead(asked % 2 === 1 ? 503 : 200, { 'content-type': 'application/json' });
      response.end(asked % 2 === 1 ? '{"error":"busy"}' : '{"warehouse":"Warsaw","available":22}');
    }),
  );
  const turns = [
    {
      text: ['I look into our own files first, ', 'then I tell the team.'],
      calls: [{ name: 'drive_search', arguments: SEARCH }],
      usage: { prompt: 1_214, completion: 58 },
    },
    {
      text: ['Our files name what it makes and where it delivers.'],
      calls: [{ name: 'notify_send', arguments: MESSAGE }],
      usage: { prompt: 1_730, completion: 44 },
    },
    { text: BRIEF, usage: { prompt: 1_905, completion: 96 } },
  ];
  // One run to its end, and one until it waits for an approval.
  const model = await startFakeOpenai([...turns, ...turns]);
  closing.defer(() => model.close());
  const agent = closing.use(await startLedger());
  const services: Services = { web: web.url, model: model.url, agent: agent.url };
  const hosts = [web.host, model.endpoint, agent.host].join(',');
  return { services, hosts, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

/** The rules that are shipped, and one by which a person must agree before a buyer sends a message. */
export async function writePolicy(folder: string): Promise<string> {
  const file = join(folder, 'policy.csv');
  const shipped = await readFile(join(import.meta.dirname, '../../../policy/policy.csv'), 'utf8');
  await writeFile(
    file,
    `${shipped}\ng, buyer, analyst\np, buyer, tool:notify.send, **, *, approve, , what is sent cannot be taken back\n`,
  );
  return file;
}

/** An agent that writes orders to a ledger, and logs that. Its goal says whether it works, fails, or lasts until the end of the server. */
async function startLedger() {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.once('message', (data) => {
      const { goal } = JSON.parse(String(data)) as { readonly goal: string };
      writeOrders(socket, goal);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ host, url: `ws://${host}/` },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.close();
    },
  };
}

function writeOrders(socket: WebSocket, goal: string): void {
  const send = (message: object) => socket.send(JSON.stringify(message));
  const log = (level: string, text: string) => send({ type: 'log', level, text });
  log('INFO', 'ledger-connector 4.2.0, tenant shop, region eu-central');
  log('DEBUG', 'TLS 1.3, session resumed');
  for (let order = 88_001; order <= 88_412; order += 1) {
    if (order % 97 === 0) log('WARN', `order ${order}: the customer has no tax number, posted as a private person`);
    if (goal === 'fails' && order === 88_347) break;
    log('INFO', `POST /v2/postings order=${order} account=1400 201 ${8 + (order % 23)} ms`);
  }
  if (goal === 'fails') {
    log(
      'ERROR',
      'POST /v2/postings order=88347 422 31 ms\n  account 1400 is closed since 2026-11-28\n  posting was not written',
    );
    log('ERROR', 'aborted: 346 of 412 orders are written');
    send({ type: 'error', text: 'The ledger refused order 88347: account 1400 is closed since 2026-11-28.' });
  } else if (goal === 'works') {
    log('INFO', '412 orders are written');
    send({ type: 'final', output: { written: 412, ledger: 'L-2026-11' } });
  } else {
    log('INFO', '412 orders are sent, waiting for the receipt of the ledger');
  }
}
