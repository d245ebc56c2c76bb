import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { JsonObject } from '../../../src/lib/json.ts';
import { createSeededRandom } from '../../simulation/random.ts';
import type { Server } from '../server.ts';
import { until } from '../until.ts';
import { startWebServer, type WebServer } from '../web-server.ts';

const COUNTRIES = ['Polska', 'Česko', 'Österreich', 'Magyarország', 'Slovenija'];
const CATEGORIES = ['żarówki', 'šrouby', 'Möbel', 'csavarkulcs'];
/** Percent. */
const TAX_RATES: Readonly<Record<string, number>> = {
  Polska: 23,
  Česko: 21,
  Österreich: 20,
  Magyarország: 27,
  Slovenija: 22,
};
const [CUSTOMERS, PRODUCTS] = [2_000, 300];

/** One line of the report, its amounts in cents. */
interface Total {
  orders: number;
  amount: number;
  tax: number;
}

/** Three files, the services of the report, and what it must say. */
export interface ReportWorld extends AsyncDisposable {
  readonly web: WebServer;
  /** Inputs of examples/workflows/report.yaml. */
  readonly inputs: JsonObject;
  /** By country and category, computed from the data before it was written into files. */
  readonly totals: ReadonlyMap<string, Total>;
  /** What the services answered so far, by status; and what the webhook received. */
  readonly answers: ReadonlyMap<number, number>;
  readonly received: readonly JsonObject[];
}

/** Serves orders in files with semicolons, windows-1250 and decimal commas, and a tax service that fails at times. */
export async function startReportWorld(orders: number, seed: number): Promise<ReportWorld> {
  const random = createSeededRandom(seed);
  const customers = Array.from({ length: CUSTOMERS }, (_, i) => ({ id: `C${i}`, country: random.pick(COUNTRIES) }));
  const products = Array.from({ length: PRODUCTS }, (_, i) => ({ id: `P${i}`, category: random.pick(CATEGORIES) }));
  const totals = new Map<string, Total>();
  const lines = ['sep=;', 'id;customer;product;quantity;price;note'];
  for (let i = 0; i < orders; i += 1) {
    const [customer, product] = [random.pick(customers), random.pick(products)];
    const [quantity, cents] = [random.whole(1, 9), random.whole(1, 250_000)];
    const key = `${customer.country};${product.category}`;
    const total = totals.get(key) ?? { orders: 0, amount: 0, tax: 0 };
    total.orders += 1;
    total.amount += quantity * cents;
    total.tax += taxOf(quantity * cents, customer.country);
    totals.set(key, total);
    const note = i % 7 === 0 ? `"pilne; „szybko""\n${i}"` : i % 3 === 0 ? 'zażółć' : '';
    lines.push(`Z${i};${customer.id};${product.id};${quantity};${withComma(cents)};${note}`);
    if (i % 1_000 === 0) lines.push('');
  }
  const files: Readonly<Record<string, Buffer | JsonObject>> = {
    '/orders.csv': toWindows1250(`${lines.join('\r\n')}\r\n`),
    '/customers.csv': toWindows1250(
      tableOf(
        'id;name;country',
        customers.map(({ id, country }) => `${id};"Spółka ""${id}"" & Söhne";${country}`),
      ),
    ),
    '/products.csv': toWindows1250(
      tableOf(
        'id;category',
        products.map(({ id, category }) => `${id};${category}`),
      ),
    ),
    '/orders.json': schemaOf({
      id: ID('Z'),
      customer: ID('C'),
      product: ID('P'),
      quantity: { type: 'number', minimum: 1 },
      price: { type: 'number', exclusiveMinimum: 0 },
    }),
    '/customers.json': schemaOf({ id: ID('C'), country: { enum: COUNTRIES } }),
    '/products.json': schemaOf({ id: ID('P'), category: { enum: CATEGORIES } }),
  };
  const answers = new Map<number, number>();
  const received: JsonObject[] = [];
  const tries = new Map<string, number>();
  const send = (response: ServerResponse, status: number, body: Buffer | string = '', headers = {}) => {
    answers.set(status, (answers.get(status) ?? 0) + 1);
    response.writeHead(status, headers).end(body);
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = '', method } = request;
    const file = files[url];
    if (method === 'GET' && file instanceof Buffer) return send(response, 200, file, { 'content-type': 'text/csv' });
    if (method === 'GET' && file)
      return send(response, 200, JSON.stringify(file), { 'content-type': 'application/json' });
    const body = (await json(request)) as unknown;
    if (url === '/hook') {
      received.push(body as JsonObject);
      return send(response, 204);
    }
    const key = String(request.headers['idempotency-key']);
    const attempt = (tries.get(key) ?? 0) + 1;
    tries.set(key, attempt);
    if (attempt === 1 && tries.size % 9 === 0) return send(response, 500);
    if (attempt === 1 && tries.size % 25 === 1) return send(response, 429, '', { 'retry-after': '1' });
    const taxed = (body as readonly { country: string; amount: number }[]).map((order) => ({
      ...order,
      tax: taxOf(Math.round(order.amount * 100), order.country) / 100,
    }));
    send(response, 200, JSON.stringify(taxed), { 'content-type': 'application/json' });
  };
  const web = await startWebServer((request, response) => void serve(request, response));
  const inputs = { data: web.url, tax: `${web.url}/tax`, webhook: `${web.url}/hook` };
  return { web, inputs, totals, answers, received, [Symbol.asyncDispose]: () => web.close() };
}

/** Starts the report, and waits for its end. */
export async function runReport(
  server: Server,
  token: string,
  source: object,
  { inputs }: Pick<ReportWorld, 'inputs'>,
) {
  const RUN = 'id state error { code message step }';
  const document = `mutation ($source: WorkflowSource!, $inputs: JSON) {
    startRun(input: { source: $source, inputs: $inputs }) { ... on Run { id } ... on Refusal { message } }
  }`;
  const started = await server.query(document, { source, inputs }, token);
  const { id } = started.data.startRun as { readonly id: string };
  return until('the report has ended', async () => {
    const { data } = await server.query(`query ($id: ID!) { run(id: $id) { ${RUN} } }`, { id }, token);
    return !['PENDING', 'RUNNING', 'WAITING'].includes(data.run.state) && (data.run as ReportRun);
  });
}

interface ReportRun {
  readonly id: string;
  readonly state: string;
  readonly error: { readonly code: string; readonly message: string; readonly step: string } | null;
}

/** In whole cents. */
function taxOf(cents: number, country: string): number {
  return Math.round((cents * (TAX_RATES[country] ?? 0)) / 100);
}

/** `1.234,50`, as spreadsheets write it. */
function withComma(cents: number): string {
  const whole = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, '.');
  return `${whole},${String(cents % 100).padStart(2, '0')}`;
}

function tableOf(header: string, rows: readonly string[]): string {
  return `${[header, ...rows].join('\r\n')}\r\n`;
}

const ID = (letter: string): JsonObject => ({ type: 'string', pattern: `^${letter}[0-9]+$` });

function schemaOf(properties: JsonObject): JsonObject {
  const items = { type: 'object', required: Object.keys(properties), properties };
  return { type: 'object', required: ['rows'], properties: { rows: { type: 'array', items } } };
}

const WINDOWS_1250 = new Map(
  Array.from(new TextDecoder('windows-1250').decode(Uint8Array.from({ length: 256 }, (_, i) => i)), (char, i) => [
    char,
    i,
  ]),
);

function toWindows1250(text: string): Buffer {
  return Buffer.from(
    Array.from(text, (char) => {
      const byte = WINDOWS_1250.get(char);
      if (byte === undefined) throw new Error(`windows-1250 has no ${char}`);
      return byte;
    }),
  );
}
