import { open } from 'node:fs/promises';

/** Makes durable which files a folder has. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
