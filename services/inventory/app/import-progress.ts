import { Problem } from '@midstream/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ImportView } from './vault.views';

type Take = (tell?: (progress: ImportView) => void) => Promise<ImportView>;

/**
 * Answers an import at its end; or, where the caller accepts lines, with a line of progress a second and the result last. Once a line is
 * under way an error can only be a line, too: `{"state": "stopped", "problem": …}`.
 */
export async function importInLines(request: FastifyRequest, reply: FastifyReply, take: Take): Promise<void> {
  if (!(request.headers.accept ?? '').includes('application/x-ndjson')) {
    await reply.send(await take());
    return;
  }
  const { raw } = reply;
  let begun = false;
  const tell = (line: object): void => {
    if (!begun) {
      begun = true;
      reply.hijack();
      raw.on('error', () => undefined);
      raw.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    }
    raw.write(`${JSON.stringify(line)}\n`);
  };
  try {
    tell(await take(tell));
    raw.end();
  } catch (error) {
    if (!begun) throw error;
    const { code, title } =
      error instanceof Problem ? error : { code: 'import-failed', title: 'The import has failed; send it again under its batchId' };
    tell({ state: 'stopped', problem: { code, title } });
    raw.end();
  }
}
