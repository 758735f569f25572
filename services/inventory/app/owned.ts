import { type Caller, NotFound } from '@midstream/runtime';

/** A supplier sees its own; what is another's is not there. @throws NotFound */
export function ownSupplier({ scope, supplierId }: Caller, asked: string): string {
  if (scope === 'supplier' && supplierId !== asked) throw new NotFound('unknown-supplier');
  return asked;
}
