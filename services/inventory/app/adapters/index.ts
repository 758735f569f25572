import { acgFaka } from './acg-faka';
import { http } from './http';
import { manual } from './manual';
import type { Adapter, Tools } from './port';
import { sandbox } from './sandbox';
import { vault } from './vault';

/** Every way to speak with suppliers: a folder each, and the folder's name is the kind (README.md). */
const MAKERS: readonly ((tools: Tools) => Adapter)[] = [vault, http, acgFaka, manual, sandbox];

export const KINDS = ['vault', 'http', 'acg-faka', 'manual', 'sandbox'] as const;

export type Adapters = ReadonlyMap<string, Adapter>;

export const makeAdapters = (tools: Tools): Adapters => new Map(MAKERS.map((make) => make(tools)).map((it) => [it.kind, it]));
