import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import { type Dashboard, openDashboard } from '../test/open-dashboard.ts';
import { documentsOf } from './documents.ts';
import { makeHistory } from './history.ts';
import { EMPTY_PICTURES, failingPictures, fullPictures, type Picture } from './pictures.ts';
import { seed } from './seed.ts';
import { startServices, writePolicy } from './services.ts';
import { takePicture } from './take-picture.ts';
import { startBus } from './workers.ts';

const USAGE = `Usage: npm run screenshots -- FOLDER [--only NAME,…] [--state empty,full,failing] [--width 1440,768,390]
Starts servers with sample data, and writes a picture of each view in both themes. NAME is the beginning of the name of a picture.`;
const STATES = ['empty', 'full', 'failing'];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    state: { type: 'string', default: STATES.join() },
    width: { type: 'string', default: '1440,768,390' },
  },
});
const [into = ''] = positionals;
const [states, widths] = [values.state.split(','), values.width.split(',').map(Number)];
const isWanted = ({ name }: Picture) => values.only.split(',').some((beginning) => name.startsWith(beginning));

if (into === '' || widths.includes(Number.NaN) || states.some((state) => !STATES.includes(state))) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  await mkdir(into, { recursive: true });
  if (states.includes('empty')) await takeEmpty();
  if (states.some((state) => state !== 'empty')) await takeUsed();
}

async function takeEmpty(): Promise<void> {
  await using dashboard = await openDashboard();
  await takeAll(dashboard, 'empty', EMPTY_PICTURES);
}

async function takeUsed(): Promise<void> {
  await using temporary = await createTempFolder();
  await using services = await startServices();
  await using bus = await startBus(temporary.path);
  const documents = documentsOf(services.services);
  const dataDir = join(temporary.path, 'data');
  const env = {
    ALLOWED_PRIVATE_HOSTS: services.hosts,
    LLM_TOKENS_PER_RUN: '200000',
    SECRET_WEBHOOK_GITHUB: 'a secret of the shop and GitHub',
    SECRET_LEDGER_TOKEN: 'a token of the ledger',
    POLICY_FILE: await writePolicy(temporary.path),
  };
  await makeHistory(dataDir, env, documents);
  await using dashboard = await openDashboard({ dataDir, env: { ...env, ...bus.env } });
  const ids = await seed(dashboard.server, documents, services.services.web);
  await bus.startWorkers(dashboard.server);
  if (states.includes('full')) await takeAll(dashboard, 'full', fullPictures(ids));
  if (states.includes('failing')) await takeAll(dashboard, 'failing', failingPictures(ids));
}

/** A picture that cannot be taken makes the program fail, after the others. */
async function takeAll(dashboard: Dashboard, state: string, pictures: readonly Picture[]): Promise<void> {
  for (const picture of pictures.filter(isWanted)) {
    for (const width of widths) {
      const file = join(into, `${picture.name}.${state}.${width}`);
      await takePicture(dashboard, picture, { width, file }).catch((error: Error) => {
        process.stderr.write(`${file}: ${error.message}\n`);
        process.exitCode = 1;
      });
    }
  }
}
