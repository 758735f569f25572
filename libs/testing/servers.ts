/** Servers that a spec starts and stops by itself, beside those that it shares with the others. */
export { startKafka } from '@midstream/local/kafka';
export { startPostgres } from '@midstream/local/postgres';
export { scratchFolder } from '@midstream/local/scratch';
