import { complaintMutants } from './complaints';
import { inventoryMutants } from './inventory';
import { marketMutants } from './market';
import type { Mutant } from './mutant';
import { orderMutants } from './order';
import { repackMutants } from './repack';
import { shellMutants } from './shell';
import { supplyMutants } from './supply';

/** Every planted bug: the simulation must see each of them, without the help of any other test. */
export const MUTANTS: readonly Mutant[] = [
  ...orderMutants,
  ...repackMutants,
  ...complaintMutants,
  ...inventoryMutants,
  ...supplyMutants,
  ...marketMutants,
  ...shellMutants,
];
