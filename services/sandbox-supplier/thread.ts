import { parentPort, workerData } from 'node:worker_threads';
import { createSandbox, type SandboxOptions } from './index';

/** Suppliers in a thread of their own; tells its URL once it listens. */
void createSandbox(workerData as SandboxOptions).then(({ url }) => parentPort?.postMessage(url));
