import { type Adapter, type Tools } from '../port';
import { HttpSeller } from '../http';

/** Where the sandbox is, unless the supplier's `baseUrl` says otherwise: services/sandbox-supplier as it starts by itself. */
const SANDBOX = 'http://127.0.0.1:4000';

/** Suppliers that the sandbox plays, with forced outcomes: the supplier protocol, with its own tokens, and at a private address only. */
export const sandbox = (tools: Tools): Adapter => ({
  kind: 'sandbox',
  can: ['catalogue', 'stock', 'buy', 'query', 'balance'],
  needs: [],
  at: ({ supplierId, baseUrl = `${SANDBOX}/suppliers/${supplierId}` }) =>
    new HttpSeller(tools, supplierId, baseUrl, `sandbox-${supplierId}`),
});
