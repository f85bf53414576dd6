import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpError } from '@watchkeeper/telemetry';
import { Router } from 'express';
import { html } from '../page/html.ts';
import { shell } from '../page/shell.ts';

// An alert's name and nothing that could leave the folder.
const namePattern = /^[A-Za-z][A-Za-z0-9]{0,99}$/;

/** `/runbooks/:name`: the runbook as its author wrote it, next to the page that links to it. */
export function runbookRoutes(folder: string | undefined): Router {
  const router = Router();
  router.get('/:name', async (request, response) => {
    const name = request.params.name.replace(/\.md$/, '');
    const text = namePattern.test(name) ? await readRunbook(folder, name) : undefined;
    if (text === undefined) {
      throw new HttpError(404, `There is no runbook \`${name}\`.`, { code: 'runbook_unknown' });
    }
    const body = html`<header class="top"><p class="brand"><a href="/">On-call inbox</a></p></header>
<main><pre class="runbook">${text}</pre></main>`;
    response.type('html').send(String(shell({ title: `Runbook ${name}`, body })));
  });
  return router;
}

async function readRunbook(folder: string | undefined, name: string): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  try {
    const text = await readFile(join(folder, `${name}.md`), 'utf8');
    // The front matter is for programs.
    return text.replace(/^---\n.*?\n---\n+/s, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
