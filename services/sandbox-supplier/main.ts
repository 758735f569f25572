import { createSandbox } from './index';

async function main(): Promise<void> {
  const { PORT = '4000', HOST, SEED = 'sandbox', JOURNAL } = process.env;
  const sandbox = await createSandbox({
    port: Number(PORT),
    seed: SEED,
    ...(HOST && { host: HOST }),
    ...(JOURNAL && { journal: JOURNAL }),
  });
  process.stdout.write(`sandbox suppliers at ${sandbox.url}/suppliers/{supplierId}, docs at ${sandbox.url}/docs\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.close());
}

void main();
