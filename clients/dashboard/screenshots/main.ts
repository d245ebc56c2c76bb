import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import { type Dashboard, openDashboard } from '../test/support/open-dashboard.ts';
import { documentsOf } from './documents.ts';
import { makeHistory } from './history.ts';
import { DOCUMENTED, EMPTY_PICTURES, failingPictures, fullPictures, type Picture } from './pictures.ts';
import { seed } from './seed.ts';
import { startServices, writePolicy } from './services.ts';
import { type Shot, THEMES, takePicture } from './take-picture.ts';
import { startBus } from './workers.ts';

const USAGE = `Usage: npm run screenshots -- FOLDER [--only NAME,…] [--state empty,full,failing] [--width 1440,768,390]
       npm run screenshots -- --docs
Starts servers with sample data, and writes a picture of each view in both themes. NAME is the beginning of the name of a picture.
With --docs it writes those of docs/dashboard.md.`;
const STATES = ['empty', 'full', 'failing'];
const IMAGES = join(import.meta.dirname, '../../../docs/images');

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    state: { type: 'string', default: STATES.join() },
    width: { type: 'string', default: '1440,768,390' },
    docs: { type: 'boolean', default: false },
  },
});
const into = values.docs ? IMAGES : (positionals[0] ?? '');
const states = values.docs ? ['full', 'failing'] : values.state.split(',');
const widths = values.width.split(',').map(Number);
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
    for (const { width, shots } of shotsOf(picture, state)) {
      await takePicture(dashboard, picture, { width, shots }).catch((error: Error) => {
        process.stderr.write(`${picture.name}, ${state}, ${width} px: ${error.message}\n`);
        process.exitCode = 1;
      });
    }
  }
}

function shotsOf(
  { name }: Picture,
  state: string,
): readonly { readonly width: number; readonly shots: readonly Shot[] }[] {
  if (!values.docs) {
    const base = (width: number) => join(into, `${name}.${state}.${width}`);
    return widths.map((width) => ({
      width,
      shots: THEMES.map((theme) => ({ theme, file: `${base(width)}.${theme}.png` })),
    }));
  }
  const [width, theme] = DOCUMENTED[`${name}.${state}`] ?? [];
  return width && theme ? [{ width, shots: [{ theme, file: join(into, `dashboard-${name}.webp`) }] }] : [];
}
