// node --conditions=@midstream/source -r ./deploy/local/typescript.cjs libs/local/kafka.main.ts [folder]
import path from 'node:path';
import { startKafka } from './kafka';

const dir = path.resolve(process.argv[2] ?? '.midstream/kafka');

startKafka({ dir, log: (line) => console.error(line) }).then(
  (kafka) => {
    console.log(`KAFKA_BROKERS=${kafka.brokers.join(',')}`);
    const heldOpen = setInterval(() => undefined, 60_000);
    const stop = () => void kafka.stop().then(() => clearInterval(heldOpen));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
