import type { Mutant } from './mutant';

/**
 * Of what stands between the domains: adapters and effects, which the simulation runs as they are, and the model of the shell. What
 * libs/runtime does with SQL is only played there, and so its bugs are planted in the player.
 */
export const shellMutants: readonly Mutant[] = [
  {
    id: 'shell-claims-before-commit',
    kind: 'an inbox claim outside the transaction',
    file: 'libs/simulation/shell.ts',
    before: '    this.followViews();\n    const keys',
    after: '    this.followViews(); for (const id of hearing?.claims ?? []) this.inbox.add(id);\n    const keys',
    why: 'a transaction that is rolled back leaves its claims, and its facts are never applied (libs/runtime/inbox.ts)',
  },
  {
    id: 'shell-claims-nothing',
    kind: 'a message lost or sent twice',
    file: 'libs/simulation/shell.ts',
    before: '    for (const id of hearing.claims) this.inbox.add(id);\n',
    after: '',
    why: 'a fact that comes again is applied again (libs/runtime/inbox.ts)',
  },
  {
    id: 'shell-relays-by-id',
    kind: 'a relay by id',
    file: 'libs/simulation/deliveries.ts',
    before: 'if (it?.topic === undefined) continue;\n      machine.steps += 1;',
    after: 'if (it?.topic === undefined || shell.log.slice(0, n).some((other) => other.id > it.id)) continue;\n      machine.steps += 1;',
    why: 'what commits after others with later ids is never told (libs/runtime/ticks.ts)',
  },
  {
    id: 'shell-calls-again',
    kind: 'a second submit after a time-out',
    file: 'libs/simulation/works.ts',
    before: 'if (lost !== undefined && attempts > 1)',
    after: 'if (lost !== undefined && attempts > 2)',
    why: 'a purchase whose process died in the call is sent again (libs/runtime/todo.ts)',
  },
  {
    id: 'inventory-buys-until-it-works',
    kind: 'a second submit after a time-out',
    file: 'services/inventory/app/effects.ts',
    before: "    lost: (it, why) => ({ type: 'MarkUnknown', ...ofPurchase(it), ...(why === 'died' && { ours: true }) }),\n",
    after: '',
    why: 'a purchase without an answer is sent again, as any other effect',
  },
  {
    id: 'inventory-takes-silence-for-no',
    kind: 'a second submit after a time-out',
    file: 'services/inventory/app/adapters/http/wire.ts',
    before: 'if (rest === undefined) throw new Unanswered(`the supplier answered ${status} ${code}`);',
    after: "if (rest === undefined) return { units: [], rest: 'refused', unitCostMinor: cost };",
    why: 'what may have been bought counts as refused, and is bought elsewhere',
  },
];
